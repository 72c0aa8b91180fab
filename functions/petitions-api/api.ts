import type { Actor } from '../../lib/access/actor.ts';
import { acceptPetition } from '../../lib/petitions/accept-petition.ts';
import { assignPetition } from '../../lib/petitions/assign-petition.ts';
import type { Stamp } from '../../lib/petitions/change-petition.ts';
import { draftAnswer } from '../../lib/petitions/draft-answer.ts';
import type { Petition } from '../../lib/petitions/petition.ts';
import { summarize, viewPetition } from '../../lib/petitions/petition-view.ts';
import { rateAnswer } from '../../lib/petitions/rate-answer.ts';
import { listPetitions, readPetition, readPetitionEvidence, readTimeline } from '../../lib/petitions/read-petition.ts';
import { returnPetition } from '../../lib/petitions/return-petition.ts';
import { submitPetition } from '../../lib/petitions/submit-petition.ts';
import type { EpochMs } from '../../lib/platform/clock.ts';
import { type CaseCode, parseCaseCode, parseId } from '../../lib/platform/ids.ts';
import { api } from '../http/api.ts';
import { type BoundRoute, bind, type RouteDefinition } from '../http/route.ts';
import { stamped } from '../http/stamped.ts';
import type { PetitionsApiDeps } from './compose.ts';
import * as routes from './routes.ts';

export function petitionsApi(deps: PetitionsApiDeps) {
  return api(deps, [...reading(deps), ...handling(deps), ...answering(deps)]);
}

function reading(deps: PetitionsApiDeps): BoundRoute[] {
  return [
    bind(routes.listPetitions, async ({ actor, query, at }) => {
      const page = await listPetitions(deps, actor, { ...query, mine: query.mine === 'true' }, at);
      return { ...page, items: page.items.map((item) => summarize(item, at)) };
    }),
    bind(routes.getPetition, async ({ actor, params, at }) =>
      viewPetition(await readPetition(deps, actor, parseCaseCode(params.code), at), actor, at),
    ),
    bind(routes.getTimeline, async ({ actor, params, at }) => {
      const { entries, next } = await readTimeline(deps, actor, parseCaseCode(params.code), at);
      return { entries: [...entries], ...(next ? { next } : {}) };
    }),
    bind(routes.getEvidence, ({ actor, params, at }) =>
      readPetitionEvidence(deps, actor, parseCaseCode(params.code), at),
    ),
  ];
}

function handling(deps: PetitionsApiDeps): BoundRoute[] {
  const change = changing(deps);
  return [
    bind(routes.submitPetition, (call) => {
      const attachments = call.body.attachments.map((id, index) => parseId(id, `attachments[${index}]`));
      const run = (keep: Stamp) => submitPetition(deps, call.actor, { ...call.body, attachments }, call.at, keep);
      return change(routes.submitPetition, call, run);
    }),
    bind(routes.acceptPetition, (call) =>
      change(routes.acceptPetition, call, (keep) => acceptPetition(deps, call.actor, codeOf(call), call.at, keep)),
    ),
    bind(routes.assignPetition, (call) =>
      change(routes.assignPetition, call, (keep) =>
        assignPetition(deps, call.actor, codeOf(call), call.body.assignee, call.at, keep),
      ),
    ),
    bind(routes.returnPetition, (call) =>
      change(routes.returnPetition, call, (keep) =>
        returnPetition(deps, call.actor, codeOf(call), call.body.reason, call.at, keep),
      ),
    ),
    bind(routes.rateAnswer, (call) =>
      change(routes.rateAnswer, call, (keep) =>
        rateAnswer(deps, call.actor, codeOf(call), call.body.helped, call.at, keep),
      ),
    ),
  ];
}

function answering(deps: PetitionsApiDeps): BoundRoute[] {
  const change = changing(deps);
  return [
    bind(routes.draftAnswer, (call) => {
      const draft = 'text' in call.body ? call.body : { documentId: parseId(call.body.documentId, 'documentId') };
      return change(routes.draftAnswer, call, (keep) =>
        draftAnswer(deps, call.actor, codeOf(call), draft, call.at, keep),
      );
    }),
  ];
}

const codeOf = (call: { readonly params: { readonly code: string } }): CaseCode => parseCaseCode(call.params.code);

type Change = Parameters<typeof stamped>[2] & { readonly actor: Actor; readonly at: EpochMs };

/** Runs a verb with the stamp that keeps its answer, and answers with the petition as the caller sees it. */
function changing({ requests }: PetitionsApiDeps) {
  return async (route: Pick<RouteDefinition, 'answer'>, call: Change, run: (keep: Stamp) => Promise<Petition>) => {
    const view = (petition: Petition) => viewPetition(petition, call.actor, call.at);
    return view(await run(stamped(requests, route, call, view)));
  };
}
