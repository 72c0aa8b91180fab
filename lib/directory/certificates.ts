import * as z from 'zod';
import type { PersonId, UnitCode } from '../access/actor.ts';
import type { SigningAlgorithm } from '../pki/algorithms.ts';
import type { Certificate } from '../pki/certificate.ts';
import { usualAlgorithm } from '../pki/signer.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';

/** Kinds of signing keys, by the names KMS gives them. */
export const keySpec = z.enum(['RSA_2048', 'RSA_3072', 'ECC_NIST_P256']);
export type KeySpec = z.infer<typeof keySpec>;

export const signingAlgorithm = z.object({
  scheme: z.enum(['rsa-pkcs1', 'rsa-pss', 'ecdsa']),
  hash: z.enum(['sha256', 'sha384', 'sha512']),
}) satisfies z.ZodType<SigningAlgorithm>;

/** A key in KMS. It is always named by its alias: the alias is what permissions are granted on. */
const kmsKey = z.object({ kind: z.literal('kms').default('kms'), alias: z.string(), spec: keySpec });
export type KmsKeyRecord = z.infer<typeof kmsKey>;

/** A credential of a remote signing service that the stage knows, by the service's name there. */
const remoteKey = z.object({
  kind: z.literal('remote'),
  service: z.string(),
  credentialId: z.string(),
  algorithm: signingAlgorithm,
});

/** A key that stays with the person: the service has only the certificate. */
const ownKey = z.object({ kind: z.literal('own'), algorithm: signingAlgorithm });

/** Where a holder's key is. Records older than the kinds are of keys in KMS. */
export const signingKey = z.union([remoteKey, ownKey, kmsKey]);
export type SigningKeyRecord = z.infer<typeof signingKey>;

/** A certificate as it was installed; earlier ones are kept, for what was signed with them. */
export const installedCertificate = z.object({
  /** SHA-256 of the certificate, hex. */
  sha256: z.string().length(64),
  /** DER in base64. */
  certificate: z.string(),
  /** Its issuers, nearest first, without the trust anchor's own place being relied on; DER in base64. */
  chain: z.array(z.string()),
  notBefore: z.number().int(),
  notAfter: z.number().int(),
  installedAt: z.number().int(),
  /** The kind of key that the holder had then; of another kind it is not signed with. */
  keyKind: z.enum(['kms', 'remote', 'own']).default('kms'),
});
export type InstalledCertificate = z.infer<typeof installedCertificate>;

/** Who holds a key: an agency (its seal) or a person. */
export type KeyHolder =
  | { readonly kind: 'unit'; readonly code: UnitCode }
  | { readonly kind: 'person'; readonly id: PersonId };

/** All that signing in someone's name needs, besides the key itself. */
export interface SignerFacts {
  readonly holder: KeyHolder;
  /** Name as it is shown with the signature. */
  readonly name: string;
  readonly key: SigningKeyRecord;
  readonly algorithm: SigningAlgorithm;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

/** How keys in KMS sign: PKCS#1 v1.5 or ECDSA, with SHA-256. */
export function algorithmOf(spec: KeySpec): SigningAlgorithm {
  return { scheme: spec === 'ECC_NIST_P256' ? 'ecdsa' : 'rsa-pkcs1', hash: 'sha256' };
}

/** A key elsewhere, of which only the certificate is here. @throws ProblemError `certificate_invalid` */
export function elsewhere(
  place:
    | { readonly kind: 'own' }
    | { readonly kind: 'remote'; readonly service: string; readonly credentialId: string },
  certificate: Pick<Certificate, 'publicKeyInfo'>,
): SigningKeyRecord {
  return { ...place, algorithm: usualAlgorithm(certificate) };
}

/**
 * The certificate to sign with at `at`: of those valid then, the one installed last.
 * @throws ProblemError `certificate_expired`, `certificate_not_yet_valid`; the given code when there is none at all.
 */
export function certificateAt(
  certificates: readonly InstalledCertificate[],
  at: EpochMs,
  none: 'unit_without_seal' | 'signer_without_certificate',
): InstalledCertificate {
  if (certificates.length === 0) throw new ProblemError(none);
  const valid = certificates.filter((item) => item.notBefore <= at && at <= item.notAfter);
  const chosen = valid.at(-1);
  if (chosen) return chosen;
  const expired = certificates.some((item) => item.notAfter < at);
  throw new ProblemError(expired ? 'certificate_expired' : 'certificate_not_yet_valid');
}

/** @throws ProblemError as `certificateAt`. */
export function signerFacts(
  holder: KeyHolder,
  name: string,
  key: SigningKeyRecord | undefined,
  certificates: readonly InstalledCertificate[],
  at: EpochMs,
): SignerFacts {
  const none = holder.kind === 'unit' ? 'unit_without_seal' : 'signer_without_certificate';
  if (!key) throw new ProblemError(none);
  const ofKey = certificates.filter((item) => item.keyKind === key.kind);
  const installed = certificateAt(ofKey, at, none);
  return {
    holder,
    name,
    key,
    algorithm: key.kind === 'kms' ? algorithmOf(key.spec) : key.algorithm,
    certificate: Buffer.from(installed.certificate, 'base64'),
    chain: installed.chain.map((item) => Buffer.from(item, 'base64')),
  };
}
