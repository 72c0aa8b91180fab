import { broken } from './problems.ts';

/** Thrown when an object reaches beyond the bytes at hand; the reader then looks again with a larger window. */
export const endOfWindow = new Error('The object goes on after this window');

export const WHITESPACE = new Uint8Array(256);
for (const byte of [0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20]) WHITESPACE[byte] = 1;
const DELIMITER = new Uint8Array(256);
for (const byte of '()<>[]{}/%') DELIMITER[byte.charCodeAt(0)] = 1;

const HEX = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

export function isRegular(byte: number): boolean {
  return byte >= 0 && WHITESPACE[byte] === 0 && DELIMITER[byte] === 0;
}

/** A piece of a file and where it stands in it. */
export interface Window {
  readonly bytes: Uint8Array;
  /** Offset of `bytes[0]` in the file. */
  readonly base: number;
  /** True when nothing of the file follows `bytes`. */
  readonly last: boolean;
}

/** Lexical rules of ISO 32000-2 §7.2 over one window. `pos` is relative to the window. */
export class Lexer {
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly last: boolean;
  pos: number;

  constructor(window: Window, pos = 0) {
    this.bytes = window.bytes;
    this.base = window.base;
    this.last = window.last;
    this.pos = pos;
  }

  /** Offset in the file of the next byte. */
  get offset(): number {
    return this.base + this.pos;
  }

  /** The byte at the position, -1 at the end of the file. */
  peek(ahead = 0): number {
    const byte = this.bytes[this.pos + ahead];
    if (byte !== undefined) return byte;
    if (!this.last) throw endOfWindow;
    return -1;
  }

  skipWhitespace(): void {
    for (;;) {
      const byte = this.peek();
      if (byte === 0x25) this.skipLine();
      else if (byte >= 0 && WHITESPACE[byte] === 1) this.pos++;
      else return;
    }
  }

  private skipLine(): void {
    for (let byte = this.peek(); byte !== 0x0a && byte !== 0x0d && byte !== -1; byte = this.peek()) this.pos++;
  }

  /** Passes one end of line (CR LF, LF or CR); false when there is none. */
  skipEndOfLine(): boolean {
    const byte = this.peek();
    if (byte === 0x0d) {
      this.pos++;
      if (this.peek() === 0x0a) this.pos++;
      return true;
    }
    if (byte !== 0x0a) return false;
    this.pos++;
    return true;
  }

  /** A run of regular characters: a keyword or a number. Empty at a delimiter or at the end. */
  word(): string {
    const start = this.pos;
    while (isRegular(this.peek())) this.pos++;
    return latin1(this.bytes, start, this.pos);
  }

  /** A run of at most `most` digits that is a word by itself, as a number; -1 with nothing passed where there is none. */
  digits(most: number): number {
    const start = this.pos;
    let value = 0;
    let byte = this.peek();
    for (; byte >= 0x30 && byte <= 0x39 && this.pos - start < most; byte = this.peek()) {
      value = value * 10 + byte - 0x30;
      this.pos++;
    }
    if (this.pos > start && !isRegular(byte)) return value;
    this.pos = start;
    return -1;
  }

  /** Passes `word` when exactly it stands here, as a whole word. */
  accept(word: string): boolean {
    for (let i = 0; i < word.length; i++) if (this.peek(i) !== word.charCodeAt(i)) return false;
    if (isRegular(this.peek(word.length))) return false;
    this.pos += word.length;
    return true;
  }

  /** An unsigned integer of at most 15 digits, after white space. */
  unsigned(what: string): number {
    this.skipWhitespace();
    const value = this.digits(15);
    if (value < 0) throw broken(`${what} is not a number`);
    return value;
  }

  /** A name; the position is on its slash. */
  name(): string {
    this.pos++;
    const start = this.pos;
    let escaped = false;
    for (let byte = this.peek(); isRegular(byte); byte = this.peek()) {
      if (byte === 0x23) escaped = true;
      this.pos++;
    }
    const text = latin1(this.bytes, start, this.pos);
    return escaped ? unescapeName(text) : text;
  }

  /** A literal string; the position is on its opening parenthesis. */
  literalString(): Uint8Array {
    this.pos++;
    const out: number[] = [];
    for (let depth = 1; ; ) {
      const byte = this.peek();
      if (byte === -1) throw broken('a string does not end');
      this.pos++;
      if (byte === 0x5c) this.escape(out);
      else if (byte === 0x0d) {
        if (this.peek() === 0x0a) this.pos++;
        out.push(0x0a);
      } else {
        if (byte === 0x28) depth++;
        else if (byte === 0x29 && --depth === 0) return Uint8Array.from(out);
        out.push(byte);
      }
    }
  }

  private escape(out: number[]): void {
    const byte = this.peek();
    const simple = ESCAPES.get(byte);
    if (simple !== undefined) {
      this.pos++;
      out.push(simple);
    } else if (byte >= 0x30 && byte <= 0x37) {
      let value = 0;
      for (let digits = 0; digits < 3 && this.peek() >= 0x30 && this.peek() <= 0x37; digits++) {
        value = value * 8 + this.peek() - 0x30;
        this.pos++;
      }
      out.push(value & 0xff);
    } else if (!this.skipEndOfLine() && byte !== -1) {
      // §7.3.4.2: the reverse solidus before any other character is ignored.
      this.pos++;
      out.push(byte);
    }
  }

  /** A hexadecimal string; the position is on its opening bracket. */
  hexString(): Uint8Array {
    this.pos++;
    const end = this.bytes.indexOf(0x3e, this.pos);
    const digits = end < 0 || (end - this.pos) % 2 === 1 ? '' : latin1(this.bytes, this.pos, end);
    // Signatures are long and have no white space.
    if (/^[0-9A-Fa-f]+$/.test(digits)) {
      this.pos = end + 1;
      return new Uint8Array(Buffer.from(digits, 'hex'));
    }
    const out: number[] = [];
    let high = -1;
    for (;;) {
      const byte = this.peek();
      this.pos++;
      if (byte === 0x3e) break;
      if (byte >= 0 && WHITESPACE[byte] === 1) continue;
      const digit = byte < 0 ? -1 : (HEX[byte] ?? -1);
      if (digit < 0) throw broken('a hexadecimal string holds other characters');
      if (high < 0) high = digit;
      else {
        out.push(high * 16 + digit);
        high = -1;
      }
    }
    if (high >= 0) out.push(high * 16);
    return Uint8Array.from(out);
  }
}

const ESCAPES = new Map<number, number>([
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x28, 0x28],
  [0x29, 0x29],
  [0x5c, 0x5c],
]);

function unescapeName(text: string): string {
  return text.replace(/#(.{0,2})/gs, (_, digits: string) => {
    if (!/^[0-9A-Fa-f]{2}$/.test(digits) || digits === '00') throw broken('a name holds a malformed # escape');
    return String.fromCharCode(Number.parseInt(digits, 16));
  });
}

/** Bytes as text, one character a byte. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
