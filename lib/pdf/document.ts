import { ProblemError } from '../platform/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { decodeFilters, type FilterStep } from './filters.ts';
import { latin1 } from './lexer.ts';
import { DEFAULT_LIMITS, type PdfLimits } from './limits.ts';
import { ObjectStreams } from './object-stream.ts';
import {
  isArray,
  isDict,
  isInteger,
  isName,
  isRef,
  isStream,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  type PdfStream,
} from './objects.ts';
import { ObjectParser } from './parser.ts';
import { broken, overLimit } from './problems.ts';
import { checkEndOfStream } from './stream-end.ts';
import { WindowReader } from './window-reader.ts';
import { readXref, type Xref, type XrefEntry, type XrefSection } from './xref.ts';

const KEPT_OBJECTS = 4096;
/** Readings of one object at the same time beyond which it can only be waiting for itself. */
const MOST_READINGS = 16;

/** An open PDF: nothing of it is read until it is asked for, and only as much as the answer needs. */
export class PdfDocument {
  readonly source: ByteSource;
  readonly limits: PdfLimits;
  /** `1.7` or `2.0` as the header says; the catalog may raise it. */
  readonly headerVersion: string;
  /** The value after the last `startxref`: where the newest cross-reference section begins. */
  readonly startxref: number;
  readonly xref: Xref;
  /** Trailer of the newest section. */
  readonly trailer: PdfDict;
  private readonly reader: WindowReader;
  private readonly objects = new Map<number, PdfObject>();
  private readonly readings = new Map<number, number>();
  private readonly objectStreams: ObjectStreams;
  private inflated = 0;
  private parsed = 0;

  constructor(parts: {
    reader: WindowReader;
    limits: PdfLimits;
    headerVersion: string;
    startxref: number;
    xref: Xref;
  }) {
    this.reader = parts.reader;
    this.source = parts.reader.source;
    this.limits = parts.limits;
    this.headerVersion = parts.headerVersion;
    this.startxref = parts.startxref;
    this.xref = parts.xref;
    this.trailer = this.newestSection.trailer;
    this.objectStreams = new ObjectStreams(this);
  }

  get newestSection(): XrefSection {
    const section = this.xref.sections[0];
    if (!section) throw broken('the file has no cross-reference');
    return section;
  }

  /** The first object number that no section speaks of. */
  get size(): number {
    let size = 1;
    for (const section of this.xref.sections) {
      const declared = section.trailer.get('Size');
      if (isInteger(declared) && declared > size && declared <= 2 ** 31) size = declared;
      for (const range of [...section.ranges, ...(section.hybrid?.ranges ?? [])])
        size = Math.max(size, range.first + range.count);
    }
    return size;
  }

  /** The object that `ref` names; null when it is free, unknown or of another generation (§7.3.10). */
  async get(ref: PdfRef): Promise<PdfObject> {
    const entry = await this.xref.find(ref.num);
    if (!entry || entry.type === 'free') return null;
    if (ref.gen !== (entry.type === 'offset' ? entry.gen : 0)) return null;
    const known = this.objects.get(ref.num);
    if (known !== undefined) return known;
    const readings = this.readings.get(ref.num) ?? 0;
    if (readings >= MOST_READINGS) throw broken('an object needs itself to be read');
    this.readings.set(ref.num, readings + 1);
    try {
      const object = await this.load(ref.num, entry);
      if (this.objects.size >= KEPT_OBJECTS) this.objects.clear();
      this.objects.set(ref.num, object);
      return object;
    } finally {
      const left = (this.readings.get(ref.num) ?? 1) - 1;
      if (left > 0) this.readings.set(ref.num, left);
      else this.readings.delete(ref.num);
    }
  }

  private async load(num: number, entry: Exclude<XrefEntry, { type: 'free' }>): Promise<PdfObject> {
    if (entry.type === 'compressed') return this.objectStreams.get(entry.stream, entry.index, num);
    const object = await this.reader.parse(entry.offset, (window) => {
      const parser = new ObjectParser(window, this.limits);
      const found = parser.indirectObject();
      this.parsed += parser.pos;
      return found;
    });
    // Objects that lie inside each other would cost the square of the file's length.
    if (this.parsed > this.source.length * this.limits.parsedTimes + this.limits.parsedBytes) {
      throw overLimit('the objects of the file overlap');
    }
    if (object.num !== num || object.gen !== entry.gen)
      throw broken('another object stands where the cross-reference points');
    if (object.dataOffset === undefined || !isDict(object.value)) return object.value;
    const length = await this.resolve(object.value.get('Length'));
    if (!isInteger(length) || length < 0) throw broken('a stream has no length');
    await checkEndOfStream(this.reader, object.dataOffset + length);
    return { kind: 'stream', dict: object.value, raw: { offset: object.dataOffset, length } };
  }

  /** `value` itself, or what its chain of references ends in. Absent stays undefined as null does. */
  async resolve(value: PdfObject | undefined): Promise<PdfObject> {
    let current: PdfObject = value ?? null;
    for (let steps = 0; isRef(current); steps++) {
      if (steps > this.limits.chain) throw overLimit('references point at each other');
      current = await this.get(current);
    }
    return current;
  }

