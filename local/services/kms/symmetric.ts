import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { ServiceFault } from '../json-protocol.ts';

/** Encryption context: authenticated with the ciphertext, not secret. */
export type EncryptionContext = Readonly<Record<string, string>>;

const VERSION = 1;
const HEAD_BYTES = 1 + 16 + 12;
const TAG_BYTES = 16;

/** Encrypts under a symmetric key: version, key id, nonce, AES-256-GCM ciphertext, tag. The context is its associated data. */
export function encrypt(keyId: string, key: KeyObject, plaintext: Buffer, context: EncryptionContext): Buffer {
  const nonce = randomBytes(12);
  const head = Buffer.concat([Buffer.from([VERSION]), Buffer.from(keyId.replaceAll('-', ''), 'hex'), nonce]);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.concat([head, associatedData(context)]));
  return Buffer.concat([head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/**
 * The key id that a ciphertext names.
 * @throws ServiceFault `InvalidCiphertextException`
 */
export function keyIdOf(ciphertext: Buffer): string {
  if (ciphertext[0] !== VERSION || ciphertext.length < HEAD_BYTES + TAG_BYTES) throw invalidCiphertext();
  return ciphertext
    .subarray(1, 17)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * Undoes `encrypt`.
 * @throws ServiceFault `InvalidCiphertextException` when the bytes or the context are not those of the encryption
 */
export function decrypt(key: KeyObject, ciphertext: Buffer, context: EncryptionContext): Buffer {
  const head = ciphertext.subarray(0, HEAD_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, head.subarray(17), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.concat([head, associatedData(context)]));
  decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(ciphertext.subarray(HEAD_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

function associatedData(context: EncryptionContext): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function invalidCiphertext(): ServiceFault {
  return new ServiceFault('InvalidCiphertextException', '');
}
