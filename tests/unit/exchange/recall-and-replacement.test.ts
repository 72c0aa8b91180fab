import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allowed } from '../../../lib/access/policy.ts';
import { actorOf } from '../../../lib/directory/actor-of.ts';
import { accessSubject } from '../../../lib/documents/document.ts';
import type { DispatchView, IncomingView } from '../../../lib/exchange/exchange-view.ts';
import type { Id } from '../../../lib/platform/ids.ts';
import type { IssuedView } from '../../../lib/verification/issued-view.ts';
import type { VerificationView } from '../../../lib/verification/verification-view.ts';
import { type Caller, callApi, lambdaContext } from '../../support/call.ts';
import {
  type CaseWorld,
  HAU_LOC,
  HOANG_HOA,
  LAN,
  OPERATOR,
  PROVINCE,
  staff,
  startCaseWorld,
} from '../../support/case-world.ts';
import { DAY, NOW } from '../../support/pki/authority.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

// Files are signed for real: a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const [CLERK, OFFICER, LEADER] = [
  staff(PROVINCE, 'clerk'),
  staff(PROVINCE, 'officer'),
  staff(PROVINCE, 'leader'),
] as const;
const RECEIVER = staff(HOANG_HOA, 'clerk');
const OTHER = staff(HAU_LOC, 'clerk');
const REASON = { reason: 'Sai căn cứ pháp lý.' };
const QUIET = ['deliver'] as const;

let world: CaseWorld;
let salt = 0;
beforeAll(async () => {
  world = await startCaseWorld();
});
afterAll(() => world.close());

type Problem = { code?: string; field?: string };
type Request = Parameters<typeof callApi>[2];
const call = <T = DispatchView & Problem>(caller: Caller, request: Request, body?: unknown) =>
  callApi<T>(world.dispatches, caller, request, body);
const read = async (code: string) => (await call(OFFICER, `GET /api/dispatches/${code}`)).body;
const recall = (code: string, caller = CLERK) => call(caller, `POST /api/dispatches/${code}/recall`, REASON);

async function drafted(overrides: object = {}) {
  const { documentId } = await world.upload(OFFICER, samplePdf({ trailer: `/Salt (r${salt++})` }), PROVINCE);
  const body = { documentId, type: 'ke-hoach', subject: 'Kế hoạch', recipients: [HOANG_HOA], ...overrides };
  return call(OFFICER, 'POST /api/dispatches', { unit: PROVINCE, ...body });
}

async function signed(overrides: object = {}): Promise<string> {
  const { code, sha256, revision } = (await drafted(overrides)).body;
  await call(LEADER, `POST /api/dispatches/${code}/sign`, { sha256, revision });
  await world.settle(code);
  return code;
}

/** @param skip jobs that are lost */
async function issued(overrides: object = {}, skip: Parameters<CaseWorld['settle']>[1] = []): Promise<string> {
  const code = await signed(overrides);
  await call(CLERK, `POST /api/dispatches/${code}/issue`);
  await world.settle(code, skip);
  return code;
}

const incoming = async (clerk: Caller, unit: string, view: string, reference: string | undefined) => {
  const page = await call<{ items: IncomingView[] }>(clerk, `GET /api/incoming?unit=${unit}&view=${view}`);
  return page.body.items.find((item) => item.reference === reference);
};
const arrived = async (code: string, clerk = RECEIVER, unit = HOANG_HOA) => {
  const { number } = await read(code);
  const found = (await incoming(clerk, unit, 'open', number)) ?? (await incoming(clerk, unit, 'closed', number));
  if (!found) throw new Error('not arrived');
  return found;
};
const answer = (item: IncomingView, verb: string, body?: object, caller = RECEIVER) =>
  call<IncomingView & Problem>(caller, `POST /api/incoming/${item.code}/${verb}`, body);

const found = async (text: string) =>
  (await callApi<{ items: IssuedView[] }>(world.verify, undefined, `GET /api/verify/${text}`)).body.items[0];

