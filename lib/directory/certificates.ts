import * as z from 'zod';
import type { PersonId, UnitCode } from '../access/actor.ts';
import type { SigningAlgorithm } from '../pki/algorithms.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';

/** Kinds of signing keys, by the names KMS gives them. */
export const keySpec = z.enum(['RSA_2048', 'RSA_3072', 'ECC_NIST_P256']);
export type KeySpec = z.infer<typeof keySpec>;

/** A holder's key in KMS. It is always named by its alias: the alias is what permissions are granted on. */
export const signingKey = z.object({ alias: z.string(), spec: keySpec });
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
  /** KMS alias of the key. */
  readonly keyId: string;
  readonly algorithm: SigningAlgorithm;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

/** How keys of a kind sign: PKCS#1 v1.5 or ECDSA, with SHA-256. */
export function algorithmOf(spec: KeySpec): SigningAlgorithm {
  return { scheme: spec === 'ECC_NIST_P256' ? 'ecdsa' : 'rsa-pkcs1', hash: 'sha256' };
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
  const installed = certificateAt(certificates, at, none);
  return {
    holder,
    name,
    keyId: key.alias,
    algorithm: algorithmOf(key.spec),
    certificate: Buffer.from(installed.certificate, 'base64'),
    chain: installed.chain.map((item) => Buffer.from(item, 'base64')),
  };
}
