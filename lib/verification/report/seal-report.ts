import type { UnitCode } from '../../access/actor.ts';
import type { SignerFacts } from '../../directory/certificates.ts';
import type { Directory } from '../../directory/directory.ts';
import { sealOf } from '../../directory/unit.ts';
import { appendedSource, memorySource, readAll } from '../../pdf/byte-source.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { isProblem, ProblemError } from '../../platform/errors.ts';
import { type SignBytesDeps, signBytes } from '../../signing/sign-bytes.ts';
import { viewVerification } from '../verification-view.ts';
import type { FileVerdict } from '../verify-file.ts';
import { drawReport } from './draw-report.ts';
import { reportContent } from './report-content.ts';

export interface ReportDeps extends SignBytesDeps {
  readonly directory: Pick<Directory, 'unit'>;
  /** The service's own unit whose seal reports bear. */
  readonly sealUnit: UnitCode | undefined;
  readonly portalUrl: string;
}

/** The seal of reports and the place it is kept at. */
export interface ReportSeal {
  readonly facts: SignerFacts;
  readonly place: string;
}

/** Lacks that make that there is no seal for now. */
const LACKS = ['unit_unknown', 'unit_without_seal', 'certificate_expired', 'certificate_not_yet_valid'] as const;

/**
 * The seal for reports, to be asked for before a file is verified for one.
 * @throws ProblemError `report_not_offered`, with what is lacking
 */
export async function reportSeal(deps: Pick<ReportDeps, 'directory' | 'sealUnit'>, at: EpochMs): Promise<ReportSeal> {
  if (deps.sealUnit === undefined) throw new ProblemError('report_not_offered');
  try {
    const unit = await deps.directory.unit(deps.sealUnit);
    return { facts: sealOf(unit, at), place: unit.place };
  } catch (error) {
    if (isProblem(error, ...LACKS)) throw new ProblemError('report_not_offered', { detail: error.code, cause: error });
    throw error;
  }
}

/**
 * The report on a verdict as a PDF, sealed (PAdES B-B): what it says can be held against the service later.
 * @throws ProblemError `signing_key_unavailable`, `certificate_*`
 */
export async function sealReport(
  deps: ReportDeps,
  seal: ReportSeal,
  result: FileVerdict,
  at: EpochMs,
): Promise<Uint8Array> {
  const { facts, place } = seal;
  const content = reportContent(viewVerification(result), { name: facts.name, portalUrl: deps.portalUrl });
  const source = memorySource(await drawReport(await deps.fonts(), content));
  // Text at the upper right and no round seal: the seal of an agency is what the report must not look like.
  const { tail } = await signBytes(deps, { source }, facts, { role: 'annex', agency: facts.name, location: place }, at);
  return readAll(appendedSource(source, tail));
}
