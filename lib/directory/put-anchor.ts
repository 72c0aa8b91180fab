import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { fingerprint, parseCertificate } from '../pki/certificate.ts';
import { decodePem } from '../pki/pem.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { DirectoryWriter } from './directory-writer.ts';
import type { AnchorRecord, AnchorSource } from './trust.ts';

export interface AnchorFacts {
  /** One certificate in PEM. */
  readonly certificate: string;
  /** When the decision to trust it holds, epoch ms, both inclusive; null: until further notice. */
  readonly from: EpochMs;
  readonly until: EpochMs | null;
  /** Times before that in which it was trusted as well, oldest first. */
  readonly earlier: readonly { readonly from: EpochMs; readonly until: EpochMs }[];
  /** The trusted list that says so. */
  readonly source?: AnchorSource | undefined;
}

/**
 * Enters a trust anchor, or changes from when to when it is trusted.
 * @throws ProblemError `forbidden`, `certificate_invalid`, `certificate_key_usage` when it is no CA, `invalid_field`
 */
export async function putAnchor(
  deps: { readonly directory: Pick<DirectoryWriter, 'anchorWrite' | 'commit'> },
  actor: Actor,
  sha256: string,
  facts: AnchorFacts,
  at: EpochMs,
  stamp: (anchor: AnchorRecord) => Write,
): Promise<AnchorRecord> {
  authorize(actor, 'trust.write', {}, at);
  const [der, ...others] = decodePem('CERTIFICATE', facts.certificate);
  if (!der || others.length > 0) throw new ProblemError('certificate_invalid', { field: 'certificate' });
  const certificate = parseCertificate(der);
  if (fingerprint(certificate) !== sha256) {
    throw new ProblemError('invalid_field', { field: 'sha256', detail: 'Not the hash of this certificate.' });
  }
  if (!certificate.basicConstraints?.ca) throw new ProblemError('certificate_key_usage', { field: 'certificate' });
  if (facts.until !== null && facts.until < facts.from) throw new ProblemError('invalid_field', { field: 'until' });
  checkOrder(facts);
  const { commonName, organizationName } = certificate.subjectName;
  const anchor: AnchorRecord = {
    sha256,
    certificate: Buffer.from(der).toString('base64'),
    name: commonName ?? organizationName ?? sha256.slice(0, 16),
    from: facts.from,
    until: facts.until,
    earlier: [...facts.earlier],
    ...(facts.source ? { source: facts.source } : {}),
  };
  await deps.directory.commit([deps.directory.anchorWrite(anchor), stamp(anchor)]);
  return anchor;
}

/** Each time ends before the next one begins. */
function checkOrder({ earlier, from }: Pick<AnchorFacts, 'earlier' | 'from'>): void {
  for (const [n, period] of earlier.entries()) {
    const next = earlier[n + 1]?.from ?? from;
    if (period.until < period.from || period.until >= next) {
      throw new ProblemError('invalid_field', { field: `earlier[${n}]` });
    }
  }
}
