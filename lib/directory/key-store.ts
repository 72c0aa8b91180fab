import { AlreadyExistsException, CreateAliasCommand, CreateKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { createKmsSigningKey, readKmsPublicKey } from '../pki/kms-signer.ts';
import type { SigningKey } from '../pki/signer.ts';
import { KEY_STAGE_TAG } from '../platform/names.ts';
import { algorithmOf, type KeySpec, type KmsKeyRecord } from './certificates.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Signing keys in KMS, tagged with their stage, always asked for by alias. */
export class KeyStore implements SigningKeys {
  readonly #client: KMSClient;
  readonly #stage: string;
  constructor(client: KMSClient, stage: string) {
    this.#client = client;
    this.#stage = stage;
  }

  async make(alias: string, spec: KeySpec): Promise<void> {
    const { KeyMetadata } = await this.#client.send(
      new CreateKeyCommand({
        KeySpec: spec,
        KeyUsage: 'SIGN_VERIFY',
        Description: 'Ba Khong: signs documents',
        Tags: [{ TagKey: KEY_STAGE_TAG, TagValue: this.#stage }],
      }),
    );
    try {
      await this.#client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId }));
    } catch (error) {
      // Another run was first; the key made here stays without an alias and so without use.
      if (!(error instanceof AlreadyExistsException)) throw error;
    }
  }

  publicKey(alias: string): Promise<Uint8Array> {
    return readKmsPublicKey({ client: this.#client, keyId: alias });
  }

  signingKey(key: KmsKeyRecord): SigningKey {
    return createKmsSigningKey({ client: this.#client, keyId: key.alias, algorithm: algorithmOf(key.spec) });
  }
}
