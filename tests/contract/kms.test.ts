import { constants, createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisabledException,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  KMSInvalidSignatureException,
  KMSInvalidStateException,
  ListAliasesCommand,
  ListResourceTagsCommand,
  NotFoundException,
  ScheduleKeyDeletionCommand,
  SignCommand,
  type SigningAlgorithmSpec,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  VerifyCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKms, type Kms } from '../../local/services/kms/kms.ts';
import { ACCOUNT, REGION, type ServedService, serve, thirdParty } from './gateway-fixture.ts';
import { stillClock } from './still-clock.ts';

const theirs = thirdParty('CONTRACT_KMS_ENDPOINT');
const clock = stillClock();
const MESSAGE = Buffer.from('Cộng hòa xã hội chủ nghĩa Việt Nam');
let dir: string;
let ours: Kms | undefined;
let served: ServedService | undefined;
let kms: KMSClient;
/** One key of each kind for the whole file: RSA keys take their time. */
let rsa: string;
let p256: string;
let p384: string;
let symmetric: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kms-'));
  if (!theirs) {
    ours = await createKms({ dir, clock, region: REGION, accountId: ACCOUNT });
    served = await serve(ours);
  }
  kms = new KMSClient({ ...(theirs ?? served!), maxAttempts: 1 });
  [rsa, p256, p384, symmetric] = await Promise.all([
    newKey({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }),
    newKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
    newKey({ KeySpec: 'ECC_NIST_P384', KeyUsage: 'SIGN_VERIFY' }),
    newKey({}),
  ]);
});

afterAll(async () => {
  kms.destroy();
  await served?.close();
  await ours?.close();
  await rm(dir, { recursive: true });
});

async function newKey(input: CreateKeyCommandInput): Promise<string> {
  return (await kms.send(new CreateKeyCommand(input))).KeyMetadata!.KeyId!;
}

async function publicKeyOf(KeyId: string): Promise<KeyObject> {
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' });
}

