import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allowed } from '../../../lib/access/policy.ts';
import { actorOf } from '../../../lib/directory/actor-of.ts';
import { accessSubject } from '../../../lib/documents/document.ts';
import type { DispatchView, IncomingView } from '../../../lib/exchange/exchange-view.ts';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import type { Id } from '../../../lib/platform/ids.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import type { VerificationView } from '../../../lib/verification/verification-view.ts';
import { type Caller, callApi, lambdaContext } from '../../support/call.ts';
import {
  type CaseWorld,
  HAU_LOC,
  HOANG_HOA,
  LAN,
  OLD_DISTRICT,
  OPERATOR,
  PROVINCE,
  staff,
  startCaseWorld,
} from '../../support/case-world.ts';
import { DAY, NOW } from '../../support/pki/authority.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

// Files are signed for real: a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const CLERK = staff(PROVINCE, 'clerk');
const OFFICER = staff(PROVINCE, 'officer');
const LEADER = staff(PROVINCE, 'leader');
const RECEIVER = staff(HOANG_HOA, 'clerk');

let world: CaseWorld;
let salt = 0;
beforeAll(async () => {
  world = await startCaseWorld();
});
afterAll(() => world.close());

type Problem = { code?: string; field?: string };
const pdf = () => samplePdf({ trailer: `/Salt (d${salt++})` });
const call = <T = DispatchView & Problem>(caller: Caller, request: Parameters<typeof callApi>[2], body?: unknown) =>
  callApi<T>(world.dispatches, caller, request, body);
const read = async (code: string) => (await call(OFFICER, `GET /api/dispatches/${code}`)).body;
const incoming = async (unit: string, view = 'open') =>
  (await call<{ items: IncomingView[] }>(staff(unit, 'clerk'), `GET /api/incoming?unit=${unit}&view=${view}`)).body
    .items;

async function draftBody(overrides: object = {}) {
  const { documentId } = await world.upload(OFFICER, pdf(), PROVINCE);
  return { documentId, type: 'ke-hoach', subject: 'Kế hoạch', recipients: [HOANG_HOA], ...overrides };
}

async function draft(overrides: object = {}): Promise<string> {
  const answer = await call(OFFICER, 'POST /api/dispatches', { unit: PROVINCE, ...(await draftBody(overrides)) });
  expect(answer.body).toMatchObject({ state: 'draft' });
  return answer.body.code;
}

async function sign(code: string) {
  const { sha256, revision } = await read(code);
  const answer = await call(LEADER, `POST /api/dispatches/${code}/sign`, { sha256, revision });
  expect(answer.body).toMatchObject({ state: 'approved', working: true });
  await world.settle(code);
}

async function issue(overrides: object = {}): Promise<string> {
  const code = await draft(overrides);
  await sign(code);
  expect((await call(CLERK, `POST /api/dispatches/${code}/issue`)).body).toMatchObject({ state: 'issuing' });
  await world.settle(code);
  return code;
}

/** The incoming document of a dispatch at a unit. */
async function arrivedAt(unit: string, dispatch: string): Promise<IncomingView> {
  const view = await read(dispatch);
  const found = (await incoming(unit)).find((item) => item.reference === view.number);
  if (!found) throw new Error('not arrived');
  return found;
}

