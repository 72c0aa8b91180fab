import { createHash } from 'node:crypto';
import { printedTitle } from '../../lib/access/signing-competence.ts';
import { completeDispatchSignature } from '../../lib/exchange/complete-dispatch-signature.ts';
import type { Dispatch } from '../../lib/exchange/dispatch.ts';
import { viewDispatch } from '../../lib/exchange/exchange-view.ts';
import { issueDispatch } from '../../lib/exchange/issue-dispatch.ts';
import { prepareDispatchSignature } from '../../lib/exchange/prepare-dispatch-signature.ts';
import { readDispatchPlaces } from '../../lib/exchange/read-dispatch-places.ts';
import { signDispatch } from '../../lib/exchange/sign-dispatch.ts';
import { completeAnswerSignature } from '../../lib/petitions/complete-answer-signature.ts';
import { issueAnswer } from '../../lib/petitions/issue-answer.ts';
import type { Petition } from '../../lib/petitions/petition.ts';
import { viewPetition } from '../../lib/petitions/petition-view.ts';
import { prepareAnswerSignature } from '../../lib/petitions/prepare-answer-signature.ts';
import { readAnswerPlaces } from '../../lib/petitions/read-answer-places.ts';
import { signAnswer } from '../../lib/petitions/sign-answer.ts';
import { formatIso } from '../../lib/platform/clock.ts';
import { type CaseCode, parseCaseCode, parseId } from '../../lib/platform/ids.ts';
import type { HandedIn } from '../../lib/signing/holder/complete-holder-signature.ts';
import type { HolderSession } from '../../lib/signing/holder/holder-session.ts';
import { api } from '../http/api.ts';
import { type BoundRoute, bind } from '../http/route.ts';
import { stamped } from '../http/stamped.ts';
import type { SigningApiDeps } from './compose.ts';
import { type AskedPlacement, placesView, wantedSeal, wantedSignature } from './placement.ts';
import * as routes from './routes.ts';

/** What is approved by looking into the file: signing and sealing, and signing with keys that stay with their holders. */
export function signingApi(deps: SigningApiDeps) {
  return api(deps, [...onAnswers(deps), ...onDispatches(deps), ...withOwnKeys(deps)]);
}

const codeOf = (call: { readonly params: { readonly code: string } }): CaseCode => parseCaseCode(call.params.code);

function onAnswers(deps: SigningApiDeps): BoundRoute[] {
  const { requests } = deps;
  return [
    bind(routes.getAnswerPlaces, async (call) =>
      placesView(await readAnswerPlaces(deps, call.actor, codeOf(call), call.at)),
    ),
    bind(routes.signAnswer, async (call) => {
      const view = (petition: Petition) => viewPetition(petition, call.actor, call.at);
      const keep = stamped(requests, routes.signAnswer, call, view);
      return view(await signAnswer(deps, call.actor, codeOf(call), shown(call.body), call.at, keep));
    }),
    bind(routes.issueAnswer, async (call) => {
      const view = (petition: Petition) => viewPetition(petition, call.actor, call.at);
      const keep = stamped(requests, routes.issueAnswer, call, view);
      const placement = wantedSeal(call.body.placement);
      return view(await issueAnswer(deps, call.actor, codeOf(call), placement, call.at, keep));
    }),
  ];
}

function onDispatches(deps: SigningApiDeps): BoundRoute[] {
  const { requests } = deps;
  return [
    bind(routes.getDispatchPlaces, async (call) =>
      placesView(await readDispatchPlaces(deps, call.actor, codeOf(call), call.at)),
    ),
    bind(routes.signDispatch, async (call) => {
      const keep = stamped<Dispatch>(requests, routes.signDispatch, call, viewDispatch);
      return viewDispatch(await signDispatch(deps, call.actor, codeOf(call), shown(call.body), call.at, keep));
    }),
    bind(routes.issueDispatch, async (call) => {
      const keep = stamped<Dispatch>(requests, routes.issueDispatch, call, viewDispatch);
      const placement = wantedSeal(call.body.placement);
      return viewDispatch(await issueDispatch(deps, call.actor, codeOf(call), placement, call.at, keep));
    }),
  ];
}

function withOwnKeys(deps: SigningApiDeps): BoundRoute[] {
  const { requests } = deps;
  return [
    bind(routes.prepareAnswerSignature, async (call) => {
      const keep = stamped(requests, routes.prepareAnswerSignature, call, sessionView);
      return sessionView(await prepareAnswerSignature(deps, call.actor, codeOf(call), shown(call.body), call.at, keep));
    }),
    bind(routes.completeAnswerSignature, async (call) => {
      const view = (petition: Petition) => viewPetition(petition, call.actor, call.at);
      const keep = stamped(requests, routes.completeAnswerSignature, call, view);
      return view(await completeAnswerSignature(deps, call.actor, codeOf(call), handedIn(call.body), call.at, keep));
    }),
    bind(routes.prepareDispatchSignature, async (call) => {
      const keep = stamped(requests, routes.prepareDispatchSignature, call, sessionView);
      return sessionView(
        await prepareDispatchSignature(deps, call.actor, codeOf(call), shown(call.body), call.at, keep),
      );
    }),
    bind(routes.completeDispatchSignature, async (call) => {
      const keep = stamped<Dispatch>(requests, routes.completeDispatchSignature, call, viewDispatch);
      return viewDispatch(
        await completeDispatchSignature(deps, call.actor, codeOf(call), handedIn(call.body), call.at, keep),
      );
    }),
  ];
}

/** What a leader was shown, and where they want their signature. */
function shown<B extends { placement?: AskedPlacement }>({ placement, ...body }: B) {
  return { ...body, placement: wantedSignature(placement) };
}

function handedIn(body: { session: string; signature: string; format: HandedIn['format'] }): HandedIn {
  const signature = Buffer.from(body.signature, 'base64');
  return { session: parseId(body.session, 'session'), signature, format: body.format };
}

function sessionView({ id, expiresAt, approval, facts, message }: HolderSession) {
  const { algorithm, certificate, chain, signingTime, location, timestampBytes = 0 } = facts;
  return {
    session: id,
    expiresAt: formatIso(expiresAt),
    document: { sha256: approval.sha256 },
    signingTime: formatIso(signingTime),
    timestampBytes,
    algorithm,
    message,
    digest: createHash(algorithm.hash).update(Buffer.from(message, 'base64')).digest('base64'),
    certificate,
    chain,
    shown: {
      name: approval.name,
      title: printedTitle(approval),
      location,
      ...(approval.placed ? { placed: approval.placed } : {}),
      ...(approval.image ? { image: approval.image.sha256 } : {}),
    },
  };
}
