import { ProblemError } from '../../lib/platform/errors.ts';
import { findIssued } from '../../lib/verification/find-issued.ts';
import { viewIssued, viewVerification } from '../../lib/verification/verification-view.ts';
import { verifyFile } from '../../lib/verification/verify-file.ts';
import { api } from '../http/api.ts';
import { bindPublic } from '../http/route.ts';
import type { VerifyApiDeps } from './compose.ts';
import * as routes from './routes.ts';

/** Verification is open to everyone; it reads, and keeps nothing. */
export function verifyApi(deps: VerifyApiDeps) {
  return api(deps, [
    bindPublic(routes.verifyFile, async ({ bytes, at }) => {
      if (bytes.length === 0) throw new ProblemError('bad_request', { field: 'body', detail: 'The body is empty.' });
      return viewVerification(await verifyFile(deps, bytes, at));
    }),
    bindPublic(routes.findIssued, async ({ params, at }) => ({
      items: (await findIssued(deps, params.code, at)).map(viewIssued),
    })),
  ]);
}