describe('a dispatch, from one agency to another', () => {
  it('is signed, numbered, sealed, delivered, checked, registered, and acknowledged', async () => {
    const code = await issue({ recipients: [HOANG_HOA, HAU_LOC], urgency: 'khan' });
    const issued = await read(code);
    expect(issued).toMatchObject({
      state: 'issued',
      number: '01/KH-UBND',
      signer: { capacity: 'head' },
      recipients: [
        { unit: HOANG_HOA, status: '01' },
        { unit: HAU_LOC, status: '01' },
      ],
      working: false,
    });
    const verdict = await verifyPdf(memorySource(await world.bytesOf(issued.documentId)), {
      trust: world.authority.trust,
      material: world.authority.material,
      at: NOW,
    });
    expect(verdict.status).toBe('TOTAL_PASSED');
    expect(verdict.signatures.map((item) => item.signer?.name)).toEqual([
      'Lãnh đạo Thanh Hóa',
      'Ủy ban nhân dân tỉnh Thanh Hóa',
    ]);

    const arrived = await arrivedAt(HOANG_HOA, code);
    expect(arrived).toMatchObject({
      state: 'arrived',
      sender: { code: PROVINCE },
      reference: '01/KH-UBND',
      registerBy: '2026-03-09T23:59:59+07:00',
      late: false,
      verdict: { passed: true, signatures: [{ status: 'TOTAL_PASSED' }, { status: 'TOTAL_PASSED' }] },
    });
    const registered = await call<IncomingView>(RECEIVER, `POST /api/incoming/${arrived.code}/register`);
    expect(registered.body).toMatchObject({ state: 'registered', number: '01', late: false });
    await world.settle(code);
    const other = await arrivedAt(HAU_LOC, code);
    await call(staff(HAU_LOC, 'clerk'), `POST /api/incoming/${other.code}/return`, { reason: 'Gửi nhầm.' });
    await world.settle(code);
    expect((await read(code)).recipients).toMatchObject([
      { unit: HOANG_HOA, status: '03', number: '01' },
      { unit: HAU_LOC, status: '02', reason: 'Gửi nhầm.' },
    ]);
    const templates = world.notices.filter((job) => job.caseId === code).map((job) => job.template);
    expect(templates).toEqual(['dispatch.to-sign', 'dispatch.to-issue', 'dispatch.registered', 'dispatch.returned']);
    for (const of of [code, arrived.code]) {
      const path = of === code ? `GET /api/dispatches/${of}/evidence` : undefined;
      if (path) expect((await call(OFFICER, path as 'GET /api/x')).body).toMatchObject({ whole: true });
    }
  });

  it('can be read by its recipients from the moment it is issued, and by no other unit', async () => {
    const code = await issue();
    const document = await world.documents.document((await read(code)).documentId as Id);
    expect(document.readers).toEqual([HOANG_HOA]);
  });

  it('reaches the successor of a recipient that has ended', async () => {
    const code = await issue({ recipients: [OLD_DISTRICT] });
    expect((await read(code)).recipients).toMatchObject([{ unit: HOANG_HOA, addressedTo: OLD_DISTRICT, status: '01' }]);
  });

  it('that is registered late says so', async () => {
    const code = await issue();
    const arrived = await arrivedAt(HOANG_HOA, code);
    expect(arrived.registerBy).toBe('2026-03-10T23:59:59+07:00');
    world.time.now = NOW + 2 * DAY;
    expect((await arrivedAt(HOANG_HOA, code)).late).toBe(true);
    const registered = await call<IncomingView>(RECEIVER, `POST /api/incoming/${arrived.code}/register`);
    expect(registered.body).toMatchObject({ state: 'registered', late: true });
    world.time.now = NOW;
  });
});

