import { isRegular } from './lexer.ts';
import { isArray, isDict, isName, isRef, isStream, type PdfDict, type PdfObject } from './objects.ts';

/** Room kept in the output for bytes that are known only later; the writer tells where it came to lie. */
export interface Placeholder {
  readonly kind: 'placeholder';
  readonly id: string;
  /** What stands there until it is filled. */
  readonly bytes: Uint8Array;
}

/** A dictionary that may hold placeholders directly under its keys. */
export type DictToWrite = ReadonlyMap<string, PdfObject | Placeholder>;

/** Collects bytes and knows the offset of the next one. */
export class ByteWriter {
  private readonly chunks: Uint8Array[] = [];
  private readonly base: number;
  private written = 0;

  /** `base` is the offset in the file of the first byte written. */
  constructor(base = 0) {
    this.base = base;
  }

  get offset(): number {
    return this.base + this.written;
  }

  bytes(bytes: Uint8Array): this {
    this.chunks.push(bytes);
    this.written += bytes.length;
    return this;
  }

  /** Text, one byte a character. */
  text(text: string): this {
    return this.bytes(Buffer.from(text, 'latin1'));
  }

  result(): Uint8Array {
    const all = new Uint8Array(this.written);
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}

/** Writes an object in the syntax of ISO 32000-2 §7.3. `placed` hears where each placeholder begins. */
export function writeObject(
  out: ByteWriter,
  object: PdfObject | DictToWrite | Placeholder,
  placed?: (id: string, offset: number) => void,
): void {
  if (object !== null && typeof object === 'object' && 'kind' in object && object.kind === 'placeholder') {
    placed?.(object.id, out.offset);
    out.bytes(object.bytes);
  } else if (object instanceof Map) {
    writeDict(out, object, placed);
  } else {
    writeValue(out, object as PdfObject);
  }
}

function writeDict(out: ByteWriter, dict: DictToWrite, placed?: (id: string, offset: number) => void): void {
  out.text('<<');
  for (const [key, value] of dict) {
    out.text(`\n${nameSyntax(key)} `);
    writeObject(out, value, placed);
  }
  out.text('\n>>');
}

function writeValue(out: ByteWriter, object: PdfObject): void {
  if (object === null || typeof object === 'boolean') out.text(String(object));
  else if (typeof object === 'number') out.text(numberSyntax(object));
  else if (isName(object)) out.text(nameSyntax(object.value));
  else if (isRef(object)) out.text(`${object.num} ${object.gen} R`);
  else if (isArray(object)) writeArray(out, object);
  else if (isDict(object)) writeDict(out, object);
  else if (isStream(object)) throw new Error('A stream is always an indirect object');
  else out.text(object.hex ? `<${Buffer.from(object.bytes).toString('hex')}>` : literalSyntax(object.bytes));
}

function writeArray(out: ByteWriter, items: readonly PdfObject[]): void {
  out.text('[');
  for (const [index, item] of items.entries()) {
    if (index > 0) out.text(index % 16 === 0 ? '\n' : ' ');
    writeValue(out, item);
  }
  out.text(']');
}

/** Integers as they are; reals with at most five decimals and no exponent (§7.3.3). */
export function numberSyntax(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('A PDF holds finite numbers only');
  if (Number.isInteger(value)) return BigInt(value).toString();
  const text = value.toFixed(5).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

export function nameSyntax(value: string): string {
  let text = '/';
  for (const character of value) {
    const byte = character.charCodeAt(0);
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x23 && isRegular(byte);
    text += plain ? character : `#${byte.toString(16).padStart(2, '0')}`;
  }
  return text;
}

/** §7.3.4.2: parentheses, reverse solidus and line ends escaped, the rest as it is. */
function literalSyntax(bytes: Uint8Array): string {
  let text = '(';
  for (const byte of bytes) {
    if (byte === 0x28 || byte === 0x29 || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else if (byte === 0x0d) text += '\\r';
    else if (byte === 0x0a) text += '\\n';
    else text += String.fromCharCode(byte);
  }
  return `${text})`;
}

/** The encoded dictionary of a new stream: /Length is set to what it holds. */
export function streamDict(dict: PdfDict, length: number): PdfDict {
  return new Map(dict).set('Length', length);
}
