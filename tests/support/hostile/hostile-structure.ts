import { deflateSync } from 'node:zlib';
import { dict, dictWith, name, type PdfDict, ref } from '../../../lib/pdf/objects.ts';
import { samplePdf } from '../../unit/pdf/sample-pdf.ts';
import type { Edit } from '../edited.ts';
import { plainPdf, repeat } from './plain-pdf.ts';

const LETTER = [
  '<< /Type /Catalog /Pages 2 0 R >>',
  '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
  '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
];

/** Appends revisions that say nothing, each with a cross-reference section and its end. */
export function withSections(file: Uint8Array, count: number): Uint8Array {
  const text = Buffer.from(file).toString('latin1', file.length - 64);
  let previous = Number(/startxref\s+(\d+)/.exec(text)?.[1]);
  let at = file.length;
  const parts = [file];
  for (let n = 0; n < count; n++) {
    const part = Buffer.from(
      `xref\n0 0\ntrailer\n<< /Size 9 /Root 1 0 R /Prev ${previous} >>\nstartxref\n${at}\n%%EOF\n`,
    );
    previous = at;
    at += part.length;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Objects that are one number each. */
export const manyObjects = (count: number) => plainPdf([...LETTER, ...repeat(count, () => '7')]);

/** The same, all in one object stream, rows in a cross-reference stream. */
export const manyCompressedObjects = (count: number) => samplePdf({ kind: 'stream', extra: repeat(count, () => '7') });

/** Rows of a cross-reference stream that give every object the same place: seven octets each. */
export function manyRows(count: number): Uint8Array {
  const rows = Buffer.alloc(count * 7);
  const head = `%PDF-1.7\n%\xe2\xe3\xcf\xd3\n${LETTER.map((body, index) => `${index + 1} 0 obj\n${body}\nendobj\n`).join('')}`;
  const places = LETTER.map((_, index) => head.indexOf(`${index + 1} 0 obj`));
  const put = (num: number, place: number) => {
    rows[num * 7] = 1;
    rows.writeUInt32BE(place, num * 7 + 1);
  };
  for (let num = 4; num < count; num++) put(num, places[2]!);
  for (const [index, place] of places.entries()) put(index + 1, place);
  put(count - 1, head.length);
  const keys = `/Type /XRef /Size ${count} /W [1 4 2] /Root 1 0 R /Length ${rows.length}`;
  return Buffer.from(
    `${head}${count - 1} 0 obj\n<< ${keys} >>\nstream\n${rows.toString('latin1')}\nendstream\nendobj\nstartxref\n${head.length}\n%%EOF\n`,
    'latin1',
  );
}

/** An object stream that unpacks to so many octets and holds the form. @param layers how often it is packed */
export function bomb(octets: number, layers: number): Uint8Array {
  const content = Buffer.concat([Buffer.from('4 0 << /Fields [] >> '), Buffer.alloc(octets, ' ')]);
  let packed: Buffer = content;
  for (let layer = 0; layer < layers; layer++) packed = deflateSync(packed, { level: 1 });
  const filters = `[${'/FlateDecode '.repeat(layers)}]`;
  const objects = ['<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R >>', ...LETTER.slice(1)];
  const head = `%PDF-1.7\n%\xe2\xe3\xcf\xd3\n${objects.map((body, index) => `${index + 1} 0 obj\n${body}\nendobj\n`).join('')}`;
  const streamAt = head.length;
  const body = `${head}5 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter ${filters} /Length ${packed.length} >>\nstream\n${packed.toString('latin1')}\nendstream\nendobj\n`;
  const rows = Buffer.alloc(7 * 7);
  for (const [index] of objects.entries()) row(rows, index + 1, 1, head.indexOf(`${index + 1} 0 obj`));
  row(rows, 4, 2, 5);
  row(rows, 5, 1, streamAt);
  row(rows, 6, 1, body.length);
  return Buffer.from(
    `${body}6 0 obj\n<< /Type /XRef /Size 7 /W [1 4 2] /Root 1 0 R /Length ${rows.length} >>\nstream\n${rows.toString('latin1')}\nendstream\nendobj\nstartxref\n${body.length}\n%%EOF\n`,
    'latin1',
  );
}

function row(rows: Buffer, num: number, type: number, second: number): void {
  rows[num * 7] = type;
  rows.writeUInt32BE(second, num * 7 + 1);
}

/** Hangs the page so deep in a tree of its own. */
export const deepenPages =
  (depth: number) =>
  async ({ document, revision, root, catalog }: Edit): Promise<void> => {
    const [page, nodes] = [ref(3), repeat(depth, () => revision.add(dict({})))];
    for (const [index, node] of nodes.entries()) {
      const Kids = [nodes[index + 1] ?? page];
      revision.set(node, dict({ Type: name('Pages'), Kids, Count: 1, Parent: nodes[index - 1] }));
    }
    revision.set(page, dictWith((await document.get(page)) as PdfDict, { Parent: nodes.at(-1) }));
    revision.set(root, dictWith(catalog, { Pages: nodes[0] }));
  };

/** A revision that has a part of its cross-reference for every row, all for the same few objects. */
export function overlappingParts(file: Uint8Array, count: number): Uint8Array {
  const text = Buffer.from(file).toString('latin1', file.length - 64);
  const previous = Number(/startxref\s+(\d+)/.exec(text)?.[1]);
  const parts = `${'0 1\n0000000000 65535 f \n'.repeat(count)}`;
  const end = `trailer\n<< /Size 9 /Root 1 0 R /Prev ${previous} >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.concat([file, Buffer.from(`xref\n${parts}${end}`)]);
}

/** A tree of names so deep: nobody needs it for a verdict. */
export function deepNames(depth: number): Uint8Array {
  const nodes = repeat(depth, (n) => `<< /Kids [${n + 5} 0 R] >>`);
  return plainPdf([
    '<< /Type /Catalog /Pages 2 0 R /Names << /Dests 4 0 R >> >>',
    ...LETTER.slice(1),
    ...nodes,
    '<< /Names [(a) 3 0 R] >>',
  ]);
}

/** Arrays inside each other. */
export const nested = (depth: number) =>
  plainPdf([`<< /Type /Catalog /Pages 2 0 R /X ${'['.repeat(depth)}${']'.repeat(depth)} >>`, ...LETTER.slice(1)]);

/** Texts that look like signatures, each with a gap of its own that reaches over megabytes of digits. */
export function overlappingGaps(count: number): Uint8Array {
  const octets = 4_000_000;
  const [starts, texts] = [1000, repeat(count, (n) => `/ByteRange [0 ${1000 + n * 20} ${octets} 10]\n`).join('')];
  const digits = Buffer.alloc(octets, 'ab');
  for (let n = 0; n < count; n++) digits[starts + n * 20] = 0x3c;
  return plainPdf([
    ...LETTER,
    `<< /Length ${digits.length + texts.length} >>\nstream\n${digits.toString('latin1')}${texts}\nendstream`,
  ]);
}
