/**
 * A strict reader of DER (ITU-T X.690 §10, §11), just enough for X.509 and CMS, made for hostile bytes: it never copies,
 * never recurses by itself, and refuses all that DER forbids.
 */

/** Identifier octets of the universal types in use (X.690 §8.1.2; constructed bit included for SEQUENCE and SET). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Identifier octet of a context-specific tag: `[number]`, constructed unless said otherwise. */
export function contextTag(number: number, constructed = true): number {
  return (constructed ? 0xa0 : 0x80) | number;
}

/** The bytes are not the DER that was expected. Callers turn it into their own error or verdict. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** One element: its identifier octet, its whole encoding and its content (both are views into the input). */
export interface DerElement {
  readonly tag: number;
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
}

/** Reads the element that starts at `offset`; bytes may follow it. Throws DerError. */
export function readElement(bytes: Uint8Array, offset = 0): DerElement {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw new DerError('the encoding ends inside an element');
  if ((tag & 0x1f) === 0x1f) throw new DerError('high tag numbers are not used here');
  const { length, start } = readLength(bytes, offset + 1, first);
  if (length > bytes.length - start) throw new DerError('an element is longer than what holds it');
  return { tag, bytes: bytes.subarray(offset, start + length), content: bytes.subarray(start, start + length) };
}

function readLength(bytes: Uint8Array, at: number, first: number): { length: number; start: number } {
  if (first < 0x80) return { length: first, start: at + 1 };
  const count = first & 0x7f;
  if (count === 0) throw new DerError('indefinite length is BER, not DER');
  if (count > 4) throw new DerError('a length is out of bounds');
  let length = 0;
  for (let i = 1; i <= count; i += 1) {
    const octet = bytes[at + i];
    if (octet === undefined) throw new DerError('the encoding ends inside a length');
    length = length * 256 + octet;
  }
  if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('a length is not in its shortest form');
  return { length, start: at + 1 + count };
}

/** Reads one element that fills `bytes` to the last octet. */
export function readWhole(bytes: Uint8Array, tag?: number): DerElement {
  const element = readElement(bytes);
  if (element.bytes.length !== bytes.length) throw new DerError('bytes follow the element');
  if (tag !== undefined && element.tag !== tag)
    throw new DerError(`tag ${hex(tag)} expected, ${hex(element.tag)} found`);
  return element;
}

const hex = (tag: number) => `0x${tag.toString(16).padStart(2, '0')}`;

/** Steps through the elements of a constructed value, in the order its ASN.1 definition gives. */
export class DerSequence {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(content: Uint8Array) {
    this.#bytes = content;
  }