async function verified(bytes: Uint8Array) {
  const event = {
    version: '2.0',
    rawPath: '/api/verify',
    headers: { 'content-type': 'application/pdf' },
    requestContext: { http: { method: 'POST', path: '/api/verify' } },
    body: Buffer.from(bytes).toString('base64'),
    isBase64Encoded: true,
  };
  return JSON.parse((await world.verify(event as never, lambdaContext())).body ?? '') as VerificationView;
}

async function mayOpen(caller: Caller, documentId: string): Promise<boolean> {
  const claims = { ...caller, name: '', email: undefined, groups: [] };
  const actor = await actorOf({ directory: world.signDeps.directory }, claims);
  return allowed(actor, 'document.read', accessSubject(await world.documents.document(documentId as Id)), NOW);
}

const noticesOf = (...codes: string[]) =>
  world.notices.filter(({ caseId }) => codes.includes(caseId)).map(({ template }) => template);

describe('a recalled dispatch', () => {
  it('is cancelled by one recipient and kept by another, and its sender is told both', async () => {
    const code = await issued({ recipients: [HOANG_HOA, HAU_LOC] });
    const { documentId } = await read(code);
    await answer(await arrived(code), 'register');
    await world.settle(code);
    expect((await recall(code)).body).toMatchObject({
      standing: 'recalled',
      recall: { unit: PROVINCE, reason: REASON.reason },
      recipients: [
        { status: '03', recall: { status: '13' } },
        { status: '01', recall: { status: '13' } },
      ],
      working: true,
    });
    await world.settle(code);
    const [mine, theirs] = [await arrived(code), await arrived(code, OTHER, HAU_LOC)];
    expect(mine).toMatchObject({ state: 'registered', recall: { status: '13', asked: REASON.reason } });

    expect((await answer(mine, 'recall/agree')).body).toMatchObject({
      state: 'cancelled',
      number: mine.number,
      recall: { status: '15' },
    });
    const kept = await answer(theirs, 'recall/refuse', { reason: 'Đã tổ chức thực hiện.' }, OTHER);
    expect(kept.body).toMatchObject({ state: 'arrived', recall: { status: '16', reason: 'Đã tổ chức thực hiện.' } });
    await world.settle(code);
    expect(await read(code)).toMatchObject({
      recipients: [
        { status: '03', number: mine.number, recall: { status: '15', vi: 'Đồng ý lấy lại' } },
        { status: '01', recall: { status: '16', reason: 'Đã tổ chức thực hiện.' } },
      ],
      working: false,
    });
    expect(await Promise.all([RECEIVER, OTHER, OFFICER].map((caller) => mayOpen(caller, documentId)))).toEqual([
      false,
      true,
      true,
    ]);
    expect(noticesOf(code).slice(-2)).toEqual(['dispatch.recall-agreed', 'dispatch.recall-refused']);
    expect(noticesOf(mine.code)).toEqual(['dispatch.arrived', 'dispatch.recall-asked']);
    const { body } = await call<{ whole: boolean }>(OFFICER, `GET /api/dispatches/${code}/evidence`);
    expect(body.whole).toBe(true);
    expect(JSON.stringify(body)).not.toContain(REASON.reason);
    // What was kept is registered like any other.
    expect((await answer(theirs, 'register', undefined, OTHER)).body).toMatchObject({ state: 'registered' });
  });

  it('is verified as recalled, by its bytes and by its code, from that moment on', async () => {
    const code = await issued();
    const bytes = await world.bytesOf((await read(code)).documentId);
    expect(await verified(bytes)).toMatchObject({ genuine: true, issued: { standing: 'in-force', remarks: [] } });
    world.time.now = NOW + DAY;
    await recall(code);
    world.time.now = NOW;
    const remark = {
      vi: 'Văn bản đã bị thu hồi ngày 10/03/2026 (cơ quan ban hành: Ủy ban nhân dân tỉnh Thanh Hóa).',
      en: 'This document was recalled on 10 March 2026 (issued by Ủy ban nhân dân tỉnh Thanh Hóa).',
    };
    const standing = { standing: 'recalled', recalled: { at: '2026-03-10T08:15:00+07:00' }, remarks: [remark] };
    expect(await verified(bytes)).toMatchObject({
      genuine: false,
      status: 'TOTAL_PASSED',
      conclusion: remark,
      issued: standing,
    });
    expect(await found(code)).toMatchObject(standing);
    expect(JSON.stringify(await found(code))).not.toContain(REASON.reason);
  });

  it('does not go out to those it has not reached, and they may not open it', async () => {
    const code = await issued({}, QUIET);
    const { documentId } = await read(code);
    expect(await mayOpen(RECEIVER, documentId)).toBe(true);
    const late = { job: 'deliver', id: `${code}-x`, caseId: code, seq: 1, recipient: HOANG_HOA } as never;
    await recall(code);
    await world.work(late);
    await world.settle(code);
    expect(await read(code)).toMatchObject({
      recipients: [{ unit: HOANG_HOA, en: 'Recalled before it arrived' }],
      working: false,
    });
    expect(await mayOpen(RECEIVER, documentId)).toBe(false);
    await expect(arrived(code)).rejects.toThrow('not arrived');
  });

  it('asks nothing of who has returned it, before or while being asked', async () => {
    const code = await issued({ recipients: [HOANG_HOA, HAU_LOC] });
    await answer(await arrived(code), 'return', { reason: 'Gửi nhầm.' });
    await world.settle(code);
    const theirs = await arrived(code, OTHER, HAU_LOC);
    await recall(code);
    await answer(theirs, 'return', { reason: 'Gửi nhầm.' }, OTHER);
    await world.settle(code);
    const { recipients, working } = await read(code);
    expect(working).toBe(false);
    expect(recipients.map((item) => [item.status, item.recall])).toEqual([
      ['02', undefined],
      ['02', undefined],
    ]);
    expect((await answer(theirs, 'recall/agree', undefined, OTHER)).body).toMatchObject({ code: 'invalid_state' });
  });

  it('waits for an answer before it is registered, lies in the queue until then, and each step is told once', async () => {
    const code = await issued();
    await recall(code);
    const work = async () => {
      const jobs = await world.jobs(code);
      for (const job of [...jobs, ...jobs]) await world.work(job);
      return jobs.length;
    };
    while ((await work()) > 0);
    const item = await arrived(code);
    expect((await answer(item, 'register')).body).toMatchObject({ code: 'invalid_state' });
    expect((await answer(item, 'return', { reason: 'x' })).body).toMatchObject({ code: 'invalid_state' });
    expect(await incoming(RECEIVER, HOANG_HOA, 'open', item.reference)).toBeDefined();
    expect((await answer(item, 'recall/agree')).body).toMatchObject({ state: 'cancelled' });
    expect(await incoming(RECEIVER, HOANG_HOA, 'open', item.reference)).toBeUndefined();
    for (const [verb, body] of [['recall/agree'], ['recall/refuse', { reason: 'x' }], ['register']] as const) {
      expect((await answer(item, verb, body)).body).toMatchObject({ code: 'invalid_state' });
    }
    while ((await work()) > 0);
    const { body } = await call<{ events: { type: string }[] }>(OFFICER, `GET /api/dispatches/${code}/evidence`);
    expect(body.events.map(({ type }) => type).slice(-3)).toEqual([
      'dispatch.recalled',
      'dispatch.recall-conveyed',
      'dispatch.recall-agreed',
    ]);
  });

  it('was issued, is not recalled already, and is its own agency’s', async () => {
    const draft = (await drafted()).body.code;
    expect((await recall(draft)).body).toMatchObject({ code: 'invalid_state' });
    const code = await issued();
    for (const stranger of [LAN, OPERATOR, OTHER, RECEIVER]) {
      expect((await recall(code, stranger)).body).toMatchObject({ code: 'not_found' });
    }
    expect((await recall(code, OFFICER)).body).toMatchObject({ code: 'forbidden' });
    expect((await recall(code, LEADER)).body).toMatchObject({ standing: 'recalled' });
    expect((await recall(code)).body).toMatchObject({ code: 'invalid_state' });
    await world.settle(code);
    const item = await arrived(code);
    for (const stranger of [LAN, OPERATOR, OTHER, CLERK]) {
      expect((await answer(item, 'recall/agree', undefined, stranger)).body).toMatchObject({ code: 'not_found' });
      expect((await answer(item, 'recall/refuse', { reason: 'x' }, stranger)).body).toMatchObject({
        code: 'not_found',
      });
    }
    const leader = staff(HOANG_HOA, 'leader');
    expect((await answer(item, 'recall/agree', undefined, leader)).body).toMatchObject({ code: 'forbidden' });
  });
});

