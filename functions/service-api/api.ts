import { formatIso } from '../../lib/platform/clock.ts';
import { api, type PublicApiDeps } from '../http/api.ts';
import { bindPublic } from '../http/route.ts';
import { getHealth, getOpenApi } from './routes.ts';

export interface ServiceApiDeps extends PublicApiDeps {
  readonly stage: string;
  /** The OpenAPI document as it is checked in. */
  readonly openApi: { readonly info: { readonly version: string } };
}

export function serviceApi(deps: ServiceApiDeps) {
  const { stage, openApi } = deps;
  return api(deps, [
    bindPublic(getHealth, async ({ at }) => ({
      status: 'ok' as const,
      stage,
      version: openApi.info.version,
      time: formatIso(at),
    })),
    bindPublic(getOpenApi, async () => ({ ...openApi })),
  ]);
}
