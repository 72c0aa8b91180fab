import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { keyFitsScheme, readHashAlgorithm, verifySignature } from '../../../lib/pki/algorithms.ts';
import { readWhole } from '../../../lib/pki/der.ts';
import { encodeInteger, encodeOid, encodeSequence } from '../../../lib/pki/der-writer.ts';
import { OID } from '../../../lib/pki/oids.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { keyPair } from '../../support/pki/authority.ts';
import { trustInFile } from '../../support/pki/trust-in-file.ts';
import { corpusFiles } from '../pdf/corpus.ts';

const ED25519 = { scheme: 'ed25519', hash: 'sha512' } as const;
const ED448 = { scheme: 'ed448', hash: 'shake256' } as const;

describe('EdDSA (RFC 8032, RFC 8419)', () => {
  /** RFC 8032 §7.1 test 2 (one octet). */
  const key = createPublicKey({
    key: Buffer.from(
      `302a300506032b6570032100${'3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'}`,
      'hex',
    ),
    format: 'der',
    type: 'spki',
  });
  const signature = Buffer.from(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    'hex',
  );

  test('the signature of the standard’s own example, and no other', () => {
    expect(verifySignature(ED25519, key, Uint8Array.of(0x72), signature)).toBe(true);
    expect(verifySignature(ED25519, key, Uint8Array.of(0x73), signature)).toBe(false);
    for (const at of [0, 31, 32, 63]) {
      const other = Buffer.from(signature);
      other[at]! ^= 1;
      expect(verifySignature(ED25519, key, Uint8Array.of(0x72), other)).toBe(false);
    }
    expect(verifySignature(ED25519, key, Uint8Array.of(0x72), signature.subarray(0, 63))).toBe(false);
  });

  test('Ed448, and no key of one scheme for a signature of another', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed448');
    const message = Buffer.from('content');
    const made = sign(null, message, privateKey);
    expect(verifySignature(ED448, publicKey, message, made)).toBe(true);
    expect(verifySignature(ED448, publicKey, Buffer.from('other'), made)).toBe(false);
    expect(verifySignature(ED25519, publicKey, message, made)).toBe(false);
    expect(verifySignature(ED448, keyPair('p256').publicKey, message, made)).toBe(false);
    expect(verifySignature({ scheme: 'ecdsa', hash: 'sha512' }, key, Uint8Array.of(0x72), signature)).toBe(false);
    expect(verifySignature({ scheme: 'rsa-pkcs1', hash: 'sha512' }, publicKey, message, made)).toBe(false);
    expect(keyFitsScheme(keyPair('rsa').publicKey, 'ed25519')).toBe(false);
  });

  test('SHAKE256 with its length said is 512 bits long, or not known', () => {
    const read = (oid: string, ...parts: Uint8Array[]) =>
      readHashAlgorithm(readWhole(encodeSequence(encodeOid(oid), ...parts)));
    expect(read('2.16.840.1.101.3.4.2.12')).toBe('shake256');
    expect(read(OID.shake256Len, encodeInteger(512))).toBe('shake256');
    expect(read(OID.shake256Len, encodeInteger(256))).toBeUndefined();
    expect(() => read(OID.shake256Len)).toThrow();
  });
});

const files = corpusFiles();
describe.skipIf(files.length === 0)('files that pyHanko signed', () => {
  const read = (part: string) => files.find(({ name }) => name.startsWith(part))!.read();
  async function judged(file: Uint8Array) {
    const { signatures } = await verifyPdf(memorySource(file), await trustInFile(file));
    const { status, reasons, algorithm, coverage } = signatures.at(-1)!;
    return { status, codes: reasons.map(({ code }) => code), algorithm, coverage };
  }

  /** The certificates were not valid at the time that the files claim; of the others nothing says whether they were revoked. */
  const DATED = ['certificate_not_valid_then', 'claimed_time_outside'];
  const UNKNOWN = ['revocation_unknown', 'revocation_unknown'];
  test.each([
    ['6a8e2b853e', { scheme: 'ed25519', hash: 'sha512', keyBits: 256 }, DATED],
    ['faa675eb60', { scheme: 'ed25519', hash: 'sha512', keyBits: 256 }, DATED],
    ['bac219bc36', { scheme: 'ed448', hash: 'shake256', keyBits: 456 }, UNKNOWN],
    // Ed448 goes with SHAKE256 (RFC 8419 §3.1), here is SHA-512.
    ['78b8f68a7e', { scheme: 'ed448', hash: 'sha512', keyBits: 456 }, ['algorithms_disagree', ...UNKNOWN]],
  ])('%s: verified with %o; any other octet fails', async (part, algorithm, codes) => {
    const file = read(part);
    const found = await judged(file);
    expect([found.codes, found.algorithm]).toEqual([codes, algorithm]);
    const [, start, end] = found.coverage!.byteRange;
    const content = Buffer.from(file);
    content[start - 2]! ^= 1;
    const changed = await verifyPdf(memorySource(content), await trustInFile(file));
    expect(changed.status).toBe('TOTAL_FAILED');
    // The signature value stands near the end of the container.
    const value = Buffer.from(file);
    const last = value.subarray(start, end).toString('latin1').replace(/0*>$/, '').length + start - 8;
    value.write(value.toString('latin1', last, last + 1) === '1' ? '2' : '1', last, 'latin1');
    expect((await judged(value)).codes).toContain('signature_wrong');
  });
});
