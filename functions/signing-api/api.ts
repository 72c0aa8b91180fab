import { createHash } from 'node:crypto';
import { printedTitle } from '../../lib/access/signing-competence.ts';
import { completeDispatchSignature } from '../../lib/exchange/complete-dispatch-signature.ts';
import type { Dispatch } from '../../lib/exchange/dispatch.ts';
import { viewDispatch } from '../../lib/exchange/exchange-view.ts';
import { prepareDispatchSignature } from '../../lib/exchange/prepare-dispatch-signature.ts';
import { completeAnswerSignature } from '../../lib/petitions/complete-answer-signature.ts';
import type { Petition } from '../../lib/petitions/petition.ts';
import { viewPetition } from '../../lib/petitions/petition-view.ts';
import { prepareAnswerSignature } from '../../lib/petitions/prepare-answer-signature.ts';
import { formatIso } from '../../lib/platform/clock.ts';
import { parseCaseCode, parseId } from '../../lib/platform/ids.ts';
import type { HandedIn } from '../../lib/signing/holder/complete-holder-signature.ts';
import type { HolderSession } from '../../lib/signing/holder/holder-session.ts';
import { api } from '../http/api.ts';
import { bind } from '../http/route.ts';
import { stamped } from '../http/stamped.ts';
import type { SigningApiDeps } from './compose.ts';
import * as routes from './routes.ts';

/** Signing with keys that stay with their holders: what there is to sign, and the signature handed in. */
export function signingApi(deps: SigningApiDeps) {
  const { requests } = deps;
  return api(deps, [
    bind(routes.prepareAnswerSignature, async (call) => {
      const keep = stamped(requests, routes.prepareAnswerSignature, call, sessionView);
      const code = parseCaseCode(call.params.code);
      return sessionView(await prepareAnswerSignature(deps, call.actor, code, call.body.sha256, call.at, keep));
    }),
    bind(routes.completeAnswerSignature, async (call) => {
      const view = (petition: Petition) => viewPetition(petition, call.actor, call.at);
      const keep = stamped(requests, routes.completeAnswerSignature, call, view);
      const code = parseCaseCode(call.params.code);
      return view(await completeAnswerSignature(deps, call.actor, code, handedIn(call.body), call.at, keep));
    }),
    bind(routes.prepareDispatchSignature, async (call) => {
      const keep = stamped(requests, routes.prepareDispatchSignature, call, sessionView);
      const code = parseCaseCode(call.params.code);
      return sessionView(await prepareDispatchSignature(deps, call.actor, code, call.body, call.at, keep));
    }),
    bind(routes.completeDispatchSignature, async (call) => {
      const keep = stamped<Dispatch>(requests, routes.completeDispatchSignature, call, viewDispatch);
      const code = parseCaseCode(call.params.code);
      return viewDispatch(await completeDispatchSignature(deps, call.actor, code, handedIn(call.body), call.at, keep));
    }),
  ]);
}

function handedIn(body: { session: string; signature: string; format: HandedIn['format'] }): HandedIn {
  const signature = Buffer.from(body.signature, 'base64');
  return { session: parseId(body.session, 'session'), signature, format: body.format };
}

function sessionView({ id, expiresAt, approval, facts, message }: HolderSession) {
  const { algorithm, certificate, chain, signingTime, location } = facts;
  return {
    session: id,
    expiresAt: formatIso(expiresAt),
    document: { sha256: approval.sha256 },
    signingTime: formatIso(signingTime),
    algorithm,
    message,
    digest: createHash(algorithm.hash).update(Buffer.from(message, 'base64')).digest('base64'),
    certificate,
    chain,
    shown: { name: approval.name, title: printedTitle(approval), location },
  };
}