  get done(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  /** The next element, which must exist and (when given) have this tag. */
  next(tag?: number): DerElement {
    const element = readElement(this.#bytes, this.#offset);
    if (tag !== undefined && element.tag !== tag) {
      throw new DerError(`tag ${hex(tag)} expected, ${hex(element.tag)} found`);
    }
    this.#offset += element.bytes.length;
    return element;
  }

  /** The next element if it has this tag; otherwise nothing is consumed. */
  optional(tag: number): DerElement | undefined {
    return this.#bytes[this.#offset] === tag ? this.next(tag) : undefined;
  }

  /** Refuses what the definition does not have. */
  end(): void {
    if (!this.done) throw new DerError('an element that does not belong there');
  }
}

/** Enters a SEQUENCE. */
export function enter(element: DerElement): DerSequence {
  if (element.tag !== TAG.sequence) throw new DerError(`a sequence was expected, ${hex(element.tag)} found`);
  return new DerSequence(element.content);
}

/** All children of a constructed element; more than `limit` is refused. */
export function children(element: DerElement, limit = 1000): DerElement[] {
  const sequence = new DerSequence(element.content);
  const found: DerElement[] = [];
  while (!sequence.done) {
    if (found.length === limit) throw new DerError('too many elements');
    found.push(sequence.next());
  }
  return found;
}

/** Children of a SET OF, which DER puts in ascending order of their encodings (X.690 §11.6). */
export function childrenOfSet(element: DerElement, limit = 1000): DerElement[] {
  const found = children(element, limit);
  for (let i = 1; i < found.length; i += 1) {
    if (compareBytes(found[i - 1]!.bytes, found[i]!.bytes) > 0) throw new DerError('a SET OF is not in DER order');
  }
  return found;
}

export function readOid(element: DerElement): string {
  if (element.tag !== TAG.oid || element.content.length === 0 || element.content.length > 64) {
    throw new DerError('an object identifier was expected');
  }
  const arcs: number[] = [];
  let value = 0;
  let fresh = true;
  for (const octet of element.content) {
    if (fresh && octet === 0x80) throw new DerError('an object identifier is not in its shortest form');
    value = value * 128 + (octet & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) throw new DerError('an arc of an object identifier is out of bounds');
    fresh = (octet & 0x80) === 0;
    if (fresh) {
      arcs.push(value);
      value = 0;
    }
  }
  if (!fresh) throw new DerError('an object identifier ends inside an arc');
  const root = Math.min(Math.floor(arcs[0]! / 40), 2);
  return [root, arcs[0]! - root * 40, ...arcs.slice(1)].join('.');
}

/** Content octets of an INTEGER, checked for the shortest form (X.690 §8.3.2). */
export function readIntegerBytes(element: DerElement): Uint8Array {
  const { tag, content } = element;
  if (tag !== TAG.integer || content.length === 0) throw new DerError('an integer was expected');
  const padded =
    content.length > 1 && ((content[0] === 0 && content[1]! < 0x80) || (content[0] === 0xff && content[1]! >= 0x80));
  if (padded) throw new DerError('an integer is not in its shortest form');
  return content;
}

/** A small non-negative INTEGER (versions, lengths). */
export function readSmallInteger(element: DerElement): number {
  const content = readIntegerBytes(element);
  if (content.length > 4 || content[0]! >= 0x80) throw new DerError('an integer is out of bounds');
  return content.reduce((value, octet) => value * 256 + octet, 0);
}

export function readBoolean(element: DerElement): boolean {
  const value = element.content[0];
  if (element.tag !== TAG.boolean || element.content.length !== 1 || (value !== 0 && value !== 0xff)) {
    throw new DerError('a boolean was expected');
  }
  return value === 0xff;
}

/** A BIT STRING of whole octets (keys, signatures). */
export function readBitStringBytes(element: DerElement): Uint8Array {
  if (element.tag !== TAG.bitString || element.content[0] !== 0)
    throw new DerError('a bit string of octets was expected');
  return element.content.subarray(1);
}

/** Numbers of the bits that are set in a named bit list (KeyUsage). */
export function readNamedBits(element: DerElement): Set<number> {
  const unused = element.content[0];
  if (element.tag !== TAG.bitString || unused === undefined || unused > 7)
    throw new DerError('a bit string was expected');
  const set = new Set<number>();
  const octets = element.content.subarray(1, 9);
  for (let bit = 0; bit < octets.length * 8; bit += 1) {
    if ((octets[bit >> 3]! & (0x80 >> (bit & 7))) !== 0) set.add(bit);
  }
  return set;
}

/** UTCTime or GeneralizedTime in the forms of RFC 5280 §4.1.2.5 → epoch ms. */
export function readTime(element: DerElement): number {
  const text = Buffer.from(element.content).toString('latin1');
  const match =
    element.tag === TAG.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
      : element.tag === TAG.generalizedTime
        ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
        : null;
  if (!match) throw new DerError('a time in UTC was expected');
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const fullYear = element.tag === TAG.utcTime ? (year < 50 ? 2000 + year : 1900 + year) : year;
  const time = new Date(0);
  time.setUTCFullYear(fullYear, month - 1, day);
  time.setUTCHours(hour, minute, second);
  if (
    time.getUTCMonth() !== month - 1 ||
    time.getUTCDate() !== day ||
    time.getUTCHours() !== hour ||
    second > 59 ||
    minute > 59
  ) {
    throw new DerError('a time that does not exist');
  }
  return time.getTime();
}

/** Text of the string types that names use. */
export function readText(element: DerElement): string {
  const { content } = element;
  switch (element.tag) {
    case TAG.utf8String:
      return Buffer.from(content).toString('utf8');
    case TAG.bmpString:
      return Buffer.from(content.length % 2 === 0 ? content : content.subarray(0, -1))
        .swap16()
        .toString('utf16le');
    default:
      return Buffer.from(content).toString('latin1');
  }
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