/** Verification by OpenSSL over the original message: knows nothing of how the service signs. */
function isValid(algorithm: SigningAlgorithmSpec, key: KeyObject, signature: Uint8Array): boolean {
  const hash = `sha${algorithm.slice(-3)}`;
  if (algorithm.startsWith('ECDSA')) return verify(hash, MESSAGE, { key, dsaEncoding: 'der' }, signature);
  if (algorithm.includes('PKCS1'))
    return verify(hash, MESSAGE, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
  return verify(
    hash,
    MESSAGE,
    { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    signature,
  );
}

function digest(algorithm: SigningAlgorithmSpec, message = MESSAGE): Buffer {
  return createHash(`sha${algorithm.slice(-3)}`)
    .update(message)
    .digest();
}

const ALGORITHMS: readonly (readonly [SigningAlgorithmSpec, () => string])[] = [
  ['RSASSA_PKCS1_V1_5_SHA_256', () => rsa],
  ['RSASSA_PKCS1_V1_5_SHA_384', () => rsa],
  ['RSASSA_PKCS1_V1_5_SHA_512', () => rsa],
  ['RSASSA_PSS_SHA_256', () => rsa],
  ['RSASSA_PSS_SHA_384', () => rsa],
  ['RSASSA_PSS_SHA_512', () => rsa],
  ['ECDSA_SHA_256', () => p256],
  ['ECDSA_SHA_384', () => p384],
];

describe('signatures', () => {
  it.each(ALGORITHMS)('%s of a message and of its digest verify over the message', async (SigningAlgorithm, keyId) => {
    const key = await publicKeyOf(keyId());
    const raw = await kms.send(
      new SignCommand({ KeyId: keyId(), SigningAlgorithm, MessageType: 'RAW', Message: MESSAGE }),
    );
    const hashed = await kms.send(
      new SignCommand({ KeyId: keyId(), SigningAlgorithm, MessageType: 'DIGEST', Message: digest(SigningAlgorithm) }),
    );
    expect(isValid(SigningAlgorithm, key, raw.Signature!)).toBe(true);
    expect(isValid(SigningAlgorithm, key, hashed.Signature!)).toBe(true);
  });

  it.each(ALGORITHMS)('%s are verified both ways, and refused over anything else', async (SigningAlgorithm, keyId) => {
    const KeyId = keyId();
    const { Signature } = await kms.send(new SignCommand({ KeyId, SigningAlgorithm, Message: MESSAGE }));
    const check = (Message: Uint8Array, MessageType: 'RAW' | 'DIGEST', signature = Signature) =>
      kms.send(new VerifyCommand({ KeyId, SigningAlgorithm, Message, MessageType, Signature: signature! }));
    expect((await check(MESSAGE, 'RAW')).SignatureValid).toBe(true);
    expect((await check(digest(SigningAlgorithm), 'DIGEST')).SignatureValid).toBe(true);
    const other = Buffer.from('another message');
    const spoilt = Uint8Array.from(Signature!);
    spoilt[spoilt.length - 1]! ^= 1;
    await expect(check(other, 'RAW')).rejects.toBeInstanceOf(KMSInvalidSignatureException);
    await expect(check(digest(SigningAlgorithm, other), 'DIGEST')).rejects.toBeInstanceOf(KMSInvalidSignatureException);
    await expect(check(MESSAGE, 'RAW', spoilt)).rejects.toBeInstanceOf(KMSInvalidSignatureException);
    await expect(check(digest(SigningAlgorithm), 'DIGEST', spoilt)).rejects.toBeInstanceOf(
      KMSInvalidSignatureException,
    );
  });

  it.skipIf(theirs)('of digests by P-256 and P-384 stay valid over many nonces', async () => {
    for (const [KeyId, algorithm] of [
      [p256, 'ECDSA_SHA_256'],
      [p384, 'ECDSA_SHA_384'],
    ] as const) {
      const key = await publicKeyOf(KeyId);
      for (let round = 0; round < 40; round += 1) {
        const { Signature } = await kms.send(
          new SignCommand({ KeyId, SigningAlgorithm: algorithm, MessageType: 'DIGEST', Message: digest(algorithm) }),
        );
        expect(isValid(algorithm, key, Signature!)).toBe(true);
      }
    }
  });

  it('need a digest of the right length', async () => {
    const short = kms.send(
      new SignCommand({
        KeyId: rsa,
        SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
        MessageType: 'DIGEST',
        Message: Buffer.alloc(20),
      }),
    );
    await expect(short).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('need a message of at most 4096 bytes', async () => {
    const long = kms.send(
      new SignCommand({ KeyId: p256, SigningAlgorithm: 'ECDSA_SHA_256', Message: Buffer.alloc(4097) }),
    );
    await expect(long).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('need an algorithm of the key, and a key that signs', async () => {
    const mismatch = kms.send(new SignCommand({ KeyId: rsa, SigningAlgorithm: 'ECDSA_SHA_256', Message: MESSAGE }));
    await expect(mismatch).rejects.toMatchObject({
      name: expect.stringMatching(/InvalidKeyUsageException|ValidationException/),
    });
    const encrypting = kms.send(
      new SignCommand({ KeyId: symmetric, SigningAlgorithm: 'ECDSA_SHA_256', Message: MESSAGE }),
    );
    await expect(encrypting).rejects.toMatchObject({
      name: expect.stringMatching(/InvalidKeyUsageException|ValidationException/),
    });
  });
});

describe('aliases', () => {
  it('name a key in every form, and can be pointed elsewhere', async () => {
    const AliasName = `alias/contract/seal-${Date.now()}`;
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: p256 }));
    const described = await kms.send(new DescribeKeyCommand({ KeyId: AliasName }));
    const { Arn, KeyId } = described.KeyMetadata!;
    expect(KeyId).toBe(p256);
    const aliasArn = Arn!.replace(/key\/.*$/, AliasName);
    for (const name of [p256, Arn!, AliasName, aliasArn]) {
      const signed = await kms.send(
        new SignCommand({ KeyId: name, SigningAlgorithm: 'ECDSA_SHA_256', Message: MESSAGE }),
      );
      expect(signed.KeyId).toBe(Arn);
    }
    await expect(kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: p256 }))).rejects.toMatchObject({
      name: 'AlreadyExistsException',
    });
    const successor = await newKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    await kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: successor }));
    expect((await kms.send(new DescribeKeyCommand({ KeyId: AliasName }))).KeyMetadata?.KeyId).toBe(successor);
    const listed = await kms.send(new ListAliasesCommand({ KeyId: successor }));
    expect(listed.Aliases).toMatchObject([{ AliasName, TargetKeyId: successor, AliasArn: aliasArn }]);
    await kms.send(new DeleteAliasCommand({ AliasName }));
    await expect(kms.send(new DescribeKeyCommand({ KeyId: AliasName }))).rejects.toBeInstanceOf(NotFoundException);
  });

  it('need their prefix', async () => {
    await expect(kms.send(new CreateAliasCommand({ AliasName: 'seal', TargetKeyId: p256 }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('keys', () => {
  it('describe themselves', async () => {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: rsa }));
    expect(KeyMetadata).toMatchObject({
      KeySpec: 'RSA_2048',
      KeyUsage: 'SIGN_VERIFY',
      KeyState: 'Enabled',
      Enabled: true,
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
    });
    expect(KeyMetadata?.CreationDate).toBeInstanceOf(Date);
    expect(KeyMetadata?.SigningAlgorithms).toContain('RSASSA_PSS_SHA_512');
    expect((await publicKeyOf(rsa)).asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
  });

  it('keep their tags', async () => {
    const KeyId = await newKey({
      KeySpec: 'ECC_NIST_P256',
      KeyUsage: 'SIGN_VERIFY',
      Tags: [{ TagKey: 'unit', TagValue: 'H56.01' }],
    });
    await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'purpose', TagValue: 'seal' }] }));
    await kms.send(new UntagResourceCommand({ KeyId, TagKeys: ['unit'] }));
    expect((await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags).toEqual([
      { TagKey: 'purpose', TagValue: 'seal' },
    ]);
  });

  it('do nothing while disabled or waiting for deletion', async () => {
    const KeyId = await newKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const sign = () => kms.send(new SignCommand({ KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: MESSAGE }));
    await kms.send(new DisableKeyCommand({ KeyId }));
    await expect(sign()).rejects.toBeInstanceOf(DisabledException);
    await kms.send(new EnableKeyCommand({ KeyId }));
    await sign();
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await expect(sign()).rejects.toBeInstanceOf(KMSInvalidStateException);
    await expect(kms.send(new EnableKeyCommand({ KeyId }))).rejects.toBeInstanceOf(KMSInvalidStateException);
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState).toBe('Disabled');
    await kms.send(new EnableKeyCommand({ KeyId }));
    await sign();
  });

  it.skipIf(theirs)('are gone when their waiting time has passed', async () => {
    const KeyId = await newKey({});
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await clock.pass(7 * 86_400_000);
    await expect(kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toBeInstanceOf(NotFoundException);
  });

  it('that do not exist are not found', async () => {
    const missing = kms.send(new DescribeKeyCommand({ KeyId: '00000000-0000-4000-8000-000000000000' }));
    await expect(missing).rejects.toBeInstanceOf(NotFoundException);
  });
});