describe('a replaced dispatch', () => {
  it('leads to the one that took its place, and everyone who has it is told', async () => {
    const code = await issued({ recipients: [HOANG_HOA, HAU_LOC] });
    const old = await read(code);
    const bytes = await world.bytesOf(old.documentId);
    const next = await signed({ replaces: code.toLowerCase() });
    expect(await read(next)).toMatchObject({ replaces: { code, number: old.number, issuedAt: old.issuedAt } });
    await call(CLERK, `POST /api/dispatches/${next}/issue`);
    // Numbered and not yet issued: the old one still stands.
    expect(await read(code)).toMatchObject({ standing: 'in-force', replacedBy: { code: next } });
    expect(await verified(bytes)).toMatchObject({ genuine: true });
    await world.settle(next);
    const { number } = await read(next);
    expect(await read(code)).toMatchObject({
      standing: 'replaced',
      replacedBy: { code: next, number },
      working: false,
    });
    const remark = {
      vi: `Văn bản đã được thay thế bằng văn bản số ${number} ngày 09/03/2026 của Ủy ban nhân dân tỉnh Thanh Hóa (mã ${next}).`,
      en: `This document was replaced by document ${number} of 9 March 2026, issued by Ủy ban nhân dân tỉnh Thanh Hóa (code ${next}).`,
    };
    expect(await verified(bytes)).toMatchObject({
      genuine: false,
      conclusion: remark,
      issued: { standing: 'replaced', replacedBy: { code: next, number, unit: { code: PROVINCE } }, remarks: [remark] },
    });
    expect(await found(next)).toMatchObject({ standing: 'in-force', replaces: { code, number: old.number } });
    for (const [clerk, unit] of [[RECEIVER, HOANG_HOA] as const, [OTHER, HAU_LOC] as const]) {
      const item = await arrived(code, clerk, unit);
      expect(item).toMatchObject({ replacedBy: { code: next, number } });
      expect(noticesOf(item.code)).toEqual(['dispatch.arrived', 'dispatch.replaced']);
    }
    expect(await arrived(next)).toMatchObject({ replaces: { code, number: old.number } });
    // Replaced and recalled is recalled; the way to the new one stays.
    await recall(code);
    expect(await found(code)).toMatchObject({ standing: 'recalled', remarks: [{}, remark] });
  });

  it('that is still on its way arrives as replaced', async () => {
    const code = await issued({}, QUIET);
    const next = await signed({ replaces: code, recipients: [HAU_LOC] });
    await call(CLERK, `POST /api/dispatches/${next}/issue`);
    await world.settle(next);
    await world.work({ job: 'deliver', id: `${code}-x`, caseId: code, seq: 1, recipient: HOANG_HOA } as never);
    await world.settle(code);
    expect(await arrived(code)).toMatchObject({ replacedBy: { code: next } });
    expect(await read(code)).toMatchObject({ working: false });
  });

  it('is replaced by one other only: the first that is numbered', async () => {
    const code = await issued();
    const [first, second] = [await signed({ replaces: code }), await signed({ replaces: code })];
    expect((await call(CLERK, `POST /api/dispatches/${first}/issue`)).body).toMatchObject({ state: 'issuing' });
    expect((await call(CLERK, `POST /api/dispatches/${second}/issue`)).body).toMatchObject({
      code: 'invalid_state',
      field: 'replaces',
    });
    await world.settle(first);
    expect((await drafted({ replaces: code })).body).toMatchObject({ code: 'invalid_state', field: 'replaces' });
  });

  it('is of the same agency and type, and was issued; a draft can let go of it', async () => {
    const code = await issued();
    const kept = (await drafted({ replaces: code })).body;
    expect(kept).toMatchObject({ replaces: { code } });
    const changed = { documentId: kept.documentId, type: 'thong-bao', subject: 'x', recipients: [HOANG_HOA] };
    expect((await call(OFFICER, `PUT /api/dispatches/${kept.code}`, changed)).body).not.toHaveProperty('replaces');
    const draft = (await drafted()).body.code;
    const refused = async (overrides: object) => (await drafted(overrides)).body;
    expect(await refused({ replaces: code, type: 'thong-bao' })).toMatchObject({
      code: 'invalid_field',
      field: 'replaces',
    });
    expect(await refused({ replaces: draft })).toMatchObject({ code: 'invalid_state' });
    expect(await refused({ replaces: 'VB-7K3M-9QXD-4' })).toMatchObject({ code: 'not_found', field: 'replaces' });
    const officer = staff(HAU_LOC, 'officer');
    const { documentId } = await world.upload(officer, samplePdf({ trailer: `/Salt (r${salt++})` }), HAU_LOC);
    const body = { unit: HAU_LOC, documentId, type: 'ke-hoach', subject: 'x', recipients: [HOANG_HOA], replaces: code };
    expect((await call(officer, 'POST /api/dispatches', body)).body).toMatchObject({
      code: 'not_found',
      field: 'replaces',
    });
  });
});

