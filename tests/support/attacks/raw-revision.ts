import { deflateSync } from 'node:zlib';

/** Where a row of a cross-reference says that an object is: at an offset, in an object stream, or nowhere. */
export type RawRow = number | 'free' | { readonly stream: number; readonly index: number };

/** What a revision holds, byte by byte as an attacker would write it: nothing keeps it consistent. */
export interface RawRevision {
  /** Number and body of each object, in this order, a number as often as it is given. */
  readonly objects?: readonly (readonly [number, string])[];
  /** The same of the objects in one object stream, whose number is `streamNum`. */
  readonly compressed?: readonly (readonly [number, string])[];
  readonly streamNum?: number;
  /** Rows in the place of those that follow from the objects: all of them, in this order. */
  readonly rows?: (placed: Placed) => readonly (readonly [number, RawRow])[];
  /** Keys of the trailer in the place of /Root, /ID, /Info. */
  readonly trailer?: string;
  /** /Prev; default: the section before. `self`: this one. */
  readonly prev?: number | 'self';
  /** /XRefStm of a table. */
  readonly hybrid?: number | 'self';
}

/** Offsets of the objects as they were written, and of the section. */
export interface Placed {
  readonly at: readonly number[];
  readonly section: number;
}

const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const textOf = (file: Uint8Array) => Buffer.from(file).toString('latin1');

/** Offset of the newest section of a file. */
export function lastSection(file: Uint8Array): number {
  return Number([...textOf(file).matchAll(/startxref\s+(\d+)/g)].at(-1)![1]);
}

/** The first number that the file does not use, as its newest trailer says. */
export function nextNumber(file: Uint8Array): number {
  return Math.max(...[...textOf(file).matchAll(/\/Size (\d+)/g)].map(([, size]) => Number(size)));
}

/** Appends a revision with a cross-reference table. */
export function withTable(file: Uint8Array, revision: RawRevision): Buffer {
  const { body, placed } = written(file, revision);
  const rows = (revision.rows ?? usualRows(revision))(placed);
  const table = rows.map(([num, row]) => `${num} 1\n${tableRow(row)}`).join('');
  const hybrid = revision.hybrid === undefined ? '' : ` /XRefStm ${numberOr(revision.hybrid, placed.section)}`;
  return Buffer.concat([
    ...[file, body],
    bytesOf(`xref\n${table}trailer\n<< ${trailerOf(file, revision, placed)}${hybrid} >>\n`),
    bytesOf(`startxref\n${placed.section}\n%%EOF\n`),
  ]);
}

/** Appends a revision with a cross-reference stream, an object stream before it where there is anything to put in. */
export function withStream(file: Uint8Array, revision: RawRevision): Buffer {
  const { body, placed } = written(file, revision);
  const own = nextNumber(file) + 50;
  const rows = [...(revision.rows ?? usualRows(revision))(placed), [own, placed.section] as const];
  const data = Buffer.concat(rows.map(([, row]) => streamRow(row)));
  const index = rows.map(([num]) => `${num} 1`).join(' ');
  const keys = `/Type /XRef /W [1 4 2] /Index [${index}] /Length ${data.length} ${trailerOf(file, revision, placed)}`;
  return Buffer.concat([
    ...[file, body],
    ...[bytesOf(`${own} 0 obj\n<< ${keys} >>\nstream\n`), data, bytesOf('\nendstream\nendobj\n')],
    bytesOf(`startxref\n${placed.section}\n%%EOF\n`),
  ]);
}

function written(file: Uint8Array, { objects = [], compressed = [], streamNum }: RawRevision) {
  const parts = [bytesOf('\n')];
  let end = file.length + 1;
  const at: number[] = [];
  const add = (num: number, body: string | Buffer) => {
    at.push(end);
    const object = Buffer.concat([
      bytesOf(`${num} 0 obj\n`),
      ...[typeof body === 'string' ? bytesOf(body) : body, bytesOf('\nendobj\n')],
    ]);
    parts.push(object);
    end += object.length;
  };
  for (const [num, body] of objects) add(num, body);
  if (streamNum !== undefined) add(streamNum, objectStream(compressed));
  return { body: Buffer.concat(parts), placed: { at, section: end } };
}

/** The body of an object stream (ISO 32000-2 §7.5.7). */
export function objectStream(members: readonly (readonly [number, string])[]): string {
  let offset = 0;
  const header = members.map(([num, body]) => {
    const pair = `${num} ${offset}`;
    offset += body.length + 1;
    return pair;
  });
  const first = `${header.join(' ')} `;
  const packed = deflateSync(bytesOf(first + members.map(([, body]) => body).join(' '))).toString('latin1');
  const keys = `/Type /ObjStm /N ${members.length} /First ${first.length} /Filter /FlateDecode /Length ${packed.length}`;
  return `<< ${keys} >>\nstream\n${packed}\nendstream`;
}

function usualRows({ objects = [], compressed = [], streamNum }: RawRevision): NonNullable<RawRevision['rows']> {
  return ({ at }) => [
    ...objects.map(([num], index) => [num, at[index]!] as const),
    ...(streamNum === undefined ? [] : [[streamNum, at[objects.length]!] as const]),
    ...compressed.map(([num], index) => [num, { stream: streamNum ?? 0, index }] as const),
  ];
}

function trailerOf(file: Uint8Array, { trailer, prev }: RawRevision, { section }: Placed): string {
  const ends = [...textOf(file).matchAll(/\/(?:Root \d+ 0 R|ID \[[^\]]*\])/g)].map(([entry]) => entry);
  const [root, id] = ['/Root', '/ID'].map((key) => ends.findLast((entry) => entry.startsWith(key)) ?? '');
  return `/Size ${nextNumber(file) + 60} /Prev ${numberOr(prev ?? lastSection(file), section)} ${trailer ?? root} ${id}`;
}

const numberOr = (value: number | 'self', own: number) => (value === 'self' ? own : value);

function tableRow(row: RawRow): string {
  if (typeof row === 'object') throw new Error('A table has no rows for compressed objects');
  const [offset, kind] = row === 'free' ? [0, 'f'] : [row, 'n'];
  return `${String(offset).padStart(10, '0')} 00000 ${kind}\r\n`;
}

function streamRow(row: RawRow): Buffer {
  const bytes = Buffer.alloc(7);
  const [type, second, third] =
    row === 'free' ? [0, 0, 65535] : typeof row === 'number' ? [1, row, 0] : [2, row.stream, row.index];
  bytes[0] = type;
  bytes.writeUInt32BE(second, 1);
  bytes.writeUInt16BE(third, 5);
  return bytes;
}
