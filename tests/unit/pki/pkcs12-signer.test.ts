import { createHash, X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openPkcs12Signer } from '../../../lib/pki/pkcs12-signer.ts';
import { createAuthority, type KeyKind, keyPair, NOW } from '../../support/pki/authority.ts';
import { OPENSSL, pkcs12 } from '../../support/pki/pkcs12.ts';
import { signedData } from '../../support/pki/signing.ts';

const authority = createAuthority();
const password = 'mật khẩu của Hạnh';

const issued = new Map<string, Uint8Array>();
/** The certificate of a key, issued once: ECDSA would sign another one each time. */
function leaf(kind: KeyKind, label = 'signer'): Uint8Array {
  const { publicKey } = keyPair(kind, label);
  const id = `${kind}/${label}`;
  const certificate = issued.get(id) ?? authority.issue({ subject: { commonName: 'Lê Thị Hạnh' }, publicKey });
  issued.set(id, certificate);
  return certificate;
}

function container(kind: KeyKind, options: readonly string[] = [], order = [0, 1, 2]): Uint8Array {
  const all = [leaf(kind), authority.intermediate, authority.root];
  const certificates = order.map((n) => all[n] as Uint8Array);
  return pkcs12({ key: keyPair(kind).privateKey, certificates, password, options });
}

const hex = (der: Uint8Array) => Buffer.from(der).toString('hex');

/** What was thrown. */
function thrown(run: () => unknown): Error & { readonly code?: string } {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe.skipIf(!OPENSSL)('a PKCS#12 container', () => {
  test.each<[KeyKind, string, readonly string[]]>([
    ['rsa', 'PBES2 with AES-256, MAC with SHA-256', []],
    [
      'rsa',
      'PBES2 with AES-128, MAC with SHA-512',
      ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512'],
    ],
    ['rsa', 'triple DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['rsa', 'RC2-40 for certificates, triple DES for the key', ['-legacy']],
    ['rsa', 'certificates in the clear', ['-certpbe', 'NONE']],
    ['p256', 'PBES2 with AES-256', []],
    ['p256', 'RC2-40 for certificates, triple DES for the key', ['-legacy']],
    ['p384', 'triple DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
  ])('%s, %s: signs, with the issuers that lead up to the root', async (kind, _, options) => {
    const signer = openPkcs12Signer(container(kind, options), password);
    expect(new X509Certificate(signer.certificate).subject).toBe('CN=Lê Thị Hạnh');
    expect(signer.chain.map(hex)).toEqual([hex(authority.intermediate)]);
    const digest = createHash(signer.algorithm.hash).update('content').digest();
    await expect(signedData(signer, digest, NOW)).resolves.toBeInstanceOf(Uint8Array);
  });

  test.each([[[2, 1, 0]], [[1, 0, 2]], [[1, 2, 0]]])('its certificates may come in any order: %j', (order) => {
    const signer = openPkcs12Signer(container('p256', [], order), password);
    expect(hex(signer.certificate)).toBe(hex(leaf('p256')));
    expect(signer.chain.map(hex)).toEqual([hex(authority.intermediate)]);
  });

  test('of two certificates for one name the one of the key is taken', () => {
    const certificates = [leaf('p256', 'last year'), leaf('p256'), authority.intermediate];
    const signer = openPkcs12Signer(pkcs12({ key: keyPair('p256').privateKey, certificates, password }), password);
    expect(hex(signer.certificate)).toBe(hex(leaf('p256')));
  });

  test('an algorithm that the key cannot do is refused', () => {
    const open = () => openPkcs12Signer(container('p256'), password, { scheme: 'rsa-pss', hash: 'sha256' });
    expect(thrown(open).code).toBe('certificate_key_mismatch');
  });

  test('whatever keeps it shut has one code, and nothing tells the password or why', () => {
    const whole = container('rsa', ['-legacy']);
    const aes = container('p256');
    const flipped = Uint8Array.from(aes, (byte, at) => (at === aes.length >> 1 ? byte ^ 1 : byte));
    // Near the end lies the salt of the MAC, which covers what the ciphers do not.
    const otherMac = Uint8Array.from(aes, (byte, at) => (at === aes.length - 8 ? byte ^ 1 : byte));
    const attempts: readonly (readonly [Uint8Array, string])[] = [
      [whole, `${password} `],
      [whole, ''],
      [aes, password.normalize('NFD')],
      [aes.subarray(0, 200), password],
      [flipped, password],
      [otherMac, password],
      [Buffer.from('not a container'), password],
      [new Uint8Array(), password],
    ];
    for (const [bytes, tried] of attempts) {
      const error = thrown(() => openPkcs12Signer(bytes, tried));
      expect(error.code).toBe('pkcs12_unreadable');
      expect(error.cause).toBeUndefined();
      if (tried.trim()) expect(inspect(error, { depth: 9 })).not.toContain(tried.trim());
    }
  });

  test('a signer does not show its key', () => {
    const signer = openPkcs12Signer(container('p256'), password);
    const shown = `${inspect(signer, { depth: 9, showHidden: true })}${JSON.stringify(signer)}`;
    expect(shown).not.toMatch(/PRIVATE|PrivateKeyObject/);
    expect(shown).not.toContain(password);
  });
});
