import { isRegular, Lexer, type Window } from './lexer.ts';
import type { PdfLimits } from './limits.ts';
import { isDict, name, type PdfDict, type PdfObject, ref } from './objects.ts';
import { broken, overLimit } from './problems.ts';

/** What stands between `n g obj` and `endobj`: a value, or a dictionary with the place where its stream data begins. */
export interface IndirectObject {
  readonly num: number;
  readonly gen: number;
  readonly value: PdfObject;
  /** Offset in the file of the first byte of stream data. */
  readonly dataOffset?: number;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

/** Strict parser of objects (ISO 32000-2 §7.3) over one window of a file or over a decoded object stream. */
export class ObjectParser extends Lexer {
  readonly limits: PdfLimits;
  readonly inFile: boolean;
  private depth = 0;

  /** `inFile` is false for object streams: strings there have no place in the file, streams are not allowed. */
  constructor(window: Window, limits: PdfLimits, pos = 0, inFile = true) {
    super(window, pos);
    this.limits = limits;
    this.inFile = inFile;
  }

  /** The next object. Throws `pdf_broken`, `pdf_limits`. */
  object(): PdfObject {
    this.skipWhitespace();
    const byte = this.peek();
    if (byte === 0x2f) return name(this.name());
    if (byte === 0x28) return this.string(() => this.literalString(), false);
    if (byte === 0x5b) return this.nested(() => this.array());
    if (byte === 0x3c) {
      return this.peek(1) === 0x3c ? this.nested(() => this.dict()) : this.string(() => this.hexString(), true);
    }
    return this.numberOrKeyword();
  }

  private string(read: () => Uint8Array, hex: boolean): PdfObject {
    const start = this.offset;
    const bytes = read();
    return { kind: 'string', bytes, hex, ...(this.inFile ? { span: { start, end: this.offset } } : {}) };
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > this.limits.depth) throw overLimit('objects are nested too deeply');
    const value = read();
    this.depth--;
    return value;
  }

  private array(): PdfObject {
    this.pos++;
    const items: PdfObject[] = [];
    for (;;) {
      this.skipWhitespace();
      if (this.peek() === 0x5d) break;
      items.push(this.object());
    }
    this.pos++;
    return items;
  }

  private dict(): PdfDict {
    this.pos += 2;
    const entries = new Map<string, PdfObject>();
    for (;;) {
      this.skipWhitespace();
      const byte = this.peek();
      if (byte === 0x3e && this.peek(1) === 0x3e) break;
      if (byte !== 0x2f) throw broken('a dictionary key is not a name');
      const key = this.name();
      // Two values under one key read differently in different tools: the opening of several attacks.
      if (entries.has(key)) throw broken('a dictionary holds a key twice');
      entries.set(key, this.object());
    }
    this.pos += 2;
    for (const [key, value] of entries) if (value === null) entries.delete(key);
    return entries;
  }

  private numberOrKeyword(): PdfObject {
    const integer = this.digits(10);
    if (integer >= 0) return this.reference(integer);
    const word = this.word();
    if (NUMBER.test(word)) return Number(word);
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    throw broken(word === '' ? 'an object is missing' : 'an object has an unknown form');
  }

  /** `num` may begin `num gen R`; else it is an integer and the position stays behind it. */
  private reference(num: number): PdfObject {
    const after = this.pos;
    this.skipWhitespace();
    const byte = this.peek();
    if (byte >= 0x30 && byte <= 0x39) {
      const gen = this.digits(5);
      if (gen >= 0) {
        this.skipWhitespace();
        if (this.peek() === 0x52 && !isRegular(this.peek(1))) {
          this.pos++;
          return ref(num, gen);
        }
      }
    }
    this.pos = after;
    return num;
  }

  /** `n g obj … endobj`, or up to the first byte after `stream` and its end of line (§7.3.8.1). */
  indirectObject(): IndirectObject {
    const num = this.unsigned('an object number');
    const gen = this.unsigned('a generation number');
    this.skipWhitespace();
    if (!this.accept('obj')) throw broken('no object stands where the cross-reference points');
    const value = this.object();
    this.skipWhitespace();
    if (this.accept('endobj')) return { num, gen, value };
    if (!isDict(value) || !this.accept('stream')) throw broken('an object does not end in endobj');
    if (this.peek() === 0x0d && this.peek(1) === 0x0a) this.pos += 2;
    else if (this.peek() === 0x0a) this.pos++;
    else throw broken('the keyword stream is not followed by an end of line');
    return { num, gen, value, dataOffset: this.offset };
  }
}
