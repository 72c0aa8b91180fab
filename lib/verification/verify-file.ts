import type { Directory } from '../directory/directory.ts';
import { succession, successionOf, type UnitSuccession } from '../directory/succession.ts';
import { asTrustAnchors } from '../directory/trust.ts';
import { boundedSource } from '../pdf/bounded-source.ts';
import { type ByteSource, chunksOf } from '../pdf/byte-source.ts';
import type { TrustAnchor } from '../pki/certificate-path.ts';
import type { RevocationPort } from '../pki/revocation-client.ts';
import type { Clock, EpochMs } from '../platform/clock.ts';
import { isProblem } from '../platform/errors.ts';
import { runningHash } from '../platform/running-hash.ts';
import { ALGORITHM_POLICY } from '../signatures/validation/algorithm-policy.ts';
import { indication, reason } from '../signatures/validation/reasons.ts';
import type { Verdict } from '../signatures/validation/verdict.ts';
import { verifyPdf } from '../signatures/validation/verify-pdf.ts';
import type { IssuedDocument, IssuedDocuments } from './issued.ts';

export interface VerifyDeps {
  readonly directory: Pick<Directory, 'trustAnchors' | 'unit' | 'unitOfSeal'>;
  readonly issued: Pick<IssuedDocuments, 'byHash' | 'byCode'>;
  /** Asked for what the file does not prove. */
  readonly revocation: RevocationPort;
  readonly clock: Clock;
  /** Reading of one file ends after so many milliseconds, with a verdict of doubt. */
  readonly timeLimit: number;
}

export interface FileVerdict {
  readonly verdict: Verdict;
  /** What was issued here with exactly these bytes. */
  readonly issued: IssuedDocument | undefined;
  /** What became of the agency that issued it. */
  readonly issuer: UnitSuccession | undefined;
  /** Agencies whose seals are in the file, by the SHA-256 of the certificate. */
  readonly seals: ReadonlyMap<string, UnitSuccession>;
  /** Every signature passed, and these are the bytes of a document issued here that still stands. Doubt is never valid. */
  readonly genuine: boolean;
}

/**
 * Verifies a file that anyone brings: its signatures, and whether it is a document that was issued here. What it may cost is
 * bounded: beyond that the verdict is INDETERMINATE.
 * @throws ProblemError `reading_limit` when not even its hash could be had in time; what `source` throws
 */
export async function verifyFile(deps: VerifyDeps, source: ByteSource, at: EpochMs): Promise<FileVerdict> {
  const trust = (await deps.directory.trustAnchors()).flatMap(asTrustAnchors);
  const verdict = (await judge(deps, source, trust, at)) ?? (await undecided(deps, source, at));
  const issued = await deps.issued.byHash(verdict.file.sha256);
  const genuine = verdict.status === 'TOTAL_PASSED' && issued?.standing === 'in-force';
  const issuer = issued && (await successionOf(deps.directory, issued.unit.code, at));
  return { verdict, issued, issuer, seals: await sealsIn(deps, verdict, at), genuine };
}

async function sealsIn(
  { directory }: Pick<VerifyDeps, 'directory'>,
  { signatures }: Pick<Verdict, 'signatures'>,
  at: EpochMs,
): Promise<ReadonlyMap<string, UnitSuccession>> {
  const found = new Map<string, UnitSuccession>();
  for (const sha256 of new Set(signatures.flatMap(({ certificate }) => (certificate ? [certificate.sha256] : [])))) {
    const unit = await directory.unitOfSeal(sha256);
    if (unit) found.set(sha256, await succession(directory, unit, at));
  }
  return found;
}

/** A file is hashed once and its structure read in pieces, some of them again; a sound one needs far less than this. */
const OCTETS = { times: 8, more: 64 * 1024 * 1024 };

/** Undefined when time or octets are spent, also where only a part was left out for that. */
async function judge(
  { clock, timeLimit, revocation }: VerifyDeps,
  source: ByteSource,
  trust: readonly TrustAnchor[],
  at: EpochMs,
): Promise<Verdict | undefined> {
  const octets = source.length * OCTETS.times + OCTETS.more;
  const bounded = boundedSource(source, { now: () => clock.now(), until: at + timeLimit, octets });
  try {
    const verdict = await verifyPdf(bounded, { trust, at, revocation });
    return bounded.spent ? undefined : verdict;
  } catch (error) {
    if (isProblem(error, 'reading_limit')) return undefined;
    throw error;
  }
}

/** Once more as long, for the hash alone: by that it is still known whether the file was issued here. */
async function undecided({ clock, timeLimit }: VerifyDeps, source: ByteSource, at: EpochMs): Promise<Verdict> {
  const until = clock.now() + timeLimit / 4;
  const bounded = boundedSource(source, { now: () => clock.now(), until, octets: source.length });
  const hash = runningHash('sha256');
  for await (const chunk of chunksOf(bounded)) hash.update(chunk);
  const reasons = [reason('beyond_time_limit')];
  return {
    ...indication(reasons),
    reasons,
    signatures: [],
    file: { bytes: source.length, sha256: Buffer.from(hash.digest()).toString('hex') },
    validatedAt: new Date(at).toISOString(),
    algorithmPolicy: ALGORITHM_POLICY.version,
    anchors: [],
    material: { certificates: [], ocsps: [], lists: [] },
  };
}
