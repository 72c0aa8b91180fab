import { DerError, TAG } from './der.ts';
import { encode, encodeOctetString } from './der-writer.ts';

const CONSTRUCTED = 0x20;
const INDEFINITE = 0x80;
/** Deeper than any certificate, list or timestamp inside a container goes. */
const MAX_DEPTH = 64;

/** One encoding with definite lengths throughout, and how many octets it took where it stood. */
export interface Definite {
  readonly bytes: Uint8Array;
  readonly consumed: number;
}

/**
 * Rewrites the indefinite lengths of the element at the start of `bytes` (X.690 §8.1.3.6) as definite ones, and joins the
 * pieces of octet strings that are cut up (§8.7.3). Everything else stays octet for octet, so what was hashed inside is as it
 * was; an element without any is given back as it stands. For containers of other writers: CMS allows BER (RFC 5652 §2).
 * @throws DerError
 */
export function definiteLengths(bytes: Uint8Array): Definite {
  return rewrite(bytes, 0, bytes.length, 0);
}

function rewrite(bytes: Uint8Array, offset: number, limit: number, depth: number): Definite {
  if (depth > MAX_DEPTH) throw new DerError('elements are nested too deeply');
  const tag = bytes[offset] ?? 0;
  const { at, first } = lengthPlace(bytes, offset, limit);
  if (first === INDEFINITE) return rewriteIndefinite(bytes, { tag, offset, start: at + 1, limit, depth });
  const { start, length } = readLength(bytes, at, first);
  const end = start + length;
  if (end > limit) throw new DerError('an element is longer than what holds it');
  const whole = bytes.subarray(offset, end);
  if (!(tag & CONSTRUCTED) || !whole.includes(INDEFINITE)) return { bytes: whole, consumed: whole.length };
  const parts: Uint8Array[] = [];
  for (let next = start; next < end; ) {
    const part = rewrite(bytes, next, end, depth + 1);
    parts.push(part.bytes);
    next += part.consumed;
  }
  const isSame = parts.reduce((sum, part) => sum + part.length, 0) === length;
  return { bytes: isSame ? whole : assemble(tag, parts), consumed: whole.length };
}

interface Open {
  readonly tag: number;
  readonly offset: number;
  readonly start: number;
  readonly limit: number;
  readonly depth: number;
}

function rewriteIndefinite(bytes: Uint8Array, { tag, offset, start, limit, depth }: Open): Definite {
  if (!(tag & CONSTRUCTED)) throw new DerError('a primitive element of indefinite length');
  const parts: Uint8Array[] = [];
  let at = start;
  while (!(bytes[at] === 0 && bytes[at + 1] === 0)) {
    const part = rewrite(bytes, at, limit, depth + 1);
    parts.push(part.bytes);
    at += part.consumed;
  }
  if (at + 2 > limit) throw new DerError('the encoding ends inside an element');
  return { bytes: assemble(tag, parts), consumed: at + 2 - offset };
}

/** Where the length stands, and its first octet. */
function lengthPlace(bytes: Uint8Array, offset: number, limit: number): { at: number; first: number } {
  let at = offset + 1;
  if (((bytes[offset] ?? 0) & 0x1f) === 0x1f) while ((bytes[at++] ?? 0) & 0x80);
  const first = bytes[at];
  if (first === undefined || at >= limit) throw new DerError('the encoding ends inside an element');
  return { at, first };
}

function readLength(bytes: Uint8Array, at: number, first: number): { start: number; length: number } {
  if (first < 0x80) return { start: at + 1, length: first };
  const count = first & 0x7f;
  if (count > 4) throw new DerError('a length is out of bounds');
  let length = 0;
  for (let i = 1; i <= count; i += 1) length = length * 256 + (bytes[at + i] ?? 0);
  return { start: at + 1 + count, length };
}

/** The element of these parts; the pieces of an octet string become one. */
function assemble(tag: number, parts: readonly Uint8Array[]): Uint8Array {
  if ((tag & 0x1f) === 0x1f) throw new DerError('high tag numbers are not used here');
  if (tag !== (TAG.octetString | CONSTRUCTED)) return encode(tag, ...parts);
  return encodeOctetString(Buffer.concat(parts.map(pieceOf)));
}

function pieceOf(part: Uint8Array): Uint8Array {
  if (part[0] !== TAG.octetString) throw new DerError('an octet string of other pieces');
  return part.subarray(readLength(part, 1, part[1] ?? 0).start);
}