describe('symmetric keys', () => {
  it('encrypt and decrypt under a context', async () => {
    const EncryptionContext = { bucket: 'documents', case: '1' };
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: symmetric, Plaintext: MESSAGE, EncryptionContext }),
    );
    // The order of the context's entries does not matter.
    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob: CiphertextBlob!, EncryptionContext: { case: '1', bucket: 'documents' } }),
    );
    expect(Buffer.from(opened.Plaintext!)).toEqual(MESSAGE);
    const wrong = kms.send(new DecryptCommand({ CiphertextBlob: CiphertextBlob!, EncryptionContext: { case: '2' } }));
    await expect(wrong).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    const spoilt = Uint8Array.from(CiphertextBlob!);
    spoilt[spoilt.length - 1]! ^= 1;
    const damaged = kms.send(new DecryptCommand({ CiphertextBlob: spoilt, EncryptionContext }));
    await expect(damaged).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });

  it('give data keys', async () => {
    const { Plaintext, CiphertextBlob } = await kms.send(
      new GenerateDataKeyCommand({ KeyId: symmetric, KeySpec: 'AES_256' }),
    );
    expect(Plaintext).toHaveLength(32);
    expect((await kms.send(new DecryptCommand({ CiphertextBlob: CiphertextBlob! }))).Plaintext).toEqual(Plaintext);
  });
});

describe.skipIf(theirs)('what only ours can show', () => {
  it('asks for permission with the condition keys of KMS', async () => {
    const AliasName = 'alias/contract/permissions';
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: p256 }));
    await kms.send(new TagResourceCommand({ KeyId: p256, Tags: [{ TagKey: 'unit', TagValue: 'H56.01' }] }));
    served!.takePermissions();
    await kms.send(
      new SignCommand({ KeyId: AliasName, SigningAlgorithm: 'ECDSA_SHA_256', MessageType: 'RAW', Message: MESSAGE }),
    );
    const resource = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${p256}`;
    expect(served!.takePermissions()).toEqual([
      {
        action: 'kms:Sign',
        resource,
        context: expect.objectContaining({
          'kms:ResourceAliases': [AliasName],
          'kms:RequestAlias': AliasName,
          'kms:SigningAlgorithm': 'ECDSA_SHA_256',
          'kms:MessageType': 'RAW',
          'aws:ResourceTag/unit': 'H56.01',
        }),
      },
    ]);
    await kms.send(new DeleteAliasCommand({ AliasName }));
    expect(served!.takePermissions().map((permission) => permission.resource)).toEqual([
      `arn:aws:kms:${REGION}:${ACCOUNT}:${AliasName}`,
      resource,
    ]);
    await newKey({ Tags: [{ TagKey: 'unit', TagValue: 'x' }] });
    expect(served!.takePermissions()).toMatchObject([
      { action: 'kms:CreateKey', resource: '*', context: { 'aws:RequestTag/unit': 'x' } },
      { action: 'kms:TagResource', context: { 'aws:RequestTag/unit': 'x' } },
    ]);
  });

  it('keeps keys and aliases over a restart, readable by nobody else', async () => {
    const created = await ours!.admin.createKey('DataKey', {});
    await ours!.admin.createAlias('alias/contract/restart', rsa);
    for (const name of await readdir(dir)) expect((await stat(join(dir, name))).mode & 0o077).toBe(0);
    const again = await createKms({ dir, clock, region: REGION, accountId: ACCOUNT });
    try {
      expect(await again.admin.createKey('DataKey', {})).toEqual(created);
      const spki = (await publicKeyOf(rsa)).export({ format: 'der', type: 'spki' });
      const restarted = await serve(again);
      const client = new KMSClient({ ...restarted, maxAttempts: 1 });
      const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: 'alias/contract/restart' }));
      client.destroy();
      await restarted.close();
      expect(Buffer.from(PublicKey!)).toEqual(spki);
    } finally {
      await again.close();
    }
  });
});
