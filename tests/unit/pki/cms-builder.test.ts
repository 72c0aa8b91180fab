import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SigningAlgorithm } from '../../../lib/pki/algorithms.ts';
import { largestSignedData } from '../../../lib/pki/cms-builder.ts';
import { readSignedData } from '../../../lib/pki/cms-reader.ts';
import { OID } from '../../../lib/pki/oids.ts';
import { encodePem } from '../../../lib/pki/pem.ts';
import { createAuthority, DAY, type KeyKind, keyPair, NOW } from '../../support/pki/authority.ts';
import { signedData } from '../../support/pki/signing.ts';

const authority = createAuthority();
const content = Buffer.from('Kính gửi: Ủy ban nhân dân xã');
const digestOf = (hash: string) => createHash(hash).update(content).digest();

const ALGORITHMS: readonly (readonly [KeyKind, SigningAlgorithm])[] = [
  ['rsa', { scheme: 'rsa-pkcs1', hash: 'sha256' }],
  ['rsa', { scheme: 'rsa-pkcs1', hash: 'sha512' }],
  ['rsa', { scheme: 'rsa-pss', hash: 'sha256' }],
  ['rsa', { scheme: 'rsa-pss', hash: 'sha384' }],
  ['p256', { scheme: 'ecdsa', hash: 'sha256' }],
  ['p384', { scheme: 'ecdsa', hash: 'sha384' }],
];

const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl) console.warn('Skipped: openssl is not on this machine, the check by another tool is left out');

describe('CMS of a PAdES baseline signature', () => {
  test.skipIf(!openssl).each(ALGORITHMS)('%s %o is accepted by openssl cms -verify -cades', async (kind, algorithm) => {
    const cms = await signedData(authority.signer({ kind, algorithm }), digestOf(algorithm.hash), NOW);
    const folder = mkdtempSync(join(tmpdir(), 'cms-'));
    try {
      writeFileSync(join(folder, 'cms.der'), cms);
      writeFileSync(join(folder, 'content'), content);
      writeFileSync(join(folder, 'root.pem'), encodePem('CERTIFICATE', authority.root));
      const args = ['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', 'cms.der', '-content', 'content'];
      const when = ['-attime', String(NOW / 1000), '-purpose', 'any', '-CAfile', 'root.pem', '-out', 'verified'];
      execFileSync('openssl', [...args, ...when], { cwd: folder, stdio: 'pipe' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each(ALGORITHMS)('%s %o fits the room that was foretold', async (kind, algorithm) => {
    const signer = authority.signer({ kind, algorithm });
    const cms = await signedData(signer, digestOf(algorithm.hash), NOW);
    expect(cms.length).toBeLessThanOrEqual(largestSignedData(signer, NOW));
    expect(largestSignedData(signer, NOW) - cms.length).toBeLessThan(10);
  });

  test('signs content-type, message-digest and signing-certificate-v2, in DER order, and no signing-time', async () => {
    const signer = authority.signer();
    const {
      signerInfos,
      content: encapsulated,
      certificates,
    } = readSignedData(await signedData(signer, digestOf('sha256'), NOW));
    expect(encapsulated).toBeUndefined();
    expect(certificates).toHaveLength(2);
    expect(signerInfos).toHaveLength(1);
    const attributes = signerInfos[0]!.signedAttributes!;
    expect([...attributes.types].sort()).toEqual([OID.contentType, OID.messageDigest, OID.signingCertificateV2].sort());
    expect(attributes.messageDigest).toEqual(digestOf('sha256'));
    expect(Buffer.from(attributes.signingCertificate!.certHash)).toEqual(
      createHash('sha256').update(signer.certificate).digest(),
    );
  });

  test.each([
    ['certificate_expired', { notAfter: NOW - 1 }],
    ['certificate_not_yet_valid', { notBefore: NOW + DAY }],
    ['certificate_key_usage', { keyUsage: ['keyEncipherment'] as const }],
  ])('refuses with %s before the key is asked', async (code, spec) => {
    let asked = false;
    const sign = async () => {
      asked = true;
      return new Uint8Array();
    };
    const signer = { ...authority.signer(spec), sign };
    await expect(signedData(signer, digestOf('sha256'), NOW)).rejects.toMatchObject({ code });
    expect(asked).toBe(false);
  });

  test('refuses a key that is not the one of the certificate', async () => {
    const own = authority.signer();
    const foreign = authority.signer({ label: 'someone else' });
    await expect(signedData({ ...own, sign: foreign.sign }, digestOf('sha256'), NOW)).rejects.toMatchObject({
      code: 'certificate_key_mismatch',
    });
  });

  test('refuses an algorithm that the key cannot do', async () => {
    const signer = { ...authority.signer(), algorithm: { scheme: 'rsa-pss', hash: 'sha256' } as const };
    await expect(signedData(signer, digestOf('sha256'), NOW)).rejects.toMatchObject({
      code: 'certificate_key_mismatch',
    });
    expect(keyPair('p256').publicKey.asymmetricKeyType).toBe('ec');
  });
});
