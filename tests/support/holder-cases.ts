import { afterAll, beforeAll, beforeEach } from 'vitest';
import { samplePdf } from '../unit/pdf/sample-pdf.ts';
import { type Caller, callApi } from './call.ts';
import { type CaseWorld, HOANG_HOA, LAN, OPERATOR, staff, startCaseWorld } from './case-world.ts';
import { giveOwnKey, type Prepared, signAtHome } from './own-key.ts';
import { NOW } from './pki/authority.ts';

export const CLERK = staff(HOANG_HOA, 'clerk');
export const OFFICER = staff(HOANG_HOA, 'officer');
export const LEADER = staff(HOANG_HOA, 'leader');
export const SECOND: Caller = { sub: 'leader-second' };
export const MINUTE = 60_000;

export interface Answer extends Prepared {
  readonly state?: string;
  readonly revision?: number;
  readonly working?: boolean;
  readonly field?: string;
  readonly draft?: { readonly documentId: string; readonly sha256: string; readonly problem?: string };
}

export async function must<T extends { status: number; body: unknown }>(answer: Promise<T>): Promise<T> {
  const got = await answer;
  if (got.status >= 300) throw new Error(JSON.stringify(got.body));
  return got;
}

/** Cases whose leaders sign with keys of their own: started before the tests of a file, at `NOW` before each of them. */
export function holderCases() {
  let world: CaseWorld;
  let salt = 0;
  beforeAll(async () => {
    world = await startCaseWorld();
    // A deputy of the same unit, with a key of their own as well.
    await must(
      callApi(world.directory, OPERATOR, `PUT /api/people/${SECOND.sub}`, {
        name: 'Phó Chủ tịch Hoằng Hóa',
        assignments: [
          {
            unit: HOANG_HOA,
            role: 'leader',
            title: 'PHÓ CHỦ TỊCH',
            capacity: 'KT',
            from: '2025-07-01',
            until: '2026-12-31',
          },
        ],
      }),
    );
    await must(giveOwnKey(world, LEADER));
    await must(giveOwnKey(world, SECOND));
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.time.now = NOW;
  });

  const pdf = () => samplePdf({ trailer: `/Salt (${salt++})` });
  const prepare = (caller: Caller, code: string, sha256: string, key?: string, placement?: object) =>
    callApi<Answer>(
      world.signing,
      caller,
      `POST /api/petitions/${code}/answer/signing/prepare`,
      { sha256, ...(placement ? { placement } : {}) },
      key,
    );
  const complete = (caller: Caller, code: string, body: object, key?: string) =>
    callApi<Answer>(world.signing, caller, `POST /api/petitions/${code}/answer/signing/complete`, body, key);
  const petition = (caller: Caller, request: Parameters<typeof callApi>[2], body?: unknown) =>
    callApi<Answer>(world.petitions, caller, request, body);

  /** A petition whose answer waits for the leader; what the leader is shown. */
  async function drafted(): Promise<{ code: string; documentId: string; sha256: string }> {
    const body = { kind: 'feedback', unit: HOANG_HOA, subject: 'Đường hỏng', text: 'Đường liên thôn bị hỏng.' };
    const { code } = (await must(petition(LAN, 'POST /api/petitions', body))).body as { code: string };
    await must(petition(CLERK, `POST /api/petitions/${code}/accept`));
    await must(petition(CLERK, `POST /api/petitions/${code}/assign`, { assignee: OFFICER.sub }));
    return { code, ...(await redraft(code)) };
  }

  async function redraft(code: string) {
    const { documentId, sha256 } = await world.upload(OFFICER, pdf(), HOANG_HOA);
    await must(petition(OFFICER, `POST /api/petitions/${code}/answer`, { documentId }));
    await world.settle(code, ['sign-receipt']);
    return { documentId, sha256 };
  }

  /** The same, prepared and signed at home. */
  async function ready() {
    const made = await drafted();
    const { body } = await prepare(LEADER, made.code, made.sha256);
    return { ...made, body, handedIn: { session: body.session, signature: signAtHome('p256', LEADER.sub, body) } };
  }

  const stateOf = async (code: string) => (await petition(CLERK, `GET /api/petitions/${code}`)).body;

  return {
    get world() {
      return world;
    },
    pdf,
    prepare,
    complete,
    petition,
    drafted,
    redraft,
    ready,
    stateOf,
  };
}
