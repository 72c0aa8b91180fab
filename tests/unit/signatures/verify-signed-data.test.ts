import { createHash, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HashName } from '../../../lib/pki/algorithms.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import { acceptedAt } from '../../../lib/signatures/validation/algorithm-policy.ts';
import { openSignature, verifySignedData } from '../../../lib/signatures/validation/verify-signed-data.ts';
import { createAuthority, keyPair, NOW } from '../../support/pki/authority.ts';
import { signedData } from '../../support/pki/signing.ts';

const authority = createAuthority();
const digest = createHash('sha256').update('content').digest();
const signer = authority.signer();

/** Codes of what is wrong with a container over `digest`. */
function codesOf(cms: Uint8Array, over: Uint8Array = digest): string[] {
  const opened = openSignature(cms);
  if ('code' in opened) return [opened.code];
  return verifySignedData(opened, over, NOW).reasons.map(({ code }) => code);
}

function replaced(bytes: Uint8Array, from: Uint8Array, to: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf(from);
  expect(at).toBeGreaterThan(0);
  expect(to.length).toBe(from.length);
  return Buffer.concat([bytes.subarray(0, at), to, bytes.subarray(at + from.length)]);
}

/** Another certificate of the same issuer, serial, key and length: what a swap would put in its place. */
function twin(
  of: Signer,
  spec: { commonName: string; keyUsage: readonly ['digitalSignature' | 'keyEncipherment'] },
): Uint8Array {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const subject = { commonName: spec.commonName };
    const der = authority.issue({
      subject,
      publicKey: keyPair('p256').publicKey,
      serial: 4711,
      keyUsage: spec.keyUsage,
    });
    if (der.length === of.certificate.length) return der;
  }
  throw new Error('no certificate of the same length was made');
}

describe('one signature', () => {
  test('in order has nothing wrong with it', async () => {
    expect(codesOf(await signedData(signer, digest, NOW))).toEqual([]);
  });

  test('over other content', async () => {
    const other = createHash('sha256').update('other').digest();
    expect(codesOf(await signedData(signer, digest, NOW), other)).toEqual(['digest_mismatch']);
  });

  test('with another signature value', async () => {
    const cms = Buffer.from(await signedData(signer, digest, NOW));
    cms[cms.length - 1]! ^= 1;
    expect(codesOf(cms)).toEqual(['signature_wrong']);
  });

  test('with another certificate in the place of the one that was signed with', async () => {
    const own = authority.signer({ subject: { commonName: 'A' }, serial: 4711, keyUsage: ['digitalSignature'] });
    const cms = await signedData(own, digest, NOW);
    const other = twin(own, { commonName: 'B', keyUsage: ['digitalSignature'] });
    expect(codesOf(replaced(cms, own.certificate, other))).toEqual(['certificate_reference_wrong']);
    const wrongUse = twin(own, { commonName: 'A', keyUsage: ['keyEncipherment'] });
    expect(codesOf(replaced(cms, own.certificate, wrongUse))).toEqual([
      'certificate_reference_wrong',
      'certificate_key_usage',
    ]);
  });

  test.each([
    ['cms_malformed', Buffer.from('3080060927864886f70d0107020000', 'hex')],
    ['cms_malformed', Buffer.from('0500', 'hex')],
    ['cms_malformed', new Uint8Array(64)],
  ])('%s', (code, bytes) => {
    expect(codesOf(bytes)).toEqual([code]);
  });

  test('followed by zeros, as /Contents is, but by nothing else', async () => {
    const cms = await signedData(signer, digest, NOW);
    expect(codesOf(Buffer.concat([cms, new Uint8Array(100)]))).toEqual([]);
    expect(codesOf(Buffer.concat([cms, new Uint8Array(100), Uint8Array.of(1)]))).toEqual(['cms_padding']);
  });

  test('with any octet changed is not in order, and never a crash', async () => {
    const cms = Buffer.from(await signedData({ ...signer, chain: [] }, digest, NOW));
    fc.assert(
      fc.property(fc.nat({ max: cms.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, octet) => {
        const copy = Buffer.from(cms);
        copy[at]! ^= octet;
        const codes = codesOf(copy);
        // The outer version decides nothing, and the digest algorithms are said again where they count.
        const idle = at < 45;
        if (!idle) expect(codes).not.toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the algorithm policy is dated', () => {
  const at = (date: string) => Date.parse(date);
  const ec = keyPair('p256').publicKey;
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;

  test.each<[HashName, string, boolean]>([
    ['sha1', '2010-01-01', true],
    ['sha1', '2026-01-01', false],
    ['md5', '2010-01-01', false],
    ['sha224', '2026-01-01', true],
    ['sha224', '2030-01-01', false],
    ['sha256', '2040-01-01', true],
  ])('%s in %s: %s', (hash, date, accepted) => {
    expect(acceptedAt(hash, ec, at(date))).toBe(accepted);
  });

  test('short RSA keys ended, Edwards curves are in it, with other curves’ keys nothing is', () => {
    expect(acceptedAt('sha256', short, at('2007-01-01'))).toBe(true);
    expect(acceptedAt('sha256', short, at('2026-01-01'))).toBe(false);
    for (const kind of ['ed25519', 'ed448'] as const)
      expect(acceptedAt('sha512', generateKeyPairSync(kind as 'ed25519').publicKey, at('2026-01-01'))).toBe(true);
    expect(acceptedAt('sha512', generateKeyPairSync('x25519').publicKey, at('2026-01-01'))).toBe(false);
  });
});
