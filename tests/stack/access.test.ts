import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../cli/client.ts';
import { DEMO_PEOPLE, type DemoName, HOANG_GIANG, PROVINCE, QUANG_BINH } from '../../cli/demo/people.ts';
import { sendFile } from '../../cli/upload.ts';
import type { RouteDefinition } from '../../functions/http/route.ts';
import { allRoutes } from '../../functions/openapi/all-routes.ts';
import {
  arrivals,
  type DispatchAnswer,
  documentOf,
  draftDispatch,
  freshPdf,
  type PetitionAnswer,
  uploaded,
} from '../support/demo-cases.ts';
import { type DemoStack, openDemoStack, outcome } from '../support/demo-stack.ts';
import { everythingKept } from '../support/final-state.ts';
import { type Places, ROWS, type Row } from './access-rows.ts';

const EVERYONE = Object.keys(DEMO_PEOPLE) as DemoName[];
const routes = new Map((await allRoutes()).map((route) => [route.operationId, route]));

let demo: DemoStack;
let places: Places;
/** All that the service kept after the last request that was not refused. */
let kept: Awaited<ReturnType<typeof everythingKept>>;
beforeAll(async () => {
  demo = await openDemoStack();
  // A first request enters its person; from now on a refused one has nothing to write.
  for (const name of EVERYONE) await (await demo.as(name)).get('/api/me');
  places = await settle(demo);
  kept = await everythingKept(demo);
});
afterAll(() => demo?.close());

it('every route has a row, and every row a route', () => {
  expect([...new Set(ROWS.map(({ route }) => route))].sort()).toEqual([...routes.keys()].sort());
});

describe.each(ROWS.map((row) => [row.about === undefined ? row.route : `${row.route}, ${row.about}`, row] as const))(
  '%s',
  (_, row) => {
    it('gives each what is theirs, and what is refused changes nothing', async () => {
      const route = routes.get(row.route) as RouteDefinition;
      const [path, body] = [await row.path(places), await row.body?.(places)];
      expect(path).toMatch(new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/?]+')}(\\?.*)?$`));
      const expected = expectedOf(row, route);
      const refused = expected.filter(([, answer]) => /^40[134]/.test(answer));
      const rest = expected.filter((entry) => !refused.includes(entry));

      expect(await answersTo(refused, route, path, body)).toEqual(Object.fromEntries(refused));
      // What a refused GET had changed would show at the next row.
      if (refused.length > 0 && route.method !== 'GET') expect(await everythingKept(demo)).toEqual(kept);
      expect(await answersTo(rest, route, path, body)).toEqual(Object.fromEntries(rest));
      if (route.method === 'GET') return;
      await demo.settled();
      kept = await everythingKept(demo);
    });
  },
);

it('nothing that was refused has left anything', async () => {
  expect(await everythingKept(demo)).toEqual(kept);
});

type Expected = readonly [who: DemoName | 'nobody', answer: string];

/** Of the agencies that a row does not name, one stands for all. */
function expectedOf({ answers = {}, others }: Row, route: RouteDefinition): Expected[] {
  const nobody = route.access === 'public' ? others : '401 unknown';
  const unnamed = ['neighbour', 'province', 'commune'].filter((agency) => !(`${agency}Leader` in answers));
  const asked = EVERYONE.filter((name) => !unnamed.slice(1).some((agency) => name.startsWith(agency)));
  return [['nobody', nobody], ...asked.map((name) => [name, answers[name] ?? others] as const)];
}

/** What each of them gets, one after the other. */
async function answersTo(those: readonly Expected[], route: RouteDefinition, path: string, body: unknown) {
  const got: Record<string, string> = {};
  for (const [who] of those) {
    const client = who === 'nobody' ? demo.anyone : await demo.as(who);
    const answer = await outcome(ask(client, route, path, body));
    got[who] = answer.startsWith('answered') ? String(route.answer.status) : answer;
  }
  return got;
}

function ask(client: ApiClient, { method, bodyType }: RouteDefinition, path: string, body: unknown): Promise<unknown> {
  if (method === 'GET') return client.get(path);
  if (method === 'DELETE') return client.remove(path);
  if (bodyType === 'image/png') return client.putPng(path, body as Uint8Array);
  if (bodyType !== undefined) return client.postPdf(path, body as Uint8Array);
  return method === 'PUT' ? client.put(path, body) : client.post(path, body);
}

/** Brings into being what the rows are about. */
async function settle(stack: DemoStack): Promise<Places> {
  const [thao, binh, officer, operator] = (await Promise.all(
    (['citizenThao', 'citizenBinh', 'provinceOfficer', 'operator'] as const).map((name) => stack.as(name)),
  )) as [ApiClient, ApiClient, ApiClient, ApiClient];
  const upload = await sendFile(thao, freshPdf());
  const [denunciationAttachment, dispatchDocument, freeDocument] = [
    await uploaded(stack, thao),
    await uploaded(stack, officer, PROVINCE),
    await uploaded(stack, officer, PROVINCE),
  ];
  const attachment = await documentOf(thao, upload);
  const petitionBy = async (client: ApiClient, kind: string, attachments: readonly string[]) => {
    const facts = { kind, unit: HOANG_GIANG, subject: 'Nắp cống', text: 'Đề nghị sửa.', attachments };
    return (await client.post<PetitionAnswer>('/api/petitions', facts)).code;
  };
  const petition = await petitionBy(thao, 'feedback', [attachment]);
  const denunciation = await petitionBy(thao, 'denunciation', [denunciationAttachment]);
  const otherPetition = await petitionBy(binh, 'feedback', []);
  const { code: dispatch } = await draftDispatch(stack, dispatchDocument, [HOANG_GIANG, QUANG_BINH]);
  await stack.settled();
  const { bundleId: bundle } = await thao.post<{ bundleId: string }>('/api/evidence-bundles', { code: petition });
  const { items } = await operator.get<{ items: Places['root'][] }>('/api/trust');
  const answer = async () => (await stack.as('communeLeader')).get<PetitionAnswer>(`/api/petitions/${petition}`);
  return {
    petition,
    attachment,
    upload,
    denunciation,
    denunciationAttachment,
    otherPetition,
    dispatch,
    dispatchDocument,
    freeDocument,
    bundle,
    file: freshPdf(),
    root: items[0] as Places['root'],
    answerHash: async () => (await answer()).draft?.sha256 ?? '',
    answerDocument: async () => {
      const { draft, documents } = await answer();
      return draft?.documentId ?? documents.find(({ role }) => role === 'answer')?.id ?? '';
    },
    dispatchShown: async () => {
      const leader = await stack.as('provinceLeader');
      const { sha256, revision } = await leader.get<DispatchAnswer>(`/api/dispatches/${dispatch}`);
      return { sha256, revision };
    },
    arrivedAt: async (unit) => {
      const client = await stack.as(unit === HOANG_GIANG ? 'communeClerk' : 'neighbourClerk');
      const [open] = await arrivals(client, unit);
      return (open ?? (await arrivals(client, unit, 'closed'))[0])?.code ?? '';
    },
  };
}
