import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { type Certificate, fingerprint, parseCertificate, publicKeyOf } from '../pki/certificate.ts';
import { buildPath } from '../pki/certificate-path.ts';
import { equalBytes } from '../pki/der.ts';
import { decodePem } from '../pki/pem.ts';
import { usableCertificate } from '../pki/signer.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { acceptedAt } from '../signatures/algorithm-policy.ts';
import { algorithmOf, type InstalledCertificate, type KeyHolder } from './certificates.ts';
import type { Directory } from './directory.ts';
import { type HolderDirectory, holderRecord } from './key-holder.ts';
import type { SigningKeys } from './signing-keys.ts';
import { asTrustAnchor } from './trust.ts';

const MAX_CERTIFICATES = 10;

export interface InstallCertificateDeps {
  readonly directory: HolderDirectory & Pick<Directory, 'trustAnchors'>;
  readonly keys: Pick<SigningKeys, 'publicKey'>;
}

/**
 * Installs a certificate for the key of a unit or a person: it must be in force, meant for signing, belong to the very key in
 * KMS and chain to a trust anchor of this day. Earlier certificates stay on record.
 * @param pem the certificate first, then its issuers in any order
 * @throws ProblemError `forbidden`, `unit_unknown`, `person_unknown`, `signing_key_unavailable`, `certificate_*`
 */
export async function installCertificate(
  deps: InstallCertificateDeps,
  actor: Actor,
  holder: KeyHolder,
  pem: string,
  at: EpochMs,
  stamp: (installed: InstalledCertificate) => Write,
): Promise<InstalledCertificate> {
  authorize(actor, 'directory.write', {}, at);
  const record = await holderRecord(deps.directory, holder);
  if (!record.key) throw new ProblemError('signing_key_unavailable', { detail: 'Make the key first.' });
  const [first, ...issuers] = readCertificates(pem);
  const certificate = usableCertificate({ certificate: first, algorithm: algorithmOf(record.key.spec) }, at);
  await belongsTo(certificate, deps.keys.publicKey(record.key.alias));
  const path = await trustedPath(deps, certificate, issuers, at);
  const installed: InstalledCertificate = {
    sha256: fingerprint(certificate),
    certificate: base64(certificate.der),
    // A root says nothing about itself that a verifier would rely on.
    chain: path.filter((issuer) => !equalBytes(issuer.subject, issuer.issuer)).map((issuer) => base64(issuer.der)),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    installedAt: at,
  };
  const others = record.certificates.filter((item) => item.sha256 !== installed.sha256);
  await deps.directory.commit([...record.writes({ certificates: [...others, installed] }), stamp(installed)]);
  return installed;
}

function readCertificates(pem: string): [Uint8Array, ...Uint8Array[]] {
  const [first, ...rest] = decodePem('CERTIFICATE', pem);
  if (!first || rest.length >= MAX_CERTIFICATES)
    throw new ProblemError('certificate_invalid', { field: 'certificate' });
  return [first, ...rest];
}

async function belongsTo(certificate: Certificate, key: Promise<Uint8Array>): Promise<void> {
  const own = publicKeyOf({ publicKeyInfo: await key });
  if (!own || !publicKeyOf(certificate)?.equals(own)) throw new ProblemError('certificate_key_mismatch');
}

/** The issuers of `certificate`, nearest first, up to and with the trust anchor. */
async function trustedPath(
  deps: InstallCertificateDeps,
  certificate: Certificate,
  issuers: readonly Uint8Array[],
  at: EpochMs,
): Promise<readonly Certificate[]> {
  const trust = (await deps.directory.trustAnchors()).map(asTrustAnchor);
  const result = buildPath({
    certificate,
    intermediates: issuers.map((der) => parseCertificate(der)),
    trust,
    at,
    accepts: (subject, issuer) => {
      const hash = subject.signatureAlgorithm?.hash;
      const key = publicKeyOf(issuer);
      return hash !== undefined && key !== undefined && acceptedAt(hash, key, at);
    },
  });
  if (!result.ok) throw new ProblemError('certificate_untrusted', { detail: result.failure });
  return result.path.slice(1);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
