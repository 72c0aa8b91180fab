import { compareBytes, TAG } from './der.ts';

/** A writer of DER (ITU-T X.690 §10, §11), just enough for X.509, PKCS#10 and CMS. */

/** One element with this identifier octet around the concatenated parts. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const octets: number[] = [];
  for (let rest = length; length >= 0x80 && rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 | octets.length, ...octets];
  return Buffer.concat([Uint8Array.from(header), ...parts]);
}

export function encodeSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return encode(TAG.sequence, ...parts);
}

/** SET OF in DER order; `tag` is given for an IMPLICIT one. */
export function encodeSetOf(elements: readonly Uint8Array[], tag: number = TAG.set): Uint8Array {
  return encode(tag, ...[...elements].sort(compareBytes));
}

export function encodeOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const group = [arc % 128];
    for (let more = Math.floor(arc / 128); more > 0; more = Math.floor(more / 128)) group.unshift(0x80 | (more % 128));
    octets.push(...group);
  }
  return encode(TAG.oid, Uint8Array.from(octets));
}

/** A non-negative INTEGER from a number or from big-endian octets. */
export function encodeInteger(value: number | Uint8Array): Uint8Array {
  let octets =
    typeof value === 'number'
      ? Buffer.from(
          value
            .toString(16)
            .padStart(2, '0')
            .replace(/^(?=(..)*.$)/, '0'),
          'hex',
        )
      : value;
  while (octets.length > 1 && octets[0] === 0) octets = octets.subarray(1);
  return octets[0]! >= 0x80 ? encode(TAG.integer, Uint8Array.of(0), octets) : encode(TAG.integer, octets);
}

export function encodeBoolean(value: boolean): Uint8Array {
  return encode(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
}

export function encodeOctetString(content: Uint8Array): Uint8Array {
  return encode(TAG.octetString, content);
}

export function encodeBitString(content: Uint8Array): Uint8Array {
  return encode(TAG.bitString, Uint8Array.of(0), content);
}

/** A named bit list without trailing zero bits (X.690 §11.2.2). */
export function encodeNamedBits(bits: readonly number[]): Uint8Array {
  const highest = Math.max(-1, ...bits);
  const octets = new Uint8Array(Math.floor(highest / 8) + 1);
  for (const bit of bits) octets[bit >> 3]! |= 0x80 >> (bit & 7);
  return encode(TAG.bitString, Uint8Array.of(highest < 0 ? 0 : 7 - (highest & 7)), octets);
}

export function encodeNull(): Uint8Array {
  return Uint8Array.of(TAG.null, 0);
}

export function encodeUtf8(text: string): Uint8Array {
  return encode(TAG.utf8String, Buffer.from(text, 'utf8'));
}

/** Epoch ms → UTCTime until 2049, GeneralizedTime after (RFC 5280 §4.1.2.5). */
export function encodeTime(epochMs: number): Uint8Array {
  const digits = new Date(epochMs).toISOString().replace(/\.\d+|[-:T]/g, '');
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050
    ? encode(TAG.utcTime, Buffer.from(digits.slice(2), 'latin1'))
    : encode(TAG.generalizedTime, Buffer.from(digits, 'latin1'));
}
