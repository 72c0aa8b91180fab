import { agreeRecall } from '../../lib/exchange/agree-recall.ts';
import type { Dispatch } from '../../lib/exchange/dispatch.ts';
import { draftDispatch, redraftDispatch } from '../../lib/exchange/draft-dispatch.ts';
import { viewDispatch, viewIncoming } from '../../lib/exchange/exchange-view.ts';
import type { Incoming } from '../../lib/exchange/incoming.ts';
import {
  listDispatches,
  listIncoming,
  readDispatch,
  readDispatchEvidence,
  readIncoming,
} from '../../lib/exchange/read-exchange.ts';
import { readRegister } from '../../lib/exchange/read-register.ts';
import { recallDispatch } from '../../lib/exchange/recall-dispatch.ts';
import { refuseRecall } from '../../lib/exchange/refuse-recall.ts';
import { registerIncoming } from '../../lib/exchange/register-incoming.ts';
import { returnIncoming } from '../../lib/exchange/return-incoming.ts';
import { formatIso } from '../../lib/platform/clock.ts';
import { type CaseCode, parseCaseCode, parseId } from '../../lib/platform/ids.ts';
import { api } from '../http/api.ts';
import { type BoundRoute, bind } from '../http/route.ts';
import { stamped } from '../http/stamped.ts';
import type { DispatchesApiDeps } from './compose.ts';
import * as routes from './routes.ts';

export function dispatchesApi(deps: DispatchesApiDeps) {
  return api(deps, [...sending(deps), ...reading(deps), ...receiving(deps)]);
}

const codeOf = (call: { readonly params: { readonly code: string } }): CaseCode => parseCaseCode(call.params.code);

/** Ids and codes as the exchange knows them. */
function draftOf<B extends { readonly documentId: string; readonly replaces?: string | undefined }>(body: B) {
  const { documentId, replaces, ...rest } = body;
  return {
    ...rest,
    documentId: parseId(documentId, 'documentId'),
    replaces: replaces === undefined ? undefined : parseCaseCode(replaces, 'replaces'),
  };
}

function sending(deps: DispatchesApiDeps): BoundRoute[] {
  const { requests } = deps;
  return [
    bind(routes.draftDispatch, async (call) => {
      const { unit, ...body } = call.body;
      const draft = draftOf(body);
      const keep = stamped(requests, routes.draftDispatch, call, viewDispatch);
      return viewDispatch(await draftDispatch(deps, call.actor, unit, draft, call.at, keep));
    }),
    bind(routes.redraftDispatch, async (call) => {
      const draft = draftOf(call.body);
      const keep = stamped(requests, routes.redraftDispatch, call, viewDispatch);
      return viewDispatch(await redraftDispatch(deps, call.actor, codeOf(call), draft, call.at, keep));
    }),
    bind(routes.recallDispatch, async (call) => {
      const keep = stamped<Dispatch>(requests, routes.recallDispatch, call, viewDispatch);
      return viewDispatch(await recallDispatch(deps, call.actor, codeOf(call), call.body.reason, call.at, keep));
    }),
  ];
}

function reading(deps: DispatchesApiDeps): BoundRoute[] {
  return [
    bind(routes.listDispatches, async ({ actor, query, at }) => {
      const page = await listDispatches(deps, actor, query, at);
      return { ...page, items: page.items.map(viewDispatch) };
    }),
    bind(routes.getDispatch, async (call) => viewDispatch(await readDispatch(deps, call.actor, codeOf(call), call.at))),
    bind(routes.getDispatchEvidence, (call) => readDispatchEvidence(deps, call.actor, codeOf(call), call.at)),
    bind(routes.getRegister, async ({ actor, params, query, at }) => {
      const page = await readRegister(deps, actor, { ...params, ...query }, at);
      return { ...page, items: page.items.map((entry) => ({ ...entry, at: formatIso(entry.at) })) };
    }),
  ];
}

function receiving(deps: DispatchesApiDeps): BoundRoute[] {
  const { requests } = deps;
  return [
    bind(routes.listIncoming, async ({ actor, query, at }) => {
      const page = await listIncoming(deps, actor, query, at);
      return { ...page, items: page.items.map((item) => viewIncoming(item, at)) };
    }),
    bind(routes.getIncoming, async (call) =>
      viewIncoming(await readIncoming(deps, call.actor, codeOf(call), call.at), call.at),
    ),
    bind(routes.registerIncoming, async (call) => {
      const view = (item: Incoming) => viewIncoming(item, call.at);
      const keep = stamped(requests, routes.registerIncoming, call, view);
      return view(await registerIncoming(deps, call.actor, codeOf(call), call.at, keep));
    }),
    bind(routes.returnIncoming, async (call) => {
      const view = (item: Incoming) => viewIncoming(item, call.at);
      const keep = stamped(requests, routes.returnIncoming, call, view);
      return view(await returnIncoming(deps, call.actor, codeOf(call), call.body.reason, call.at, keep));
    }),
    bind(routes.agreeRecall, async (call) => {
      const view = (item: Incoming) => viewIncoming(item, call.at);
      const keep = stamped(requests, routes.agreeRecall, call, view);
      return view(await agreeRecall(deps, call.actor, codeOf(call), call.at, keep));
    }),
    bind(routes.refuseRecall, async (call) => {
      const view = (item: Incoming) => viewIncoming(item, call.at);
      const keep = stamped(requests, routes.refuseRecall, call, view);
      return view(await refuseRecall(deps, call.actor, codeOf(call), call.body.reason, call.at, keep));
    }),
  ];
}
