import { createHash } from 'node:crypto';
import type { PdfDocument } from './document.ts';
import {
  bytesString,
  dictWith,
  isArray,
  isStream,
  isString,
  name,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  ref,
} from './objects.ts';
import { broken } from './problems.ts';
import { ByteWriter, type DictToWrite, type Placeholder, streamDict, writeObject } from './serialize.ts';

/** What an appended revision may hold under an object number. */
export type ObjectToWrite = PdfObject | DictToWrite;

/** The bytes to append to the file, and where placeholders came to lie (offsets in the whole file). */
export interface AppendedTail {
  readonly tail: Uint8Array;
  readonly placeholders: ReadonlyMap<string, number>;
}

/** Keys of a trailer that belong to its own section and are not carried over (ISO 32000-2 §7.5.5, §7.5.8). */
const OWN_KEYS = [
  'Prev',
  'XRefStm',
  'Size',
  'Type',
  'W',
  'Index',
  'Length',
  'Filter',
  'DecodeParms',
  'F',
  'FFilter',
  'FDecodeParms',
  'DL',
  'ID',
];

/** New and changed objects that will form one incremental revision (§7.5.6). Nothing of the file itself is touched. */
export class Revision {
  readonly document: PdfDocument;
  private readonly changed = new Map<number, { gen: number; object: ObjectToWrite }>();
  private next: number;

  constructor(document: PdfDocument) {
    this.document = document;
    this.next = document.size;
  }

  /** A number for an object that comes later with `set`. Numbers follow the file's own without a gap. */
  allocate(): PdfRef {
    const made = ref(this.next++);
    this.changed.set(made.num, { gen: 0, object: null });
    return made;
  }

  /** Adds a new object. */
  add(object: ObjectToWrite): PdfRef {
    const made = this.allocate();
    this.set(made, object);
    return made;
  }

  /** Replaces an object, of the file or of this revision. */
  set(at: PdfRef, object: ObjectToWrite): void {
    this.changed.set(at.num, { gen: at.gen, object });
  }

  /** True when the object will be another after this revision. */
  changes(at: PdfRef): boolean {
    return this.changed.has(at.num);
  }

  /** An object as it will be after this revision. */
  async get(at: PdfRef): Promise<PdfObject> {
    const change = this.changed.get(at.num);
    // A dictionary with placeholders is only ever written, never read back.
    return change ? (change.object as PdfObject) : this.document.get(at);
  }

  /**
   * The revision as bytes to append. The cross-reference has the kind of the section before it: a table after a table
   * (hybrid files too), a stream after a stream. The second half of /ID changes, the first stays.
   */
  async finish(): Promise<AppendedTail> {
    const out = new ByteWriter(this.document.source.length);
    const placeholders = new Map<string, number>();
    const offsets = new Map<number, { gen: number; offset: number }>();
    out.text('\n');
    for (const [num, { gen, object }] of this.ordered()) {
      offsets.set(num, { gen, offset: out.offset });
      writeIndirect(out, ref(num, gen), object, (id, offset) => placeholders.set(id, offset));
    }
    const id = await nextId(this.document, out.result());
    if (this.document.newestSection.kind === 'table') this.writeTable(out, offsets, id);
    else this.writeStream(out, offsets, id);
    return { tail: out.result(), placeholders };
  }

  private ordered() {
    return [...this.changed].sort(([a], [b]) => a - b);
  }

  private trailer(id: PdfObject, size: number): PdfDict {
    const removed = Object.fromEntries(OWN_KEYS.map((key) => [key, undefined]));
    const kept = dictWith(this.document.trailer, removed);
    return dictWith(kept, { Size: size, Prev: this.document.startxref, ID: id });
  }

  private writeTable(out: ByteWriter, offsets: Offsets, id: PdfObject): void {
    const start = out.offset;
    if (start > 9_999_999_999) throw broken('a cross-reference table cannot point that far');
    out.text('xref\n');
    for (const { first, rows } of runs(offsets)) {
      out.text(`${first} ${rows.length}\n`);
      for (const { offset, gen } of rows) {
        out.text(`${String(offset).padStart(10, '0')} ${String(gen).padStart(5, '0')} n\r\n`);
      }
    }
    out.text('trailer\n');
    writeObject(out, this.trailer(id, this.next));
    out.text(`\nstartxref\n${start}\n%%EOF\n`);
  }

  private writeStream(out: ByteWriter, offsets: Offsets, id: PdfObject): void {
    const start = out.offset;
    const own = this.next;
    offsets.set(own, { gen: 0, offset: start });
    const all = runs(offsets);
    const width = Math.max(2, Math.ceil(Math.log2(start + 1) / 8));
    const rows = new ByteWriter();
    for (const run of all) for (const { offset, gen } of run.rows) rows.bytes(row(offset, gen, width));
    const entries = dictWith(this.trailer(id, own + 1), {
      Type: name('XRef'),
      W: [1, width, 2],
      Index: all.flatMap((run) => [run.first, run.rows.length]),
    });
    writeIndirect(out, ref(own), { kind: 'stream', dict: entries, raw: rows.result() });
    out.text(`startxref\n${start}\n%%EOF\n`);
  }
}

type Offsets = Map<number, { gen: number; offset: number }>;

/** Rows in runs of consecutive object numbers. */
function runs(offsets: Offsets): { first: number; rows: { gen: number; offset: number }[] }[] {
  const made: { first: number; rows: { gen: number; offset: number }[] }[] = [];
  for (const [num, row] of [...offsets].sort(([a], [b]) => a - b)) {
    const last = made.at(-1);
    if (last && last.first + last.rows.length === num) last.rows.push(row);
    else made.push({ first: num, rows: [row] });
  }
  return made;
}

function row(offset: number, gen: number, width: number): Uint8Array {
  const bytes = new Uint8Array(width + 3);
  bytes[0] = 1;
  for (let i = 0; i < width; i++) bytes[width - i] = Math.floor(offset / 256 ** i) % 256;
  bytes[width + 1] = gen >> 8;
  bytes[width + 2] = gen & 0xff;
  return bytes;
}

function writeIndirect(
  out: ByteWriter,
  at: PdfRef,
  object: ObjectToWrite,
  placed?: (id: string, offset: number) => void,
): void {
  out.text(`${at.num} ${at.gen} obj\n`);
  if (isStream(object as PdfObject)) {
    const { dict, raw } = object as Extract<PdfObject, { kind: 'stream' }>;
    if (!(raw instanceof Uint8Array)) throw new Error('A stream of the file cannot be written again unread');
    writeObject(out, streamDict(dict, raw.length));
    out.text('\nstream\n').bytes(raw).text('\nendstream');
  } else {
    writeObject(out, object as PdfObject | DictToWrite | Placeholder, placed);
  }
  out.text('\nendobj\n');
}

/** §14.4: the first half names the file for life, the second changes with each revision. */
async function nextId(document: PdfDocument, content: Uint8Array): Promise<PdfObject> {
  const before = await document.value(document.trailer, 'ID');
  const [first, second] = isArray(before) ? before : [];
  const hash = createHash('sha256');
  if (isString(second)) hash.update(second.bytes);
  hash.update(`${document.source.length} ${document.startxref}`).update(content);
  const made = bytesString(hash.digest().subarray(0, 16), true);
  return [isString(first) ? bytesString(first.bytes, true) : made, made];
}
