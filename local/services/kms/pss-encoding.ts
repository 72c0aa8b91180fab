import { createHash, randomBytes } from 'node:crypto';
import { HASH_BYTES, type HashName } from './key-specs.ts';

/**
 * EMSA-PSS-ENCODE (RFC 8017 §9.1.1) of a digest, with MGF1 over the same hash and a salt as long as the digest, as KMS
 * does. Returns as many bytes as the modulus has, ready for a raw RSA operation.
 */
export function encodePss(digest: Buffer, hash: HashName, modulusBits: number): Buffer {
  const hashLength = HASH_BYTES[hash];
  const emBits = modulusBits - 1;
  const emLength = Math.ceil(emBits / 8);
  const salt = randomBytes(hashLength);
  const h = saltedHash(hash, digest, salt);
  const block = Buffer.alloc(emLength - hashLength - 1);
  block[block.length - hashLength - 1] = 1;
  salt.copy(block, block.length - hashLength);
  const masked = xor(block, mgf1(hash, h, block.length));
  masked[0]! &= 0xff >> (8 * emLength - emBits);
  const encoded = Buffer.concat([masked, h, Buffer.from([0xbc])]);
  return Buffer.concat([Buffer.alloc(Math.ceil(modulusBits / 8) - emLength), encoded]);
}

/** EMSA-PSS-VERIFY (RFC 8017 §9.1.2) of what a raw RSA operation gave back, for the same parameters. */
export function matchesPss(message: Buffer, digest: Buffer, hash: HashName, modulusBits: number): boolean {
  const hashLength = HASH_BYTES[hash];
  const emBits = modulusBits - 1;
  const emLength = Math.ceil(emBits / 8);
  const encoded = message.subarray(message.length - emLength);
  if (encoded.length < 2 * hashLength + 2 || encoded.at(-1) !== 0xbc) return false;
  const masked = encoded.subarray(0, emLength - hashLength - 1);
  const h = encoded.subarray(masked.length, masked.length + hashLength);
  const topBits = 0xff >> (8 * emLength - emBits);
  if ((masked[0]! & ~topBits) !== 0) return false;
  const block = xor(masked, mgf1(hash, h, masked.length));
  block[0]! &= topBits;
  const zeros = block.length - hashLength - 1;
  if (block[zeros] !== 1 || block.subarray(0, zeros).some((byte) => byte !== 0)) return false;
  return saltedHash(hash, digest, block.subarray(zeros + 1)).equals(h);
}

function saltedHash(hash: HashName, digest: Buffer, salt: Buffer): Buffer {
  return createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
}

/** MGF1 (RFC 8017 §B.2.1). */
function mgf1(hash: HashName, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; counter * HASH_BYTES[hash] < length; counter += 1) {
    const index = Buffer.alloc(4);
    index.writeUInt32BE(counter);
    blocks.push(createHash(hash).update(seed).update(index).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ b[index]!));
}
