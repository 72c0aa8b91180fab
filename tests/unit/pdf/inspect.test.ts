import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { hasExecutableName, isExecutableContent } from '../../../lib/pdf/executable-content.ts';
import { INTAKE_LIMITS, inspectPdf } from '../../../lib/pdf/inspect.ts';
import { corpusFiles } from './corpus.ts';
import { problemOf } from './expect-problem.ts';
import { type SampleOptions, samplePdf, streamBody } from './sample-pdf.ts';

const inspect = (options: SampleOptions) => inspectPdf(memorySource(samplePdf(options)));
const refusal = (options: SampleOptions) => problemOf(() => inspect(options));

test('an ordinary file is described', async () => {
  const attachment = streamBody('just text', '/Type /EmbeddedFile');
  expect(
    await inspect({
      catalog: '/Version /2.0',
      extra: ['<< /Type /Filespec /UF (a.txt) /EF << /F 5 0 R >> >>', attachment],
    }),
  ).toEqual({
    pages: 1,
    version: '2.0',
    signatures: 0,
    certification: undefined,
    attachments: 1,
    revisions: 1,
  });
});

describe('active content is refused wherever it stands', () => {
  test.each<[string, SampleOptions]>([
    ['/OpenAction', { catalog: '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>' }],
    ['/OpenAction by reference', { catalog: '/OpenAction 4 0 R', extra: ['<< /S /JavaScript /JS 5 0 R >>', '(code)'] }],
    ['an action type by reference', { catalog: '/OpenAction 4 0 R', extra: ['<< /S 5 0 R /JS (x) >>', '/JavaScript'] }],
    ['an action type with escapes', { catalog: '/OpenAction << /S /J#61vaScript /JS (x) >>' }],
    ['scripts of the document', { catalog: '/Names << /JavaScript << /Names [(a) 4 0 R] >> >>', extra: ['<< >>'] }],
    ['a page that is opened', { page: '/AA << /O << /S /JavaScript /JS (x) >> >>' }],
    [
      'an annotation',
      { page: '/Annots [4 0 R]', extra: ['<< /Subtype /Link /Rect [0 0 1 1] /A << /S /JavaScript /JS (x) >> >>'] },
    ],
    [
      'a chain of actions',
      {
        catalog:
          '/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [<< /S /URI /URI (x) /Next << /S /JavaScript /JS (x) >> >>] >>',
      },
    ],
    ['a rendition', { extra: ['<< /S /Rendition /OP 0 /JS (x) >>'] }],
    ['a 3D annotation', { extra: [streamBody('u3d', '/Type /3D /OnInstantiate 5 0 R'), streamBody('x')] }],
    ['rich media', { extra: ['<< /Type /Annot /Subtype /RichMedia >>'] }],
    ['Launch', { extra: ['<< /S /Launch /F (cmd.exe) >>'] }],
    ['ImportData', { extra: ['<< /S /ImportData /F (x.fdf) >>'] }],
    ['an object stream', { kind: 'stream', extra: ['[[<< /A << /S /JavaScript /JS (x) >> >>]]'] }],
    ['the hidden part of a hybrid file', { kind: 'hybrid', extra: ['<< /S /JavaScript /JS (x) >>'] }],
    ['the trailer', { trailer: '/Info << /A << /S /Launch >> >>' }],
    ['the dictionary of a stream', { extra: [streamBody('x', '/A << /S /JavaScript /JS (x) >>')] }],
  ])('%s', async (_, options) => {
    expect(await refusal(options)).toBe('pdf_active_content');
  });

  test('links and places to go to are not active content', async () => {
    await inspect({
      page: '/Annots [<< /Subtype /Link /A << /S /URI /URI (https://example.vn) >> >>]',
      catalog: '/OpenAction [3 0 R /Fit]',
    });
  });
});

