import { appendedSource, memorySource, readAll } from '../../pdf/byte-source.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { type SignBytesDeps, signBytes } from '../../signing/sign-bytes.ts';
import { viewVerification } from '../verification-view.ts';
import type { FileVerdict } from '../verify-file.ts';
import { drawReport } from './draw-report.ts';
import { reportContent } from './report-content.ts';
import type { ReportSeal } from './report-seal.ts';

export interface ReportDeps extends SignBytesDeps {
  readonly portalUrl: string;
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
