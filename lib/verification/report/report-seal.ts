import type { UnitCode } from '../../access/actor.ts';
import type { SignerFacts } from '../../directory/certificates.ts';
import type { Directory } from '../../directory/directory.ts';
import { sealOf } from '../../directory/unit.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { isProblem, ProblemError } from '../../platform/errors.ts';

export interface ReportSealDeps {
  readonly directory: Pick<Directory, 'unit'>;
  /** The service's own unit whose seal reports bear. */
  readonly sealUnit: UnitCode | undefined;
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
export async function reportSeal(deps: ReportSealDeps, at: EpochMs): Promise<ReportSeal> {
  if (deps.sealUnit === undefined) throw new ProblemError('report_not_offered');
  try {
    const unit = await deps.directory.unit(deps.sealUnit);
    return { facts: sealOf(unit, at), place: unit.place };
  } catch (error) {
    if (isProblem(error, ...LACKS)) throw new ProblemError('report_not_offered', { detail: error.code, cause: error });
    throw error;
  }
}
