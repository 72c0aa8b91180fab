import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { publicKeyOf } from '../pki/certificate.ts';
import { buildCertificationRequest } from '../pki/certification-request.ts';
import { encodePem } from '../pki/pem.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { KeyHolder, KeySpec, KmsKeyRecord } from './certificates.ts';
import { type HolderDirectory, type HolderRecord, holderRecord } from './key-holder.ts';
import { aliasOf, type SigningKeys } from './signing-keys.ts';

export interface MakeKeyDeps {
  readonly directory: HolderDirectory;
  readonly keys: SigningKeys;
  /** `alias/…/`, the stage's own. */
  readonly aliasPrefix: string;
}

/** A holder's key, and the request to have it certified. */
export interface MadeKey {
  readonly key: KmsKeyRecord;
  /** PKCS#10 in PEM, signed by the key itself. */
  readonly csr: string;
}

/**
 * Makes the signing key of a unit or a person, once: asked again it gives a new request for the same key. Where the holder had
 * a key elsewhere, the one made here takes its place.
 * @throws ProblemError `forbidden`, `unit_unknown`, `person_unknown`, `signing_key_unavailable`
 */
export async function makeKey(
  deps: MakeKeyDeps,
  actor: Actor,
  holder: KeyHolder,
  spec: KeySpec,
  at: EpochMs,
  stamp: (made: MadeKey) => Write,
): Promise<MadeKey> {
  authorize(actor, 'directory.write', {}, at);
  const record = await withKey(deps, holder, spec);
  const publicKeyInfo = await deps.keys.publicKey(record.key.alias);
  // The alias may have been taken by an earlier key of another kind: what KMS has counts.
  const key = { ...record.key, spec: specOf(publicKeyInfo) };
  const csr = await buildCertificationRequest(deps.keys.signingKey(key), await record.subject(), publicKeyInfo);
  const made = { key, csr: encodePem('CERTIFICATE REQUEST', csr) };
  const correction = key.spec === record.key.spec ? [] : record.writes({ key });
  await deps.directory.commit([...correction, stamp(made)]);
  return made;
}

/**
 * The holder's record with its key, made now if there was none. The record is written as soon as the alias stands: KMS may need
 * minutes until permissions follow a new alias, and a request that is sent again meanwhile must find its key.
 */
async function withKey(
  deps: MakeKeyDeps,
  holder: KeyHolder,
  spec: KeySpec,
): Promise<HolderRecord & { readonly key: KmsKeyRecord }> {
  const record = await holderRecord(deps.directory, holder);
  if (record.key?.kind === 'kms') return { ...record, key: record.key };
  const key = { kind: 'kms', alias: aliasOf(deps.aliasPrefix, holder), spec } as const;
  await deps.keys.make(key.alias, spec);
  await deps.directory.commit(record.writes({ key }));
  return { ...(await holderRecord(deps.directory, holder)), key };
}

/** The kind of a key by its public half; what lies under an alias may be older than the record. */
export function specOf(publicKeyInfo: Uint8Array): KeySpec {
  const key = publicKeyOf({ publicKeyInfo });
  const { modulusLength, namedCurve } = key?.asymmetricKeyDetails ?? {};
  if (key?.asymmetricKeyType === 'rsa' && modulusLength === 2048) return 'RSA_2048';
  if (key?.asymmetricKeyType === 'rsa' && modulusLength === 3072) return 'RSA_3072';
  if (key?.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ECC_NIST_P256';
  throw new ProblemError('signing_key_unavailable', { detail: 'The key is of a kind that is not used here.' });
}
