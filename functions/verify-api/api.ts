import { memorySource } from '../../lib/pdf/byte-source.ts';
import { type EpochMs, formatIso } from '../../lib/platform/clock.ts';
import { ProblemError } from '../../lib/platform/errors.ts';
import { findIssued } from '../../lib/verification/find-issued.ts';
import { viewIssued } from '../../lib/verification/issued-view.ts';
import { type ReportSeal, reportSeal } from '../../lib/verification/report/report-seal.ts';
import { viewVerification } from '../../lib/verification/verification-view.ts';
import { type FileVerdict, verifyFile } from '../../lib/verification/verify-file.ts';
import { requestFile, verifyUpload } from '../../lib/verification/verify-upload.ts';
import type { PdfFile } from '../http/answer.ts';
import { api } from '../http/api.ts';
import { bindPublic } from '../http/route.ts';
import type { VerifyApiDeps } from './compose.ts';
import * as routes from './routes.ts';

/** Verification is open to everyone; it keeps nothing of what it is brought. */
export function verifyApi(deps: VerifyApiDeps) {
  return api(deps, [
    bindPublic(
      routes.verifyFile,
      async ({ bytes, at }) => viewVerification(await verifyFile(deps, body(bytes), at)),
      async ({ bytes, at }) => {
        const seal = await reportSeal(deps, at);
        return report(deps, seal, await verifyFile(deps, body(bytes), at), at);
      },
    ),
    bindPublic(routes.findIssued, async ({ params, at }) => ({
      items: (await findIssued(deps, params.code, at)).map(viewIssued),
    })),
    bindPublic(routes.createVerificationUpload, async (call) => {
      const { id, form, expiresAt } = await requestFile(deps, call.body.size, call.at);
      return { id, url: form.url, fields: { ...form.fields }, expiresAt: formatIso(expiresAt) };
    }),
    bindPublic(
      routes.verifyUpload,
      ({ params, at }) => verifyUpload(deps, params.id, at, async (result) => viewVerification(result)),
      async ({ params, at }) => {
        const seal = await reportSeal(deps, at);
        return verifyUpload(deps, params.id, at, (result) => report(deps, seal, result, at));
      },
    ),
  ]);
}

function body(bytes: Uint8Array) {
  if (bytes.length === 0) throw new ProblemError('bad_request', { field: 'body', detail: 'The body is empty.' });
  return memorySource(bytes);
}

async function report(deps: VerifyApiDeps, seal: ReportSeal, result: FileVerdict, at: EpochMs): Promise<PdfFile> {
  // Fonts and page authoring are most of the bundle; whoever wants JSON does not wait for them to start.
  const { sealReport } = await import('../../lib/verification/report/seal-report.ts');
  const bytes = await sealReport(deps, seal, result, at);
  return { bytes, fileName: `bao-cao-kiem-tra-${result.verdict.file.sha256.slice(0, 8)}.pdf` };
}
