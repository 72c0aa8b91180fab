import { createHash } from 'node:crypto';
import { fingerprint, parseCertificate } from '../../pki/certificate.ts';
import type { TrustAnchor } from '../../pki/certificate-path.ts';
import type { RevocationFinding } from './judge-chain.ts';
import type { TokenFindings } from './judge-timestamps.ts';
import { indication } from './reasons.ts';
import type { RevocationReport, SignatureVerdict, TimestampVerdict, TrustedAnchor } from './verdict.ts';

/** A timestamp inside a signature, as the verdict states it. */
export function reportTimestamp({ reasons, token, certificate, path, revocation }: TokenFindings): TimestampVerdict {
  const name = certificate?.subjectName;
  return {
    ...indication(reasons),
    reasons,
    time: token ? iso(token.info.time) : null,
    authority: name ? { name: name.commonName ?? null, organization: name.organizationName ?? null } : null,
    certificate: certificate ? fingerprint(certificate) : null,
    policy: token?.info.policy ?? null,
    path: path.map(fingerprint),
    revocation: revocation.map(reportRevocation),
  };
}

/** What is known of a certificate's revocation, as the verdict states it. */
export function reportRevocation({ certificate, answer }: RevocationFinding): RevocationReport {
  const sha256 = fingerprint(certificate);
  if (answer === undefined) return { certificate: sha256, status: 'unknown' };
  if (answer === 'not_needed') return { certificate: sha256, status: 'not_needed' };
  const { kind, source, der, state } = answer;
  const { status, thisUpdate, nextUpdate, revokedAt, reason } = state;
  return {
    certificate: sha256,
    status,
    answer: {
      kind,
      source,
      sha256: createHash('sha256').update(der).digest('hex'),
      thisUpdate: iso(thisUpdate),
      nextUpdate: nextUpdate === undefined ? null : iso(nextUpdate),
    },
    ...(revokedAt === undefined ? {} : { revokedAt: iso(revokedAt) }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The entries of the trust list at which the paths of signatures and timestamps end. */
export function reportAnchors(
  trust: readonly TrustAnchor[],
  signatures: readonly Pick<SignatureVerdict, 'path' | 'timestamps'>[],
): TrustedAnchor[] {
  const ends = new Set(
    signatures
      .flatMap(({ path, timestamps }) => [path, ...timestamps.map((one) => one.path)])
      .map((path) => path.at(-1)),
  );
  return trust.flatMap((anchor) => {
    const certificate = parseCertificate(anchor.certificate);
    const sha256 = fingerprint(certificate);
    if (!ends.has(sha256)) return [];
    const { commonName, organizationName } = certificate.subjectName;
    const until = anchor.until === null ? null : iso(anchor.until);
    return [{ sha256, name: commonName ?? organizationName ?? null, from: iso(anchor.from), until }];
  });
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
