import { ProblemError } from './errors.ts';

/** Source of random bytes; `crypto.getRandomValues` in the product, seeded in tests of pure rules. */
export type RandomBytes = (length: number) => Uint8Array;

export const systemRandom: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

declare const brand: unique symbol;
/** A string that only its parser can mint. */
export type Branded<B extends string> = string & { readonly [brand]: B };

/** Identity of a case (petition or dispatch), a document or an upload inside the system: 128 random bits, Crockford base 32. */
export type Id = Branded<'Id'>;
/** Code shown to people, e.g. `PA-7K3M-9QXD-4`: eight random characters and a check character. */
export type CaseCode = Branded<'CaseCode'>;

/** Crockford's base 32: no I, L, O, U, so that a code survives being read out. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function base32(bytes: Uint8Array, length: number): string {
  let value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let text = '';
  for (let i = 0; i < length; i++) {
    text = ALPHABET[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return text;
}

export function newId(random: RandomBytes): Id {
  return base32(random(17), 26) as Id;
}

export function parseId(text: string, field = 'id'): Id {
  if (!/^[0-9A-HJKMNP-TV-Z]{26}$/.test(text)) throw new ProblemError('not_found', { field });
  return text as Id;
}

/** Product in GF(2^5) with the primitive polynomial x^5 + x^2 + 1. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let x = a, y = b; y > 0; y >>= 1) {
    if (y & 1) product ^= x;
    x <<= 1;
    if (x & 32) x ^= 0b100101;
  }
  return product;
}

/**
 * Check character: the parity symbol of a Reed-Solomon code over GF(32), each place weighted with another power of the
 * primitive element. Catches every single wrong character and every swap of two, which the decimal-style schemes of
 * ISO/IEC 7064 do not for an alphabet of 32.
 */
export function checkCharacter(body: string): string {
  let weight = 1;
  let sum = 0;
  for (const character of body) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) throw new RangeError('character outside the alphabet');
    weight = multiply(weight, 2);
    sum ^= multiply(weight, value);
  }
  return ALPHABET[sum] as string;
}

/** A new code such as `PA-7K3M-9QXD-4`; `kind` is two capital letters. */
export function newCaseCode(kind: string, random: RandomBytes): CaseCode {
  const body = base32(random(5), 8);
  return `${kind}-${body.slice(0, 4)}-${body.slice(4)}-${checkCharacter(body)}` as CaseCode;
}

/**
 * Reads a code as people type it: any case, with or without dashes, O for 0 and I or L for 1.
 * @throws ProblemError `not_found` when the shape or the check character is wrong.
 */
export function parseCaseCode(text: string, field = 'code'): CaseCode {
  const plain = text.normalize('NFKC').toUpperCase().replace(/[\s-]/g, '');
  const kind = plain.slice(0, 2);
  const rest = plain.slice(2).replace(/O/g, '0').replace(/[IL]/g, '1');
  if (!/^[A-Z]{2}$/.test(kind) || !/^[0-9A-HJKMNP-TV-Z]{9}$/.test(rest)) throw new ProblemError('not_found', { field });
  if (checkCharacter(rest.slice(0, 8)) !== rest[8]) {
    throw new ProblemError('not_found', {
      field,
      detail: 'The check character does not fit: a character was mistyped.',
    });
  }
  return `${kind}-${rest.slice(0, 4)}-${rest.slice(4, 8)}-${rest[8]}` as CaseCode;
}
