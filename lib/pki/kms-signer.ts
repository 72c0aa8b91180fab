import { GetPublicKeyCommand, type KMSClient, SignCommand, type SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { ProblemError } from '../platform/errors.ts';
import type { SigningAlgorithm } from './algorithms.ts';
import type { Signer, SigningKey } from './signer.ts';

/** A key in KMS, by id, ARN or alias. */
export interface KmsKey {
  readonly client: Pick<KMSClient, 'send'>;
  readonly keyId: string;
  readonly algorithm: SigningAlgorithm;
}

/** Signs digests with a KMS key (`kms:Sign`, MessageType DIGEST); the key never leaves KMS. */
export function createKmsSigningKey({ client, keyId, algorithm }: KmsKey): SigningKey {
  return {
    algorithm,
    async sign(digest) {
      const answer = await asProblem(
        client.send(
          new SignCommand({
            KeyId: keyId,
            Message: digest,
            MessageType: 'DIGEST',
            SigningAlgorithm: kmsAlgorithm(algorithm),
          }),
        ),
      );
      if (!answer.Signature)
        throw new ProblemError('signing_key_unavailable', { detail: 'KMS answered without a signature' });
      return answer.Signature;
    },
  };
}

/** A KMS key with its certificate and chain (DER). */
export function createKmsSigner({
  certificate,
  chain,
  ...key
}: KmsKey & Pick<Signer, 'certificate' | 'chain'>): Signer {
  return { ...createKmsSigningKey(key), certificate, chain };
}

/** SubjectPublicKeyInfo (DER) of a KMS key (`kms:GetPublicKey`). @throws ProblemError `signing_key_unavailable` */
export async function readKmsPublicKey({ client, keyId }: Pick<KmsKey, 'client' | 'keyId'>): Promise<Uint8Array> {
  const answer = await asProblem(client.send(new GetPublicKeyCommand({ KeyId: keyId })));
  if (!answer.PublicKey)
    throw new ProblemError('signing_key_unavailable', { detail: 'KMS answered without a public key' });
  return answer.PublicKey;
}

function kmsAlgorithm({ scheme, hash }: SigningAlgorithm): SigningAlgorithmSpec {
  const prefix = { 'rsa-pkcs1': 'RSASSA_PKCS1_V1_5', 'rsa-pss': 'RSASSA_PSS', ecdsa: 'ECDSA' } as const;
  const suffix = { sha256: 'SHA_256', sha384: 'SHA_384', sha512: 'SHA_512' } as const;
  return `${prefix[scheme]}_${suffix[hash]}`;
}

/** Whatever keeps KMS from answering, the caller may try again later; the cause stays for the log. */
async function asProblem<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    throw new ProblemError('signing_key_unavailable', { detail: `KMS: ${name}`, cause: error });
  }
}