describe('a draft', () => {
  it('that was signed goes back to the signer when it changes', async () => {
    const code = await draft();
    await sign(code);
    const changed = await call(OFFICER, `PUT /api/dispatches/${code}`, await draftBody({ recipients: [HAU_LOC] }));
    expect(changed.body).toMatchObject({ state: 'draft', recipients: [{ unit: HAU_LOC }] });
    expect(changed.body).not.toHaveProperty('signer');
    expect((await call(CLERK, `POST /api/dispatches/${code}/issue`)).body).toMatchObject({ code: 'invalid_state' });
  });

  it('stands once it is numbered', async () => {
    const code = await issue();
    expect((await call(OFFICER, `PUT /api/dispatches/${code}`, await draftBody())).body).toMatchObject({
      code: 'invalid_state',
    });
  });

  it.each([
    ['an unknown recipient', { recipients: [HOANG_HOA, 'H99.1'] }, 'unit_unknown', 'recipients[1]'],
    ['a recipient twice', { recipients: [HOANG_HOA, HOANG_HOA] }, 'recipient_duplicate', 'recipients[1]'],
    [
      'a recipient twice under two codes',
      { recipients: [HOANG_HOA, OLD_DISTRICT] },
      'recipient_duplicate',
      'recipients[1]',
    ],
    ['the sender itself', { recipients: [PROVINCE] }, 'recipient_is_sender', 'recipients[0]'],
    ['no recipient', { recipients: [] }, 'invalid_field', 'recipients'],
    ['a type that is none', { type: 'tho' }, 'invalid_field', 'type'],
    ['another urgency', { urgency: 'now' }, 'invalid_field', 'urgency'],
    ['a document nobody has', { documentId: '0'.repeat(26) }, 'not_found', 'document'],
  ])('with %s is refused', async (_, overrides, code, field) => {
    const body = { unit: PROVINCE, ...(await draftBody(overrides)) };
    expect((await call(OFFICER, 'POST /api/dispatches', body)).body).toMatchObject({ code, field });
  });

  it('is signed by someone competent on the day, and only as it was shown', async () => {
    const code = await draft();
    const { sha256 } = await read(code);
    expect(
      (await call(LEADER, `POST /api/dispatches/${code}/sign`, { sha256: '0'.repeat(64), revision: 1 })).body,
    ).toMatchObject({
      code: 'document_changed',
    });
    const deputy = { sub: 'deputy-1' };
    const assignment = {
      unit: PROVINCE,
      role: 'leader',
      title: 'CHÁNH VĂN PHÒNG',
      capacity: 'TUQ',
      from: '2026-01-01',
    };
    await callApi(world.directory, OPERATOR, `PUT /api/people/${deputy.sub}`, {
      name: 'Phó',
      assignments: [assignment],
    });
    // Authorised without a time limit.
    expect((await call(deputy, `POST /api/dispatches/${code}/sign`, { sha256, revision: 1 })).body).toMatchObject({
      code: 'signer_not_competent',
    });
    const limited = { ...assignment, until: '2026-12-31' };
    await callApi(world.directory, OPERATOR, `PUT /api/people/${deputy.sub}`, { name: 'Phó', assignments: [limited] });
    expect((await call(deputy, `POST /api/dispatches/${code}/sign`, { sha256, revision: 1 })).body).toMatchObject({
      code: 'signer_without_certificate',
    });
  });
});

describe('what a leader is shown', () => {
  it('is what is signed: a draft to other recipients, over the same file, is another draft', async () => {
    const body = await draftBody();
    const { code, sha256, revision } = (await call(OFFICER, 'POST /api/dispatches', { unit: PROVINCE, ...body })).body;
    const changed = await call(OFFICER, `PUT /api/dispatches/${code}`, { ...body, recipients: [HAU_LOC] });
    expect(changed.body).toMatchObject({ sha256, revision: revision + 1 });
    const sign = (of: number) => call(LEADER, `POST /api/dispatches/${code}/sign`, { sha256, revision: of });
    const without = await call(LEADER, `POST /api/dispatches/${code}/sign`, { sha256 });
    expect(without).toMatchObject({ status: 422, body: { field: 'revision' } });
    expect(await sign(revision)).toMatchObject({ status: 409, body: { code: 'document_changed', field: 'revision' } });
    expect(await sign(revision + 1)).toMatchObject({ status: 200, body: { state: 'approved' } });
  });
});