describe('an agency that has ended', () => {
  const OLD = 'H56.12.78';
  const unit = { name: 'Ủy ban nhân dân xã Cũ', notation: 'UBND', place: 'Cũ', tier: 'commune', from: '2025-07-01' };
  const put = (facts: object) => callApi(world.directory, OPERATOR, `PUT /api/units/${OLD}`, { ...unit, ...facts });

  it('has its documents recalled and replaced by its successor, and by nobody else', async () => {
    // As if the old agency had issued it.
    await put({});
    const code = await issued();
    const stored = await world.signDeps.dispatches.dispatch(code as never);
    const [write] = world.signDeps.dispatches.writes({ ...stored, unit: OLD as never }, stored);
    await world.signDeps.dispatches.commit([write as never]);
    expect((await recall(code)).body).toMatchObject({ code: 'not_found' });
    await put({ until: new Date(NOW - DAY).toISOString().slice(0, 10), successors: [PROVINCE] });
    expect((await recall(code, RECEIVER)).body).toMatchObject({ code: 'not_found' });
    expect((await drafted({ replaces: code })).body).toMatchObject({ replaces: { code } });
    expect((await recall(code)).body).toMatchObject({ standing: 'recalled', recall: { unit: PROVINCE } });
    await world.settle(code);
    await answer(await arrivedFor(code), 'recall/agree');
    await world.settle(code);
    const told = world.notices.filter(
      ({ caseId, template }) => caseId === code && template === 'dispatch.recall-agreed',
    );
    expect(told).toMatchObject([{ to: { code: PROVINCE, role: 'clerk' } }]);
  });

  async function arrivedFor(code: string): Promise<IncomingView> {
    const { body } = await call<{ items: IncomingView[] }>(RECEIVER, `GET /api/incoming?unit=${HOANG_HOA}&view=open`);
    const { number } = (await found(code)) ?? {};
    const item = body.items.find(({ reference }) => reference === number);
    if (!item) throw new Error('not arrived');
    return item;
  }
});
