import { spawnSync } from 'node:child_process';
import { createHash, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetPublicKeyCommand, type SignCommand } from '@aws-sdk/client-kms';
import { afterAll, describe, expect, test } from 'vitest';
import type { SigningAlgorithm } from '../../../lib/pki/algorithms.ts';
import { buildCertificationRequest } from '../../../lib/pki/certification-request.ts';
import { enter, readWhole } from '../../../lib/pki/der.ts';
import { readName } from '../../../lib/pki/distinguished-name.ts';
import { createKmsSigner, createKmsSigningKey, readKmsPublicKey } from '../../../lib/pki/kms-signer.ts';
import { createMemorySigningKey } from '../../../lib/pki/memory-signing-key.ts';
import { decodePem, encodePem } from '../../../lib/pki/pem.ts';
import { createAuthority, type KeyKind, keyPair, NOW } from '../../support/pki/authority.ts';
import { signedData } from '../../support/pki/signing.ts';

const authority = createAuthority();
const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl) console.warn('Skipped: openssl is not on this machine, the checks with it are left out');
const folder = mkdtempSync(join(tmpdir(), 'signers-'));
afterAll(() => rmSync(folder, { recursive: true }));
const run = (...args: string[]) => spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });

describe('a certification request', () => {
  const subject = { countryName: 'VN', organizationName: 'UBND xã Hoằng Hóa', commonName: 'Con dấu số' };
  const cases: readonly (readonly [KeyKind, SigningAlgorithm])[] = [
    ['rsa', { scheme: 'rsa-pkcs1', hash: 'sha256' }],
    ['p256', { scheme: 'ecdsa', hash: 'sha256' }],
    ['p384', { scheme: 'ecdsa', hash: 'sha384' }],
  ];
  const requestFor = (kind: KeyKind, algorithm: SigningAlgorithm, label = 'signer') =>
    buildCertificationRequest(
      createMemorySigningKey(keyPair(kind, label).privateKey, algorithm),
      subject,
      keyPair(kind).publicKey.export({ format: 'der', type: 'spki' }),
    );

  test.each(cases)('%s %o names its subject and carries its key', async (kind, algorithm) => {
    const info = enter(enter(readWhole(await requestFor(kind, algorithm))).next());
    info.next();
    expect(readName(info.next().bytes)).toEqual(subject);
    expect(Buffer.from(info.next().bytes)).toEqual(keyPair(kind).publicKey.export({ format: 'der', type: 'spki' }));
  });

  test.skipIf(!openssl).each(cases)('%s %o is verified by openssl req', async (kind, algorithm) => {
    writeFileSync(join(folder, 'request.pem'), encodePem('CERTIFICATE REQUEST', await requestFor(kind, algorithm)));
    const { stderr, status } = run('req', '-in', 'request.pem', '-verify', '-noout');
    expect(`${status} ${stderr}`).toMatch(/^0 .*OK/);
  });

  test('is not made with a key that is another than the one it is for', async () => {
    await expect(requestFor('p256', { scheme: 'ecdsa', hash: 'sha256' }, 'someone else')).rejects.toMatchObject({
      code: 'certificate_key_mismatch',
    });
  });
});

describe('a key in KMS', () => {
  const { privateKey, publicKey } = keyPair('p256');
  const algorithm: SigningAlgorithm = { scheme: 'ecdsa', hash: 'sha256' };
  const message = Buffer.from('message');
  const digest = createHash('sha256').update(message).digest();
  /** Answers as the service does, with a real key; what was sent is kept. */
  const client = (answer: (command: SignCommand | GetPublicKeyCommand) => Promise<unknown>) => {
    const sent: unknown[] = [];
    const send = async (command: SignCommand | GetPublicKeyCommand) => {
      sent.push(command.input);
      return answer(command);
    };
    return { sent, client: { send } as unknown as Parameters<typeof createKmsSigningKey>[0]['client'] };
  };
  const signing = client(async (command) => {
    if (command instanceof GetPublicKeyCommand) return { PublicKey: publicKey.export({ format: 'der', type: 'spki' }) };
    return { Signature: await createMemorySigningKey(privateKey, algorithm).sign(digest, message) };
  });

  test('is asked for a signature over the digest', async () => {
    const signature = await createKmsSigningKey({ client: signing.client, keyId: 'alias/seal', algorithm }).sign(
      digest,
      message,
    );
    expect(verify('sha256', message, publicKey, signature)).toBe(true);
    expect(signing.sent.at(-1)).toEqual({
      KeyId: 'alias/seal',
      Message: digest,
      MessageType: 'DIGEST',
      SigningAlgorithm: 'ECDSA_SHA_256',
    });
  });

  test('gives its public key', async () => {
    const spki = await readKmsPublicKey({ client: signing.client, keyId: 'alias/seal' });
    expect(Buffer.from(spki)).toEqual(publicKey.export({ format: 'der', type: 'spki' }));
  });

  test('that does not answer is signing_key_unavailable, with the cause', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const { client: refusing } = client(() => Promise.reject(denied));
    const signer = createKmsSigner({
      client: refusing,
      keyId: 'alias/seal',
      algorithm,
      certificate: authority.issue({ subject: { commonName: 'seal' }, publicKey }),
      chain: [],
    });
    await expect(signedData(signer, digest, NOW)).rejects.toMatchObject({
      code: 'signing_key_unavailable',
      detail: 'KMS: AccessDeniedException',
      cause: denied,
    });
  });
});

test('PEM is written and read', () => {
  const text = `words before\n${encodePem('CERTIFICATE', authority.root)}${encodePem('CERTIFICATE', authority.intermediate)}`;
  expect(decodePem('CERTIFICATE', text).map((der) => Buffer.compare(der, authority.root))).toEqual([
    0,
    expect.any(Number),
  ]);
  expect(decodePem('CERTIFICATE', text)).toHaveLength(2);
});
