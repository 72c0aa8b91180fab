import { beforeAll, describe, expect, test } from 'vitest';
import { lastSection, nextNumber, objectStream, withStream, withTable } from '../../support/attacks/raw-revision.ts';
import { createAuthority } from '../../support/pki/authority.ts';
import { letterPdf, reasonCodes, signed, verify } from '../../support/pki/signing.ts';
import { samplePdf, streamBody, type XrefKind } from '../pdf/sample-pdf.ts';
import { catcher } from './expect-caught.ts';

const authority = createAuthority();
const leader = authority.signer();
const sign = (file: Uint8Array, certify?: 1 | 2 | 3) =>
  signed(file, { signer: leader, ...(certify ? { certify } : {}) });

const KINDS: readonly XrefKind[] = ['table', 'stream', 'hybrid'];

const expectCaught = catcher(authority);

const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>';
const TEXT = streamBody('BT /F1 24 Tf 72 760 Td (1 000 000) Tj ET');
const EVIL = streamBody('BT /F1 24 Tf 72 760 Td (9 000 000) Tj ET');
const COVER = streamBody('1 g 0 0 595 842 re f');
const PAGE_KEYS = '/Resources << /Font << /F1 5 0 R >> >>';
const page = (contents: string, keys = '') =>
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${contents} ${PAGE_KEYS} ${keys} >>`;

describe('shadow attacks, whatever the cross-reference', () => {
  const covered = (kind: XrefKind) =>
    samplePdf({ kind, page: `/Contents [4 0 R 6 0 R] ${PAGE_KEYS}`, extra: [TEXT, FONT, COVER] });
  const append = (kind: XrefKind) => (kind === 'stream' ? withStream : withTable);

  test.each(KINDS)('hide (%s): what lay over the text is taken away', async (kind) => {
    const file = append(kind)(await sign(covered(kind)), { rows: () => [[6, 'free']] });
    await expectCaught(file, ['object_removed'], 'shadow_hide');
  });

  test.each(KINDS)('hide (%s): what lay over the text is emptied', async (kind) => {
    const file = append(kind)(await sign(covered(kind)), { objects: [[6, streamBody('')]] });
    await expectCaught(file, ['object_changed'], 'incremental_saving');
  });

  test('hide, in an object stream: the picture that lay over the text is moved away', async () => {
    const stamp = (rect: string) => `<< /Type /Annot /Subtype /Stamp /Rect [${rect}] /AP << /N 7 0 R >> >>`;
    const look = streamBody('1 g 0 0 595 842 re f', '/Subtype /Form /BBox [0 0 595 842]');
    const prepared = samplePdf({
      kind: 'stream',
      page: `/Contents 4 0 R /Annots [6 0 R] ${PAGE_KEYS}`,
      extra: [TEXT, FONT, stamp('0 0 595 842'), look],
    });
    const file = await sign(prepared);
    const streamNum = nextNumber(file);
    await expectCaught(
      withStream(file, { streamNum, compressed: [[6, stamp('0 0 0 0')]] }),
      ['object_changed'],
      'incremental_saving',
    );
  });

  test.each(['table', 'stream'] as const)('replace (%s): another look for the same value', async (kind) => {
    const widget = (look: number) =>
      `<< /Type /Annot /Subtype /Widget /FT /Tx /T (sum) /V (1 000 000) /Rect [72 700 300 720] /AP << /N ${look} 0 R >> >>`;
    const look = (text: string) => streamBody(`BT (${text}) Tj ET`, '/Subtype /Form /BBox [0 0 228 20]');
    const prepared = samplePdf({
      kind,
      catalog: '/AcroForm << /Fields [6 0 R] >>',
      page: `/Contents 4 0 R /Annots [6 0 R] ${PAGE_KEYS}`,
      extra: [TEXT, FONT, widget(7), look('1 000 000')],
    });
    const file = await sign(prepared);
    const evil = nextNumber(file);
    const objects = [[evil, look('9 000 000')]] as const;
    const changed =
      kind === 'table'
        ? withTable(file, { objects: [...objects, [6, widget(evil)]] })
        : withStream(file, { objects, streamNum: evil + 1, compressed: [[6, widget(evil)]] });
    await expectCaught(changed, ['appearance_replaced', 'object_unexplained'], 'shadow_replace');
  });

  test('replace, in an object stream: another font behind the name', async () => {
    const file = await sign(letterPdf('stream'));
    const streamNum = nextNumber(file);
    const font = FONT.replace('Times-Roman', 'Symbol');
    await expectCaught(
      withStream(file, { streamNum, compressed: [[5, font]] }),
      ['object_changed'],
      'incremental_saving',
    );
  });

  /** The signed part also holds what is to be shown later, where no cross-reference points. */
  test('hide and replace: the row of the text points at another that lay hidden', async () => {
    const hidden = `4 0 obj\n${EVIL}\nendobj\n`;
    const clean = Buffer.from(samplePdf({ page: `/Contents 4 0 R ${PAGE_KEYS}`, extra: [TEXT, FONT] })).toString(
      'latin1',
    );
    const at = clean.indexOf('xref\n');
    const prepared =
      clean.slice(0, at) + hidden + clean.slice(at).replace(/startxref\n\d+/, `startxref\n${at + hidden.length}`);
    const file = await sign(Buffer.from(prepared, 'latin1'));
    await expectCaught(
      withTable(file, { rows: () => [[4, at]] }),
      ['history_rewritten', 'object_changed'],
      'incremental_saving',
    );
  });

  test('hide and replace, in an object stream: the row of the page points into one that lay unused', async () => {
    const hidden = objectStream([[3, page('7 0 R')]]);
    const prepared = samplePdf({
      kind: 'stream',
      page: `/Contents 4 0 R ${PAGE_KEYS}`,
      extra: [TEXT, FONT, hidden, EVIL],
    });
    const file = await sign(prepared);
    await expectCaught(
      withStream(file, { rows: () => [[3, { stream: 6, index: 0 }]] }),
      ['history_rewritten', 'page_changed'],
      'incremental_saving',
    );
  });

  test('hide and replace: the trailer names another catalog that lay unused', async () => {
    const prepared = samplePdf({
      page: `/Contents 4 0 R ${PAGE_KEYS}`,
      extra: [
        TEXT,
        FONT,
        '<< /Type /Catalog /Pages 7 0 R >>',
        '<< /Type /Pages /Kids [8 0 R] /Count 1 >>',
        page('9 0 R'),
        EVIL,
      ],
    });
    const file = withTable(await sign(prepared), { trailer: '/Root 6 0 R' });
    await expectCaught(file, ['signature_removed']);
  });
});

describe('one object, two definitions', () => {
  let file: Uint8Array;
  let evil: string;
  beforeAll(async () => {
    file = await sign(letterPdf('stream'));
    evil = page(`${nextNumber(file) + 1} 0 R`);
  });
  const UNREADABLE = ['revision_unreadable'];

  test('twice in one object stream: read by index it is as before, read by number it is not', async () => {
    const before = page('4 0 R');
    for (const order of [
      [before, evil],
      [evil, before],
    ]) {
      const streamNum = nextNumber(file);
      const revision = withStream(file, {
        objects: [[streamNum + 1, EVIL]],
        streamNum,
        compressed: order.map((body) => [3, body] as const),
        rows: ({ at }) => [
          ...[[streamNum + 1, at[0]!] as const, [streamNum, at[1]!] as const],
          [3, { stream: streamNum, index: order.indexOf(before) }],
        ],
      });
      await expectCaught(revision, UNREADABLE);
    }
  });

  test('hidden in an object stream beside one that is allowed', async () => {
    const streamNum = nextNumber(file);
    const revision = withStream(file, {
      streamNum,
      compressed: [
        [streamNum + 1, '<< /Certs [] >>'],
        [3, evil],
      ],
      rows: ({ at }) => [
        [streamNum, at[0]!],
        [streamNum + 1, { stream: streamNum, index: 0 }],
      ],
    });
    await expectCaught(revision, UNREADABLE);
  });

  test.each([0, 1])('in two rows of one table, the %i-th of which is as before', async (benign) => {
    const letter = await sign(letterPdf());
    const text = streamBody('BT /F1 24 Tf 72 760 Td (Cong hoa xa hoi chu nghia Viet Nam) Tj ET');
    const objects =
      benign === 0
        ? ([
            [4, text],
            [4, EVIL],
          ] as const)
        : ([
            [4, EVIL],
            [4, text],
          ] as const);
    await expectCaught(withTable(letter, { objects }), UNREADABLE);
  });

  test('in two rows of one cross-reference stream', async () => {
    const streamNum = nextNumber(file);
    const revision = withStream(file, {
      streamNum,
      compressed: [[3, page('4 0 R')]],
      objects: [[3, evil]],
      rows: ({ at }) => [...[[streamNum, at[1]!] as const, [3, { stream: streamNum, index: 0 }] as const], [3, at[0]!]],
    });
    await expectCaught(revision, UNREADABLE);
  });

  test('in the table and in the stream beside it (hybrid)', async () => {
    const letter = await sign(letterPdf('hybrid'));
    const text = streamBody('BT /F1 24 Tf 72 760 Td (Cong hoa xa hoi chu nghia Viet Nam) Tj ET');
    const hidden = withStream(letter, { objects: [[4, EVIL]] });
    const beside = lastSection(hidden);
    const cut = hidden.subarray(0, hidden.lastIndexOf('startxref'));
    const revision = withTable(cut, { objects: [[4, text]], hybrid: beside, prev: lastSection(letter) });
    await expectCaught(revision, UNREADABLE);
  });

  test('under one key twice, in one dictionary', async () => {
    const letter = await sign(letterPdf());
    const num = nextNumber(letter);
    const twice = page('4 0 R', `/Annots [] /Contents ${num} 0 R`);
    await expectCaught(
      withTable(letter, {
        objects: [
          [num, EVIL],
          [3, twice],
        ],
      }),
      UNREADABLE,
    );
  });
});

describe('cross-references that run in a circle', () => {
  const append = { table: withTable, stream: withStream };
  test.each(['table', 'stream'] as const)('/Prev of a %s at itself, and at one that comes later', async (kind) => {
    const file = await sign(letterPdf(kind));
    await expectCaught(append[kind](file, { prev: 'self' }), ['file_unreadable']);
    const once = append[kind](file, {});
    // The revision before last points at the last one.
    const loop = Buffer.from(append[kind](once, {}));
    const [own, before] = [lastSection(loop), lastSection(once)];
    const at = loop.indexOf(`/Prev ${lastSection(file)}`, before - 500);
    expect(at).toBeGreaterThan(0);
    loop.write(`/Prev ${own}`.padEnd(`/Prev ${lastSection(file)}`.length), at, 'latin1');
    await expectCaught(loop, ['file_unreadable']);
  });

  test('/XRefStm at its own table, at what is none, and at a stream whose /Prev leads back', async () => {
    const file = await sign(letterPdf('hybrid'));
    await expectCaught(withTable(file, { hybrid: 'self' }), ['file_unreadable']);
    await expectCaught(withTable(file, { hybrid: 9 }), ['file_unreadable']);
  });

  test('past the signed revision: a new chain that leaves it out', async () => {
    const file = await sign(letterPdf());
    const first = lastSection(letterPdf());
    const verdict = await verify(withTable(file, { objects: [[4, EVIL]], prev: first }), authority);
    expect(verdict.status).not.toBe('TOTAL_PASSED');
    expect(reasonCodes(verdict)).toEqual(['signature_removed']);
  });
});
