import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { PersonId } from '../../../lib/access/actor.ts';
import type { CaseCode, Id } from '../../../lib/platform/ids.ts';
import { HolderSessionStore } from '../../../lib/signing/holder/holder-session-store.ts';
import { callApi } from '../../support/call.ts';
import { type CaseWorld, HOANG_HOA, OPERATOR } from '../../support/case-world.ts';
import { holderCases, LEADER, MINUTE, must, SECOND } from '../../support/holder-cases.ts';
import { giveOwnKey, signAtHome } from '../../support/own-key.ts';
import { NOW } from '../../support/pki/authority.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const cases = holderCases();
const { prepare, complete, drafted, redraft, ready, stateOf } = cases;
let world: CaseWorld;
beforeAll(() => {
  world = cases.world;
});

describe('a session', () => {
  it('lasts ten minutes', async () => {
    const { code, handedIn } = await ready();
    world.time.now = NOW + 10 * MINUTE + 1;
    expect(await complete(LEADER, code, handedIn)).toMatchObject({
      status: 410,
      body: { code: 'signing_session_expired' },
    });
    world.time.now = NOW + 10 * MINUTE;
    expect((await complete(LEADER, code, handedIn)).status).toBe(200);
    world.time.now = NOW;
  });

  it('is used once; the same request again gets the same answer', async () => {
    const { code, handedIn } = await ready();
    const first = await complete(LEADER, code, handedIn, 'complete-1');
    expect(first.status).toBe(200);
    expect(await complete(LEADER, code, handedIn, 'complete-1')).toEqual(first);
    expect(await complete(LEADER, code, handedIn)).toMatchObject({
      status: 409,
      body: { code: 'signing_session_used' },
    });
    await world.settle(code, ['sign-receipt']);
    // Drafted anew and prepared anew: the old session does not come to life again.
    await redraft(code);
    expect((await complete(LEADER, code, handedIn)).body.code).toBe('signing_session_used');
  });

  it('wins once when it is completed twice at the same time', async () => {
    const { code, handedIn } = await ready();
    const answers = await Promise.all([1, 2, 3, 4].map(() => complete(LEADER, code, handedIn)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const approvals = (await world.events.log(code as CaseCode)).filter(({ type }) => type.endsWith('answer-approved'));
    expect(approvals).toHaveLength(1);
  });

  it('is one of five at most that a person has open for a version; used and expired ones do not count', async () => {
    const { code, sha256 } = await drafted();
    const again = (caller = LEADER, of = sha256, key?: string) => prepare(caller, code, of, key);
    const [first, ...others] = [await again(), await again(), await again(), await again()];
    expect(others.map(({ status }) => status)).toEqual([201, 201, 201]);
    // At once: none of them slips by another.
    const rush = await Promise.all([again(), again(), again()]);
    expect(rush.map(({ status }) => status).sort()).toEqual([201, 429, 429]);
    expect((await again()).body).toMatchObject({ code: 'signing_sessions_open', status: 429 });
    // Another person's, and those for another version, are counted by themselves.
    expect((await again(SECOND)).status).toBe(201);
    const { sha256: next } = await redraft(code);
    expect((await again(LEADER, next)).status).toBe(201);

    const scope = { caseId: code, person: LEADER.sub as PersonId, sha256 };
    const sessions = new HolderSessionStore(world.table);
    const openAt = async (at: number) => (await sessions.openOf(scope, at)).sessions.length;
    const used = await sessions.session(first!.body.session as Id);
    await world.table.commit([sessions.use(used, NOW)]);
    expect([await openAt(NOW), await openAt(NOW + 10 * MINUTE), await openAt(NOW + 10 * MINUTE + 1)]).toEqual([
      4, 4, 0,
    ]);
  });

  it('is for one version of the document', async () => {
    const { code, handedIn, sha256 } = await ready();
    await redraft(code);
    expect((await complete(LEADER, code, handedIn)).body).toMatchObject({ code: 'document_changed' });
    expect((await prepare(LEADER, code, sha256)).body).toMatchObject({ code: 'document_changed', field: 'sha256' });
  });

  it('is for one case, and one that nobody began is not found', async () => {
    const { handedIn } = await ready();
    const other = await drafted();
    expect((await complete(LEADER, other.code, handedIn)).body).toMatchObject({ code: 'not_found', field: 'session' });
    const unknown = { ...handedIn, session: '0'.repeat(26) };
    expect((await complete(LEADER, other.code, unknown)).body).toMatchObject({ code: 'not_found', field: 'session' });
  });

  it('is not completed, nor used up, by a signature that does not fit', async () => {
    const { code, body, handedIn } = await ready();
    const other = Buffer.from('khác').toString('base64');
    const forged = {
      'of another key': signAtHome('p256', 'somebody', body),
      'over something else': signAtHome('p256', LEADER.sub, { ...body, message: other }),
      'that is none': Buffer.from('no signature').toString('base64'),
      'that is empty': '',
      'in the other encoding': signAtHome('p256', LEADER.sub, body, true),
    };
    for (const [what, signature] of Object.entries(forged)) {
      const answer = await complete(LEADER, code, { session: body.session, signature });
      expect(answer.body, what).toMatchObject({ code: 'signature_mismatch', field: 'signature', status: 422 });
    }
    const halves = [0, 1, 7, 63, 64, 65, 1000].map((octets) => Buffer.alloc(octets).toString('base64'));
    for (const signature of [...halves, handedIn.signature]) {
      const answer = await complete(LEADER, code, { session: body.session, signature, format: 'p1363' });
      expect(answer.body, signature).toMatchObject({ code: 'signature_mismatch', status: 422 });
    }
    expect((await stateOf(code)).state).toBe('answer-drafted');
    expect((await complete(LEADER, code, handedIn)).status).toBe(200);
  });

  it('is void once the person has another certificate, title or none of the office', async () => {
    const { code, handedIn } = await ready();
    await must(giveOwnKey(world, LEADER, 'p256', { serial: 99 }));
    expect((await complete(LEADER, code, handedIn)).body.code).toBe('signing_session_outdated');

    const again = await ready();
    const facts = { unit: HOANG_HOA, role: 'leader', title: 'QUYỀN CHỦ TỊCH', capacity: 'head', from: '2025-07-01' };
    const enter = (assignments: object[]) =>
      must(
        callApi(world.directory, OPERATOR, `PUT /api/people/${LEADER.sub}`, {
          name: 'Người leader Hoằng Hóa',
          assignments,
        }),
      );
    await enter([facts]);
    expect((await complete(LEADER, again.code, again.handedIn)).body.code).toBe('signing_session_outdated');
    await enter([{ ...facts, until: '2026-03-08' }]);
    expect((await complete(LEADER, again.code, again.handedIn)).body.code).toBe('not_found');
    await enter([{ ...facts, title: 'CHỦ TỊCH' }]);
    expect((await complete(LEADER, again.code, again.handedIn)).status).toBe(200);
  });

  it('needs a certificate that is in force until the signature is handed in', async () => {
    await must(giveOwnKey(world, LEADER, 'p256', { notAfter: NOW + 5 * MINUTE, serial: 100 }));
    const { code, handedIn } = await ready();
    world.time.now = NOW + 6 * MINUTE;
    const answer = await complete(LEADER, code, handedIn);
    world.time.now = NOW;
    // Of the two that were installed the older one is in force still, and it is not what was prepared for.
    expect(answer.body.code).toBe('signing_session_outdated');
    await must(giveOwnKey(world, LEADER));
  });
});
