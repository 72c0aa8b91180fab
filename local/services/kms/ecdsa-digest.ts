import { createECDH, type KeyObject } from 'node:crypto';

interface Curve {
  readonly ecdhName: string;
  /** Order of the base point (FIPS 186-5, SP 800-186 §3.2.1). */
  readonly n: bigint;
  readonly bytes: number;
}

const CURVES: Readonly<Record<string, Curve>> = {
  prime256v1: {
    ecdhName: 'prime256v1',
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    bytes: 32,
  },
  secp384r1: {
    ecdhName: 'secp384r1',
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    bytes: 48,
  },
};

/**
 * ECDSA (FIPS 186-5 §6.4.1) on a digest as long as the curve's order. Node signs messages only, so the point
 * multiplication is left to its ECDH and the rest is arithmetic modulo the order. Not constant in time: development keys.
 * @returns a DER `ECDSA-Sig-Value`
 */
export function signDigestEcdsa(key: KeyObject, digest: Buffer): Buffer {
  const curve = curveOf(key);
  const d = privateScalar(key);
  const z = toInteger(digest);
  for (;;) {
    const ephemeral = createECDH(curve.ecdhName);
    ephemeral.generateKeys();
    const k = toInteger(ephemeral.getPrivateKey());
    const r = abscissa(ephemeral.getPublicKey(), curve) % curve.n;
    const s = (inverse(k, curve.n) * ((z + r * d) % curve.n)) % curve.n;
    if (r !== 0n && s !== 0n) return encodeSignature(r, s);
  }
}

/** ECDSA verification (FIPS 186-5 §6.4.2) on a digest. The service holds the private key, so u1·G + u2·Q is one multiplication of G. */
export function verifyDigestEcdsa(key: KeyObject, digest: Buffer, signature: Buffer): boolean {
  const curve = curveOf(key);
  const parts = decodeSignature(signature);
  if (!parts || parts.some((part) => part <= 0n || part >= curve.n)) return false;
  const [r, s] = parts;
  const w = inverse(s, curve.n);
  const multiple = (((toInteger(digest) * w) % curve.n) + ((r * w) % curve.n) * privateScalar(key)) % curve.n;
  if (multiple === 0n) return false;
  const point = createECDH(curve.ecdhName);
  point.setPrivateKey(toBytes(multiple, curve.bytes));
  return abscissa(point.getPublicKey(), curve) % curve.n === r;
}

function curveOf(key: KeyObject): Curve {
  return CURVES[key.asymmetricKeyDetails?.namedCurve ?? '']!;
}

function privateScalar(key: KeyObject): bigint {
  return toInteger(Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url'));
}

function abscissa(uncompressedPoint: Buffer, curve: Curve): bigint {
  return toInteger(uncompressedPoint.subarray(1, 1 + curve.bytes));
}

function toInteger(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function toBytes(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex');
}

/** Inverse modulo a prime, by the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [r0, r1, s0, s1] = [modulus, value % modulus, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1];
  }
  return ((s0 % modulus) + modulus) % modulus;
}

function encodeSignature(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([encodeInteger(r), encodeInteger(s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function encodeInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  const padded = bytes[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
}

/** Strict DER: what decodes must encode to the same bytes. Both curves' signatures stay in the short length form. */
function decodeSignature(der: Buffer): readonly [bigint, bigint] | undefined {
  const rLength = der[3] ?? 0;
  const sLength = der[5 + rLength] ?? 0;
  if (rLength === 0 || sLength === 0) return undefined;
  const r = toInteger(der.subarray(4, 4 + rLength));
  const s = toInteger(der.subarray(6 + rLength, 6 + rLength + sLength));
  return encodeSignature(r, s).equals(der) ? [r, s] : undefined;
}
