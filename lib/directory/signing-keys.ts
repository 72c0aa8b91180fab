import type { SigningKey } from '../pki/signer.ts';
import type { KeyHolder, KeySpec, KmsKeyRecord } from './certificates.ts';

/** Keys that sign, made and kept in KMS. */
export interface SigningKeys {
  /** Makes a key under the alias, unless the alias is taken: then that key stays. */
  make(alias: string, spec: KeySpec): Promise<void>;
  /** SubjectPublicKeyInfo in DER. @throws ProblemError `signing_key_unavailable` */
  publicKey(alias: string): Promise<Uint8Array>;
  signingKey(key: KmsKeyRecord): SigningKey;
}

/**
 * Alias of a holder's key. Aliases know no dots, unit codes no dashes, so that the two never meet.
 * @param prefix `alias/…/`, the stage's own
 */
export function aliasOf(prefix: string, holder: KeyHolder): string {
  return holder.kind === 'unit' ? `${prefix}unit/${holder.code.replaceAll('.', '-')}` : `${prefix}person/${holder.id}`;
}