describe('an agency that has ended', () => {
  const ENDED = 'H56.12.77';
  const end = (until?: string) =>
    callApi(world.directory, OPERATOR, `PUT /api/units/${ENDED}`, {
      ...{ name: 'Ủy ban nhân dân xã cũ', notation: 'UBND', place: 'Xã cũ', tier: 'commune', from: '2025-07-01' },
      ...(until ? { until } : {}),
    });
  const yesterday = new Date(NOW - DAY).toISOString().slice(0, 10);

  it('drafts, signs and issues nothing more, whoever still holds a place there', async () => {
    await end();
    const leader: Caller = { sub: 'leader-of-two' };
    const place = { unit: ENDED, title: 'Chủ tịch', from: '2025-07-01' };
    await callApi(world.directory, OPERATOR, `PUT /api/people/${leader.sub}`, {
      name: 'Người kiêm nhiệm',
      assignments: [
        { ...place, role: 'leader', capacity: 'head' },
        { ...place, role: 'clerk' },
      ],
    });
    const { documentId, sha256 } = await world.upload(leader, pdf(), ENDED);
    const body = { unit: ENDED, documentId, type: 'ke-hoach', subject: 'Kế hoạch', recipients: [HOANG_HOA] };
    const { code } = (await call(leader, 'POST /api/dispatches', body)).body;
    await end(yesterday);
    const ended = { status: 422, body: { code: 'unit_ended', field: 'unit' } };
    expect(await call(leader, `POST /api/dispatches/${code}/sign`, { sha256, revision: 1 })).toMatchObject(ended);
    const other = await world.upload(leader, pdf(), ENDED);
    expect(await call(leader, 'POST /api/dispatches', { ...body, documentId: other.documentId })).toMatchObject(ended);
  });

  it('takes no number for what was signed before', async () => {
    const code = await draft();
    await sign(code);
    const unit = { name: 'Ủy ban nhân dân tỉnh Thanh Hóa', notation: 'UBND', place: 'Thanh Hóa', tier: 'province' };
    const put = (until?: string) =>
      callApi(world.directory, OPERATOR, `PUT /api/units/${PROVINCE}`, { ...unit, from: '2025-07-01', until });
    await put(yesterday);
    expect((await call(CLERK, `POST /api/dispatches/${code}/issue`)).body).toMatchObject({ code: 'unit_ended' });
    await put();
    expect((await call(CLERK, `POST /api/dispatches/${code}/issue`)).body).toMatchObject({ state: 'issuing' });
  });
});

describe('who may do what', () => {
  it('who drafted for an agency reads its documents only as long as they work there', async () => {
    const leaving: Caller = { sub: 'officer-who-leaves' };
    const put = (assignments: object[]) =>
      callApi(world.directory, OPERATOR, `PUT /api/people/${leaving.sub}`, { name: 'Người đi', assignments });
    const place = { unit: PROVINCE, role: 'officer', title: 'Chuyên viên', from: '2025-07-01' };
    await put([place]);
    const { documentId } = await world.upload(leaving, pdf(), PROVINCE);
    await call(leaving, 'POST /api/dispatches', { unit: PROVINCE, ...(await draftBody({ documentId })) });
    const readable = async (caller: Caller) => {
      const document = await world.documents.document(documentId);
      const actor = await actorOf(
        { directory: world.signDeps.directory },
        { ...caller, name: '', email: undefined, groups: [] },
      );
      return allowed(actor, 'document.read', accessSubject(document), NOW);
    };
    expect(await readable(leaving)).toBe(true);
    await put([{ ...place, until: new Date(NOW - DAY).toISOString().slice(0, 10) }]);
    expect(await readable(leaving)).toBe(false);
    expect(await readable(OFFICER)).toBe(true);
  });

  let code: string;
  let arrived: string;
  beforeAll(async () => {
    code = await issue();
    arrived = (await arrivedAt(HOANG_HOA, code)).code;
  });

  it.each([
    ['a citizen', LAN],
    ['the operator', OPERATOR],
    ['a unit that has nothing to do with it', staff(HAU_LOC, 'clerk')],
    ['the receiver', RECEIVER],
  ])('%s does not see the sender’s case', async (_, caller) => {
    const requests: [Parameters<typeof callApi>[2], object?][] = [
      [`GET /api/dispatches/${code}`],
      [`GET /api/dispatches/${code}/evidence`],
      [`GET /api/dispatches?unit=${PROVINCE}`],
      [`GET /api/registers/${PROVINCE}/outgoing/2026`],
      [`PUT /api/dispatches/${code}`, await draftBody()],
      [`POST /api/dispatches/${code}/sign`, { sha256: '0'.repeat(64), revision: 1 }],
      [`POST /api/dispatches/${code}/issue`],
    ];
    for (const [request, body] of requests) {
      expect((await call(caller, request, body)).body).toMatchObject({ code: 'not_found' });
    }
    const body = { unit: PROVINCE, ...(await draftBody()) };
    expect((await call(caller, 'POST /api/dispatches', body)).body).toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['a citizen', LAN],
    ['the operator', OPERATOR],
    ['another unit', staff(HAU_LOC, 'clerk')],
    ['the sender', CLERK],
  ])('%s does not see the receiver’s case', async (_, caller) => {
    for (const request of [
      `GET /api/incoming/${arrived}`,
      `GET /api/incoming?unit=${HOANG_HOA}`,
      `GET /api/registers/${HOANG_HOA}/incoming/2026`,
      `POST /api/incoming/${arrived}/register`,
    ] as const) {
      expect((await call(caller, request)).body).toMatchObject({ code: 'not_found' });
    }
    expect((await call(caller, `POST /api/incoming/${arrived}/return`, { reason: 'x' })).body).toMatchObject({
      code: 'not_found',
    });
  });

  it('each role leaves to the others what is theirs', async () => {
    const forbidden: [Caller, Parameters<typeof callApi>[2], object?][] = [
      [OFFICER, `POST /api/dispatches/${code}/sign`, { sha256: '0'.repeat(64), revision: 1 }],
      [OFFICER, `POST /api/dispatches/${code}/issue`],
      [LEADER, `POST /api/dispatches/${code}/issue`],
      [CLERK, `POST /api/dispatches/${code}/sign`, { sha256: '0'.repeat(64), revision: 1 }],
      [LEADER, `PUT /api/dispatches/${code}`, await draftBody()],
      [staff(HOANG_HOA, 'officer'), `POST /api/incoming/${arrived}/register`],
      [staff(HOANG_HOA, 'leader'), `POST /api/incoming/${arrived}/return`, { reason: 'x' }],
    ];
    for (const [caller, request, body] of forbidden) {
      expect((await call(caller, request, body)).body).toMatchObject({ code: 'forbidden' });
    }
  });
});

