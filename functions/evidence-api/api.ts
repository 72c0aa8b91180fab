import type { Bundle } from '../../lib/bundles/bundle.ts';
import { type BundleState, readBundle } from '../../lib/bundles/read-bundle.ts';
import { requestBundle } from '../../lib/bundles/request-bundle.ts';
import { formatIso } from '../../lib/platform/clock.ts';
import { parseCaseCode } from '../../lib/platform/ids.ts';
import { api } from '../http/api.ts';
import { bind } from '../http/route.ts';
import { stamped } from '../http/stamped.ts';
import type { EvidenceApiDeps } from './compose.ts';
import * as routes from './routes.ts';

export function evidenceApi(deps: EvidenceApiDeps) {
  return api(deps, [
    bind(routes.requestBundle, async (call) => {
      const view = (bundle: Bundle) => bundleView({ bundle });
      const keep = stamped(deps.requests, routes.requestBundle, call, view);
      return view(await requestBundle(deps, call.actor, parseCaseCode(call.body.code), call.at, keep));
    }),
    bind(routes.getBundle, async ({ actor, params, at }) => bundleView(await readBundle(deps, actor, params.id, at))),
  ]);
}

function bundleView({ bundle, download }: BundleState) {
  return {
    bundleId: bundle.code,
    code: bundle.of,
    state: bundle.state,
    withheld: bundle.withheld.filter(({ because }) => because === 'not-readable').length,
    requestedAt: formatIso(bundle.requestedAt),
    ...(bundle.state === 'ready' ? { sha256: bundle.sha256, bytes: bundle.bytes } : {}),
    ...(download ? { url: download.url, expiresAt: formatIso(download.expiresAt) } : {}),
  };
}
