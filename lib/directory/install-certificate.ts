import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { type Certificate, fingerprint, parseCertificate, publicKeyOf } from '../pki/certificate.ts';
import { buildPath } from '../pki/certificate-path.ts';
import { readCertificationRequest } from '../pki/certification-request.ts';
import { equalBytes } from '../pki/der.ts';
import { decodePem } from '../pki/pem.ts';
import { usableCertificate } from '../pki/signer.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { acceptedAt } from '../signatures/validation/algorithm-policy.ts';
import {
  algorithmOf,
  elsewhere,
  type InstalledCertificate,
  type KeyHolder,
  type SigningKeyRecord,
} from './certificates.ts';
import type { Directory } from './directory.ts';
import { type HolderDirectory, holderRecord } from './key-holder.ts';
import type { SigningKeys } from './signing-keys.ts';
import { asTrustAnchors } from './trust.ts';

const MAX_CERTIFICATES = 10;

export interface InstallCertificateDeps {
  readonly directory: HolderDirectory & Pick<Directory, 'trustAnchors'>;
  readonly keys: Pick<SigningKeys, 'publicKey'>;
  /** Names of the remote signing services that the stage allows. */
  readonly remoteServices: readonly string[];
}

/** A certificate to install, and where its key is: in KMS unless something else is said. */
export interface CertificateToInstall {
  /** PEM: the certificate first, then its issuers in any order. */
  readonly certificate: string;
  /** PKCS#10 in PEM, signed by the key of the certificate: a person's own key, which proves that they have it. */
  readonly request?: string | undefined;
  /** A credential of a remote signing service. */
  readonly remote?: { readonly service: string; readonly credentialId: string } | undefined;
}

/**
 * Installs a certificate for the key of a unit or a person: it must be in force, meant for signing, belong to the very key
 * and chain to a trust anchor of this day. Earlier certificates stay on record.
 * @throws ProblemError `forbidden`, `unit_unknown`, `person_unknown`, `signing_key_unavailable`, `certificate_*`,
 *   `certification_request_invalid`, `remote_service_unknown`
 */
export async function installCertificate(
  deps: InstallCertificateDeps,
  actor: Actor,
  holder: KeyHolder,
  asked: CertificateToInstall,
  at: EpochMs,
  stamp: (installed: InstalledCertificate) => Write,
): Promise<InstalledCertificate> {
  authorize(actor, 'directory.write', {}, at);
  const record = await holderRecord(deps.directory, holder);
  const [first, ...issuers] = readCertificates(asked.certificate);
  const key = await keyOf(deps, holder, record.key, asked, parseCertificate(first));
  const algorithm = key.kind === 'kms' ? algorithmOf(key.spec) : key.algorithm;
  const certificate = usableCertificate({ certificate: first, algorithm }, at);
  const path = await trustedPath(deps, certificate, issuers, at);
  const installed: InstalledCertificate = {
    sha256: fingerprint(certificate),
    certificate: base64(certificate.der),
    // A root says nothing about itself that a verifier would rely on.
    chain: path.filter((issuer) => !equalBytes(issuer.subject, issuer.issuer)).map((issuer) => base64(issuer.der)),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    installedAt: at,
    keyKind: key.kind,
  };
  const others = record.certificates.filter((item) => item.sha256 !== installed.sha256);
  await deps.directory.commit([...record.writes({ key, certificates: [...others, installed] }), stamp(installed)]);
  return installed;
}

function readCertificates(pem: string): [Uint8Array, ...Uint8Array[]] {
  const [first, ...rest] = decodePem('CERTIFICATE', pem);
  if (!first || rest.length >= MAX_CERTIFICATES)
    throw new ProblemError('certificate_invalid', { field: 'certificate' });
  return [first, ...rest];
}

/** The key that the certificate is for, once it is shown that it is. A remote key shows it with every signature. */
async function keyOf(
  deps: InstallCertificateDeps,
  holder: KeyHolder,
  present: SigningKeyRecord | undefined,
  { request, remote }: CertificateToInstall,
  certificate: Certificate,
): Promise<SigningKeyRecord> {
  if (remote) {
    if (!deps.remoteServices.includes(remote.service)) {
      throw new ProblemError('remote_service_unknown', { field: 'remote.service' });
    }
    return elsewhere({ kind: 'remote', ...remote }, certificate);
  }
  if (request !== undefined) {
    // A seal is pressed by the system; a key that it has no way to is of no use to an agency.
    if (holder.kind === 'unit') throw new ProblemError('invalid_field', { field: 'request' });
    const [csr] = decodePem('CERTIFICATE REQUEST', request);
    if (!csr) throw new ProblemError('certification_request_invalid', { field: 'request' });
    belongsTo(certificate, readCertificationRequest(csr));
    return elsewhere({ kind: 'own' }, certificate);
  }
  if (present?.kind !== 'kms') throw new ProblemError('signing_key_unavailable', { detail: 'Make the key first.' });
  belongsTo(certificate, await deps.keys.publicKey(present.alias));
  return present;
}

function belongsTo(certificate: Certificate, publicKeyInfo: Uint8Array): void {
  const own = publicKeyOf({ publicKeyInfo });
  if (!own || !publicKeyOf(certificate)?.equals(own)) throw new ProblemError('certificate_key_mismatch');
}

/** The issuers of `certificate`, nearest first, up to and with the trust anchor. */
async function trustedPath(
  deps: InstallCertificateDeps,
  certificate: Certificate,
  issuers: readonly Uint8Array[],
  at: EpochMs,
): Promise<readonly Certificate[]> {
  const trust = (await deps.directory.trustAnchors()).flatMap(asTrustAnchors);
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