describe('what does not pass the check', () => {
  it('is not registered; it can only be returned', async () => {
    // The authority loses its trust: nothing is wrong with the bytes, and yet there is doubt.
    const code = await draft();
    await sign(code);
    await call(CLERK, `POST /api/dispatches/${code}/issue`);
    const distrusted = { ...world.deliveryDeps, directory: withoutTrust() };
    const [seal] = await world.jobs(code);
    if (!seal) throw new Error('no job');
    await world.work(seal);
    const [delivery] = (await world.jobs(code)).filter((job) => job.job === 'deliver');
    if (!delivery) throw new Error('no delivery');
    await world.work(delivery, { sign: world.signDeps, delivery: distrusted });
    const arrived = await arrivedAt(HOANG_HOA, code);
    expect(arrived.verdict).toMatchObject({ passed: false });
    expect(arrived.verdict.signatures[0]?.reasons[0]).toMatchObject({ code: 'no_path_to_trust' });
    expect((await call(RECEIVER, `POST /api/incoming/${arrived.code}/register`)).body).toMatchObject({
      code: 'signature_not_valid',
    });
    const returned = await call(RECEIVER, `POST /api/incoming/${arrived.code}/return`, {
      reason: 'Chữ ký không hợp lệ.',
    });
    expect(returned.body).toMatchObject({ state: 'returned' });
    await world.settle(code);
    expect((await read(code)).recipients[0]).toMatchObject({ status: '02' });
  });

  function withoutTrust() {
    const { directory } = world.deliveryDeps;
    return new Proxy(directory, {
      get: (target, name) =>
        name === 'trustAnchors' ? async () => [] : (Reflect.get(target, name) as () => unknown).bind(target),
    });
  }
});

