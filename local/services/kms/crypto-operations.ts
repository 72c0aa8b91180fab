import { createPublicKey, randomBytes } from 'node:crypto';
import {
  type Input,
  optionalBlob,
  optionalInteger,
  optionalString,
  optionalStringMap,
  ServiceFault,
} from '../json-protocol.ts';
import { keyArn } from './key-lookup.ts';
import {
  HASH_BYTES,
  type KeyUsage,
  type SigningAlgorithm,
  signingAlgorithmFor,
  signingAlgorithmsOf,
} from './key-specs.ts';
import type { StoredKey as Key } from './key-store.ts';
import { type KmsDeps, type KmsOperation, keyOf, required, usable } from './kms-deps.ts';
import { signDigest, signMessage, verifyDigest, verifyMessage } from './signatures.ts';
import { decrypt, encrypt, keyIdOf } from './symmetric.ts';

const LONGEST_MESSAGE = 4096;

function usableFor(deps: KmsDeps, key: Key, usage: KeyUsage, operation: string): Key {
  usable(deps, key);
  if (key.usage === usage) return key;
  throw new ServiceFault(
    'InvalidKeyUsageException',
    `${keyArn(deps, key.keyId)} key usage is ${key.usage} which is not valid for ${operation}.`,
  );
}

function requiredBlob(input: Input, name: string, most: number): Buffer {
  required(input, name);
  const bytes = optionalBlob(input, name)!;
  if (bytes.length >= 1 && bytes.length <= most) return bytes;
  const member = name[0]!.toLowerCase() + name.slice(1);
  throw new ServiceFault(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length between 1 and ${most}`,
  );
}

/** What Sign and Verify both take. */
interface SigningRequest {
  readonly key: Key;
  readonly algorithm: SigningAlgorithm;
  readonly message: Buffer;
  readonly isDigest: boolean;
}

function readSigningRequest(deps: KmsDeps, input: Input, operation: string): SigningRequest {
  const key = usableFor(deps, keyOf(deps, input), 'SIGN_VERIFY', operation);
  const algorithm = signingAlgorithmFor(key.spec, required(input, 'SigningAlgorithm'));
  const message = requiredBlob(input, 'Message', LONGEST_MESSAGE);
  const type = optionalString(input, 'MessageType') ?? 'RAW';
  if (type !== 'RAW' && type !== 'DIGEST') {
    throw new ServiceFault(
      'ValidationException',
      `1 validation error detected: Value '${type}' at 'messageType' failed to satisfy constraint: Member must satisfy enum value set: [RAW, DIGEST]`,
    );
  }
  if (type === 'DIGEST' && message.length !== HASH_BYTES[algorithm.hash]) {
    throw new ServiceFault('ValidationException', `Digest is invalid length for algorithm ${algorithm.name}.`);
  }
  return { key, algorithm, message, isDigest: type === 'DIGEST' };
}

const signOperation: KmsOperation = async (deps, input) => {
  const { key, algorithm, message, isDigest } = readSigningRequest(deps, input, 'Sign');
  const signature = isDigest
    ? signDigest(key.material, algorithm, message)
    : await signMessage(key.material, algorithm, message);
  return { KeyId: keyArn(deps, key.keyId), Signature: signature.toString('base64'), SigningAlgorithm: algorithm.name };
};

const verifyOperation: KmsOperation = async (deps, input) => {
  const { key, algorithm, message, isDigest } = readSigningRequest(deps, input, 'Verify');
  const signature = requiredBlob(input, 'Signature', 6144);
  const valid = isDigest
    ? verifyDigest(key.material, algorithm, message, signature)
    : await verifyMessage(key.material, algorithm, message, signature);
  if (!valid) throw new ServiceFault('KMSInvalidSignatureException', '');
  return { KeyId: keyArn(deps, key.keyId), SignatureValid: true, SigningAlgorithm: algorithm.name };
};

const getPublicKey: KmsOperation = async (deps, input) => {
  const key = usable(deps, keyOf(deps, input));
  if (key.spec === 'SYMMETRIC_DEFAULT')
    throw new ServiceFault('UnsupportedOperationException', `${keyArn(deps, key.keyId)} is a symmetric key.`);
  const spki = createPublicKey(key.material).export({ format: 'der', type: 'spki' });
  return {
    KeyId: keyArn(deps, key.keyId),
    PublicKey: spki.toString('base64'),
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    KeyUsage: key.usage,
    SigningAlgorithms: signingAlgorithmsOf(key.spec).map((algorithm) => algorithm.name),
  };
};

const encryptOperation: KmsOperation = async (deps, input) => {
  const key = usableFor(deps, keyOf(deps, input), 'ENCRYPT_DECRYPT', 'Encrypt');
  const plaintext = requiredBlob(input, 'Plaintext', LONGEST_MESSAGE);
  const blob = encrypt(key.keyId, key.material, plaintext, optionalStringMap(input, 'EncryptionContext') ?? {});
  return {
    CiphertextBlob: blob.toString('base64'),
    KeyId: keyArn(deps, key.keyId),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
};

/** The key stands in the ciphertext; a `KeyId` that is given must be that one. */
const decryptOperation: KmsOperation = async (deps, input) => {
  const blob = requiredBlob(input, 'CiphertextBlob', 6144);
  const key = usableFor(deps, keyOf(deps, { KeyId: keyIdOf(blob) }), 'ENCRYPT_DECRYPT', 'Decrypt');
  if (optionalString(input, 'KeyId') !== undefined && keyOf(deps, input).keyId !== key.keyId) {
    throw new ServiceFault(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  const plaintext = decrypt(key.material, blob, optionalStringMap(input, 'EncryptionContext') ?? {});
  return {
    KeyId: keyArn(deps, key.keyId),
    Plaintext: plaintext.toString('base64'),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
};

function dataKey(withPlaintext: boolean): KmsOperation {
  return async (deps, input) => {
    const key = usableFor(deps, keyOf(deps, input), 'ENCRYPT_DECRYPT', 'GenerateDataKey');
    const plaintext = randomBytes(dataKeyLength(input));
    const blob = encrypt(key.keyId, key.material, plaintext, optionalStringMap(input, 'EncryptionContext') ?? {});
    return {
      KeyId: keyArn(deps, key.keyId),
      CiphertextBlob: blob.toString('base64'),
      ...(withPlaintext ? { Plaintext: plaintext.toString('base64') } : {}),
    };
  };
}

function dataKeyLength(input: Input): number {
  const bytes = optionalInteger(input, 'NumberOfBytes');
  const spec = optionalString(input, 'KeySpec');
  if ((bytes === undefined) === (spec === undefined)) {
    throw new ServiceFault('ValidationException', 'Please specify either number of bytes or key spec.');
  }
  const length = bytes ?? { AES_256: 32, AES_128: 16 }[spec ?? ''];
  if (length === undefined || length < 1 || length > 1024)
    throw new ServiceFault(
      'ValidationException',
      'NumberOfBytes must be between 1 and 1024, KeySpec AES_256 or AES_128.',
    );
  return length;
}

/** Operations that use key material, by name. */
export const CRYPTO_OPERATIONS: Readonly<Record<string, KmsOperation>> = {
  Sign: signOperation,
  Verify: verifyOperation,
  GetPublicKey: getPublicKey,
  Encrypt: encryptOperation,
  Decrypt: decryptOperation,
  GenerateDataKey: dataKey(true),
  GenerateDataKeyWithoutPlaintext: dataKey(false),
};