describe('programs as attachments are refused', () => {
  const attach = (name: string, data: string, type = '/Type /EmbeddedFile') =>
    refusal({ extra: [`<< /Type /Filespec /F ${name} /EF << /F 5 0 R >> >>`, streamBody(data, type)] });

  test.each([
    '(setup.exe)',
    '(setup.EXE. )',
    '(a.pdf.scr)',
    '(C:\\\\x\\\\run.bat)',
    '<FEFF0065002E006A0073>',
    '(x.ps1:stream)',
  ])('by name %s', async (name) => {
    expect(await attach(name, 'harmless')).toBe('pdf_executable_attachment');
  });

  test.each<[string, string]>([
    ['Windows', 'MZ\x90\0'],
    ['Linux', '\x7fELF\x02'],
    ['macOS', '\xcf\xfa\xed\xfe'],
    ['a script', '#!/bin/sh\n'],
    ['an archive with a program', 'PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.exe'],
    ['a document with macros', 'PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0word/vbaProject.bin'],
  ])('by content: %s', async (_, data) => {
    expect(await attach('(notes.txt)', data)).toBe('pdf_executable_attachment');
    expect(await attach('(notes.txt)', data, '')).toBe('pdf_executable_attachment');
    expect(isExecutableContent(Buffer.from(data, 'latin1'))).toBe(true);
  });

  test('an embedded file without a name is looked at too', async () => {
    expect(await refusal({ extra: [streamBody('MZ..', '/Type /EmbeddedFile')] })).toBe('pdf_executable_attachment');
  });

  test('a name that no file system takes is refused at once, however it is built', () => {
    for (const name of ['.'.repeat(2_000_000), `${':'.repeat(2_000_000)}\u2028x`])
      expect(hasExecutableName(`${name}x`)).toBe(true);
    expect(hasExecutableName(`${'đ'.repeat(250)}.pdf`)).toBe(false);
  });

  test('documents and pictures are not programs', () => {
    for (const name of ['đơn.pdf', 'ảnh.jpg', 'bảng kê.xlsx', 'exe', '.txt', 'a.exe.txt'])
      expect(hasExecutableName(name)).toBe(false);
    expect(isExecutableContent(Buffer.from('PK\x03\x04 no names here', 'latin1'))).toBe(false);
  });
});

describe('the rest of what must not enter', () => {
  test('XFA', async () => {
    expect(await refusal({ catalog: '/AcroForm << /Fields [] /XFA 4 0 R >>', extra: [streamBody('<xdp/>')] })).toBe(
      'pdf_xfa',
    );
  });

  test('a document without pages', async () => {
    const bytes = Buffer.from(samplePdf())
      .toString('latin1')
      .replace('/Kids [3 0 R] /Count 1', '/Kids [     ] /Count 0');
    expect(await problemOf(() => inspectPdf(memorySource(Buffer.from(bytes, 'latin1'))))).toBe('pdf_broken');
  });

  test('a page tree in a circle', async () => {
    const bytes = Buffer.from(samplePdf()).toString('latin1').replace('/Kids [3 0 R]', '/Kids [2 0 R]');
    expect(await problemOf(() => inspectPdf(memorySource(Buffer.from(bytes, 'latin1'))))).toBe('pdf_broken');
  });

  test('stream data kept in another file', async () => {
    expect(await refusal({ extra: [streamBody('', '/F (/etc/passwd)')] })).toBe('pdf_broken');
  });

  test('objects that lie inside each other', async () => {
    // Each object begins in the comment of the one before and runs to the end of the file:
    // reading all of them costs the square of its length.
    const count = 300;
    const opening = Array.from({ length: count }, (_, i) => `${String(i + 4).padStart(3, '0')} 0 obj %`);
    const body = `${opening.join('')}\n(${'x'.repeat(20_000)}) endobj\n`;
    const base = samplePdf();
    const rows = opening.map((_, i) => `${String(base.length + i * 11).padStart(10, '0')} 00000 n\r\n`).join('');
    const start = Buffer.from(base).toString('latin1').lastIndexOf('xref\n0');
    const update = `${body}xref\n4 ${count}\n${rows}trailer\n<< /Size ${count + 4} /Root 1 0 R /Prev ${start} >>\nstartxref\n${base.length + body.length}\n%%EOF\n`;
    const source = memorySource(Buffer.concat([base, Buffer.from(update)]));
    expect(await problemOf(() => inspectPdf(source, { ...INTAKE_LIMITS, parsedBytes: 100_000 }))).toBe('pdf_limits');
  });
});

const corpus = corpusFiles();
test.skipIf(corpus.length === 0)('every corpus file is accepted or refused with a code of its own', async () => {
  const outcomes = new Map<string, number>();
  for (const file of corpus) {
    let outcome = 'accepted';
    try {
      await inspectPdf(memorySource(file.read()));
    } catch (error) {
      outcome = await problemOf(() => Promise.reject(error));
    }
    const key = `${file.folder} ${outcome}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  }
  expect(
    [...outcomes.keys()].filter(
      (key) => !/ (accepted|pdf_(broken|encrypted|active_content|xfa|executable_attachment|limits))$/.test(key),
    ),
  ).toEqual([]);
  expect(outcomes.get('signed-dss accepted')).toBeGreaterThanOrEqual(80);
  expect(outcomes.get('signed-pyhanko accepted')).toBe(18);
  expect(outcomes.get('parser-pdfjs accepted')).toBeGreaterThanOrEqual(140);
  expect(outcomes.get('parser-bombs pdf_active_content')).toBeGreaterThanOrEqual(16);
  expect(outcomes.get('malformed-qpdf pdf_encrypted')).toBe(12);
});