describe('verification', () => {
  const verify = async (bytes: Uint8Array) => {
    const event = {
      version: '2.0',
      rawPath: '/api/verify',
      headers: { 'content-type': 'application/pdf' },
      requestContext: { http: { method: 'POST', path: '/api/verify' } },
      body: Buffer.from(bytes).toString('base64'),
      isBase64Encoded: true,
    };
    const answer = await world.verify(event as never, lambdaContext());
    return JSON.parse(answer.body ?? '') as VerificationView;
  };

  it('confirms what was issued from its bytes alone, and nothing that differs by one of them', async () => {
    const code = await issue();
    const view = await read(code);
    const bytes = await world.bytesOf(view.documentId);
    expect(await verify(bytes)).toMatchObject({
      genuine: true,
      status: 'TOTAL_PASSED',
      issued: { what: 'dispatch', code, number: view.number, standing: 'in-force', signers: [{ title: 'CHỦ TỊCH' }] },
    });
    const document = await world.documents.document(view.documentId as Id);
    const [original, signed] = document.versions;
    if (!original || !signed) throw new Error('no versions');
    expect(await verify(await world.objects.read(original))).toMatchObject({ genuine: false, status: 'INDETERMINATE' });
    // Validly signed, but it was never issued: it lacks the seal.
    expect(await verify(await world.objects.read(signed))).toMatchObject({ genuine: false, status: 'TOTAL_PASSED' });
    const changed = Uint8Array.from(bytes);
    changed[bytes.length >> 2] = (changed[bytes.length >> 2] ?? 0) ^ 1;
    expect(await verify(changed)).toMatchObject({ genuine: false });
    expect(await verify(Buffer.from('no pdf'))).toMatchObject({ genuine: false, status: 'TOTAL_FAILED' });
  });

  it('is valid after the agency has ended, and says whom it belongs to since', async () => {
    const code = await issue();
    const bytes = await world.bytesOf((await read(code)).documentId);
    const name = 'Ủy ban nhân dân tỉnh Thanh Hóa';
    const put = (facts: object) =>
      callApi(world.directory, OPERATOR, `PUT /api/units/${PROVINCE}`, {
        ...{ name, notation: 'UBND', place: 'Thanh Hóa', tier: 'province', from: '2025-07-01' },
        ...facts,
      });
    await put({ until: '2026-03-09', successors: [HOANG_HOA] });
    world.time.now = NOW + DAY;
    const remark = { en: `Since 10 March 2026 ${name} belongs to Ủy ban nhân dân xã Hoằng Hóa.` };
    const successors = [{ code: HOANG_HOA, of: PROVINCE, from: '2026-03-10' }];
    const verified = await verify(bytes);
    expect(verified).toMatchObject({
      genuine: true,
      issued: { unit: { code: PROVINCE, name, until: '2026-03-09', successors }, remarks: [remark] },
    });
    expect(verified.conclusion.en).toMatch(remark.en);
    const [person, seal] = verified.signatures;
    expect(person).not.toHaveProperty('unit');
    expect(seal?.unit).toMatchObject({ code: PROVINCE, successors, remarks: [remark] });
    const asked = await callApi<{ items: unknown[] }>(world.verify, undefined, `GET /api/verify/${code}`);
    expect(asked.body.items).toMatchObject([{ unit: { until: '2026-03-09', successors }, remarks: [remark] }]);
    world.time.now = NOW;
    await put({});
    expect((await verify(bytes)).issued).toMatchObject({ unit: { successors: [] }, remarks: [] });
  });

  it('tells by code what was issued, and nothing of who drafted it', async () => {
    const code = await issue();
    const { documentId, sha256 } = await read(code);
    const ask = (text: string) =>
      callApi<{ items: { sha256: string }[]; code?: string }>(world.verify, undefined, `GET /api/verify/${text}`);
    for (const text of [code, code.toLowerCase(), documentId]) {
      const { body } = await ask(text);
      expect(body.items.map((item) => item.sha256)).toEqual([sha256]);
      expect(JSON.stringify(body)).not.toContain(OFFICER.sub);
    }
    expect((await ask(await draft())).body).toMatchObject({ code: 'not_found' });
  });
});
