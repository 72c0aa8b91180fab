import type { PdfLimits } from './limits.ts';
import {
  isInteger,
  isName,
  isStream,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  type PdfStream,
  ref,
} from './objects.ts';
import { ObjectParser } from './parser.ts';
import { broken, overLimit } from './problems.ts';
import type { XrefEntry } from './xref-section.ts';

const KEPT_BYTES = 8 * 1024 * 1024;

/** What object streams need of the document that holds them. */
interface ObjectSource {
  readonly limits: PdfLimits;
  readonly xref: { find(num: number): Promise<XrefEntry | undefined> };
  get(ref: PdfRef): Promise<PdfObject>;
  value(dict: PdfDict, key: string): Promise<PdfObject>;
  streamBytes(stream: PdfStream): Promise<Uint8Array>;
}

interface OpenStream {
  readonly bytes: Uint8Array;
  /** Object numbers and where each begins in `bytes`. */
  readonly members: readonly { readonly num: number; readonly at: number }[];
  /** Numbers that stand in it more than once. */
  readonly repeated: ReadonlySet<number>;
}

/** Object streams (ISO 32000-2 §7.5.7), decoded when one of their objects is first wanted. */
export class ObjectStreams {
  private readonly document: ObjectSource;
  private readonly open = new Map<number, OpenStream>();
  private held = 0;

  constructor(document: ObjectSource) {
    this.document = document;
  }

  /** Object `num`, which must be the `index`-th of object stream `streamNum`. */
  async get(streamNum: number, index: number, num: number): Promise<PdfObject> {
    const opened = this.open.get(streamNum) ?? (await this.decode(streamNum));
    const member = opened.members[index];
    if (member?.num !== num) throw broken('an object stream does not hold the object that it should');
    // Some readers go by the index, others by the number: they would see different objects.
    if (opened.repeated.has(num)) throw broken('an object stream holds an object twice');
    const window = { bytes: opened.bytes, base: 0, last: true };
    return new ObjectParser(window, this.document.limits, member.at, false).object();
  }

  /** The numbers of the objects that an object stream holds, in order. */
  async numbers(streamNum: number): Promise<number[]> {
    const { members } = this.open.get(streamNum) ?? (await this.decode(streamNum));
    return members.map(({ num }) => num);
  }

  private async decode(streamNum: number): Promise<OpenStream> {
    const entry = await this.document.xref.find(streamNum);
    if (entry?.type !== 'offset') throw broken('an object stream is itself compressed or missing');
    const stream = await this.document.get(ref(streamNum, entry.gen));
    if (!isStream(stream) || !isName(stream.dict.get('Type'), 'ObjStm')) throw broken('an object stream is missing');
    const bytes = await this.document.streamBytes(stream);
    const count = await this.document.value(stream.dict, 'N');
    const first = await this.document.value(stream.dict, 'First');
    if (!isInteger(count) || !isInteger(first) || count < 0 || first < 0 || first > bytes.length) {
      throw broken('an object stream has no valid header');
    }
    if (count > this.document.limits.objects) throw overLimit('an object stream holds too many objects');
    const members = this.members(bytes, count, first);
    const opened = { bytes, members, repeated: repeatedIn(members) };
    if (this.held > KEPT_BYTES) {
      this.open.clear();
      this.held = 0;
    }
    this.open.set(streamNum, opened);
    this.held += bytes.length;
    return opened;
  }

  private members(bytes: Uint8Array, count: number, first: number): OpenStream['members'] {
    const header = new ObjectParser(
      { bytes: bytes.subarray(0, first), base: 0, last: true },
      this.document.limits,
      0,
      false,
    );
    const members: { num: number; at: number }[] = [];
    for (let i = 0; i < count; i++) {
      const num = header.unsigned('a number in an object stream');
      const at = first + header.unsigned('an offset in an object stream');
      if (at > bytes.length) throw broken('an object stream points outside itself');
      members.push({ num, at });
    }
    return members;
  }
}

function repeatedIn(members: OpenStream['members']): ReadonlySet<number> {
  const [seen, repeated] = [new Set<number>(), new Set<number>()];
  for (const { num } of members) (seen.has(num) ? repeated : seen).add(num);
  return repeated;
}