  /** The value of `key`, references followed; null when absent. */
  async value(dict: PdfDict, key: string): Promise<PdfObject> {
    return this.resolve(dict.get(key));
  }

  /** The dictionary (or a stream's dictionary) under `key`; undefined when there is none. */
  async dict(dict: PdfDict, key: string): Promise<PdfDict | undefined> {
    const value = await this.value(dict, key);
    if (isStream(value)) return value.dict;
    return isDict(value) ? value : undefined;
  }

  /** The document catalog (§7.7.2). */
  async catalog(): Promise<PdfDict> {
    const root = await this.value(this.trailer, 'Root');
    if (!isDict(root)) throw broken('the catalog is missing');
    return root;
  }

  /** Encoded bytes of a stream. */
  async rawBytes(stream: PdfStream): Promise<Uint8Array> {
    if (stream.raw instanceof Uint8Array) return stream.raw;
    if (stream.raw.length > this.limits.inflatedBytes) throw overLimit('a stream is too long');
    return this.source.read(stream.raw.offset, stream.raw.length);
  }

  /** Bytes of a stream, its filters undone (image filters excepted). Throws `pdf_broken`, `pdf_limits`. */
  async streamBytes(stream: PdfStream): Promise<Uint8Array> {
    const steps = await this.filters(stream.dict);
    const decoded = decodeFilters(await this.rawBytes(stream), steps, this.limits);
    this.inflated += decoded.length;
    if (this.inflated > this.limits.totalInflatedBytes) throw overLimit('the streams together are too long');
    return decoded;
  }

  /** The numbers of the objects that an object stream holds, in order (§7.5.7). Throws `pdf_broken`, `pdf_limits`. */
  async numbersInStream(streamNum: number): Promise<readonly number[]> {
    return this.objectStreams.numbers(streamNum);
  }

  /** The filters of a stream in the order in which they are undone. */
  async filters(dict: PdfDict): Promise<FilterStep[]> {
    if (dict.has('F')) throw broken('a stream keeps its data in another file');
    const filters = asList(await this.value(dict, 'Filter'));
    const parms = asList(await this.value(dict, 'DecodeParms'));
    const steps: FilterStep[] = [];
    for (const [index, filter] of filters.entries()) {
      const own = await this.resolve(filter);
      if (!isName(own)) throw broken('a filter is not a name');
      const parm = await this.resolve(parms[index]);
      steps.push({ name: own.value, parms: isDict(parm) ? parm : undefined });
    }
    return steps;
  }

  /** Every object in use, in the order of its newest section. Numbers 0 and cross-reference streams come too. */
  async *liveRefs(): AsyncGenerator<PdfRef> {
    for (const num of this.xref.numbers()) {
      const entry = await this.xref.find(num);
      if (!entry || entry.type === 'free') continue;
      yield { kind: 'ref', num, gen: entry.type === 'offset' ? entry.gen : 0 };
    }
  }
}

function asList(value: PdfObject): readonly PdfObject[] {
  if (value === null) return [];
  return isArray(value) ? value : [value];
}

/**
 * Opens a PDF for lazy reading: header, last `startxref` and the chain of cross-references, no more. Nothing is
 * repaired. Throws `pdf_broken`, `pdf_encrypted`, `pdf_limits`.
 */
export async function openPdf(source: ByteSource, limits: PdfLimits = DEFAULT_LIMITS): Promise<PdfDocument> {
  const headerVersion = await readHeader(source);
  const startxref = await readStartxref(source);
  const reader = new WindowReader(source, limits.objectBytes);
  const xref = await readXref(reader, startxref, limits);
  for (const section of xref.sections) {
    if (section.trailer.has('Encrypt') || section.hybrid?.trailer.has('Encrypt'))
      throw new ProblemError('pdf_encrypted');
  }
  if (!isRef(xref.sections[0]?.trailer.get('Root'))) throw broken('the trailer names no catalog');
  return new PdfDocument({ reader, limits, headerVersion, startxref, xref });
}

async function readHeader(source: ByteSource): Promise<string> {
  if (source.length < 64) throw broken('the file is too short');
  const match = /^%PDF-([12]\.\d)[\r\n \t%]/.exec(latin1(await source.read(0, 16)));
  if (!match?.[1]) throw broken('the file does not begin with a PDF header');
  return match[1];
}

/** §7.5.5: `startxref`, the offset, `%%EOF` are the last lines. White space may follow them, nothing else. */
async function readStartxref(source: ByteSource): Promise<number> {
  const length = Math.min(1024, source.length);
  const tail = latin1(await source.read(source.length - length, length));
  const match = /startxref[ \t]*(?:\r\n|\r|\n)[ \t]*(\d{1,15})[ \t]*[\r\n]+%%EOF[\0\t\n\f\r ]*$/.exec(tail);
  if (!match) throw broken('the file does not end in startxref and %%EOF');
  const offset = Number(match[1]);
  if (offset >= source.length) throw broken('startxref points outside the file');
  return offset;
}
