import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PersonId } from '../../../lib/access/actor.ts';
import type { SignerFacts } from '../../../lib/directory/certificates.ts';
import type { Job } from '../../../lib/jobs/job.ts';
import { appendedSource, memorySource } from '../../../lib/pdf/byte-source.ts';
import type { PetitionView } from '../../../lib/petitions/petition-view.ts';
import type { Id } from '../../../lib/platform/ids.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { type Caller, callApi } from '../../support/call.ts';
import {
  BINH,
  type CaseWorld,
  dyingAfter,
  HAU_LOC,
  HOANG_HOA,
  LAN,
  OLD_DISTRICT,
  OPERATOR,
  staff,
  startCaseWorld,
} from '../../support/case-world.ts';
import { DAY, NOW } from '../../support/pki/authority.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

const CLERK = staff(HOANG_HOA, 'clerk');
const OFFICER = staff(HOANG_HOA, 'officer');
const LEADER = staff(HOANG_HOA, 'leader');
const STRANGER: Caller = { sub: 'stranger-1' };

// Pages are authored and files signed for real: a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let world: CaseWorld;
let salt = 0;
beforeAll(async () => {
  world = await startCaseWorld();
});
afterAll(() => world.close());

type Problem = { code?: string; field?: string };
type Answer = PetitionView & Problem;
const pdf = () => samplePdf({ trailer: `/Salt (${salt++})` });

const call = (caller: Caller, request: Parameters<typeof callApi>[2], body?: unknown, key?: string) =>
  callApi<Answer>(world.petitions, caller, request, body, key);
const post = (caller: Caller, code: string, verb: string, body?: unknown, key?: string) =>
  call(caller, `POST /api/petitions/${code}/${verb}`, body, key);
const read = async (code: string, caller: Caller = LAN) => (await call(caller, `GET /api/petitions/${code}`)).body;

async function submit(overrides: object = {}, caller = LAN): Promise<string> {
  const body = {
    kind: 'feedback',
    unit: HOANG_HOA,
    subject: 'Đường hỏng',
    text: 'Đường liên thôn bị hỏng.',
    ...overrides,
  };
  const answer = await call(caller, 'POST /api/petitions', body);
  expect(answer.body).toMatchObject({ state: 'submitted' });
  expect(answer.status).toBe(201);
  return answer.body.code;
}

/** Brings a petition up to a state by its verbs, all work done. */
async function bring(to: PetitionView['state'], overrides: object = {}): Promise<string> {
  const code = await submit(overrides);
  const steps: [PetitionView['state'], () => Promise<unknown>][] = [
    ['submitted', async () => {}],
    ['accepted', () => post(CLERK, code, 'accept')],
    ['assigned', () => post(CLERK, code, 'assign', { assignee: OFFICER.sub })],
    [
      'answer-drafted',
      async () => {
        const { documentId } = await world.upload(OFFICER, pdf(), HOANG_HOA);
        return post(OFFICER, code, 'answer', { documentId });
      },
    ],
    [
      'answer-signed',
      async () => post(LEADER, code, 'answer/sign', { sha256: (await read(code, LEADER)).draft?.sha256 }),
    ],
    ['answered', () => post(CLERK, code, 'answer/issue')],
  ];
  for (const [state, step] of steps) {
    await step();
    // Receipts have their own tests.
    await world.settle(code, ['sign-receipt']);
    if (state === to) break;
  }
  const found = await read(code, CLERK);
  expect(found.state).toBe(to);
  return code;
}

describe('a petition, from the citizen to the answer and back', () => {
  it('is accepted, assigned, answered, signed, numbered, sealed, and verified from its bytes', async () => {
    const attachment = await world.upload(LAN, pdf());
    const code = await submit({ attachments: [attachment.documentId] });
    expect(code).toMatch(/^PA-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$/);
    await world.settle(code);
    const received = await read(code);
    expect(received.documents.map((item) => item.role)).toEqual(['attachment', 'receipt']);

    world.time.now = NOW + DAY;
    const accepted = await post(CLERK, code, 'accept');
    // 15 working days from 10 March 2026: both beginnings are shown, the clock starts at acceptance.
    expect(accepted.body).toMatchObject({
      submittedAt: '2026-03-09T08:15:00+07:00',
      acceptedAt: '2026-03-10T08:15:00+07:00',
      deadline: { day: '2026-03-31', limit: 'feedback-2008', calendar: ['vn-2026.1'], days: 15 },
    });
    await post(CLERK, code, 'assign', { assignee: OFFICER.sub });
    const text = 'Ủy ban nhân dân xã đã kiểm tra.\n\nĐường sẽ được sửa trong tháng 4.';
    expect((await post(OFFICER, code, 'answer', { text })).body).toMatchObject({ state: 'answer-writing' });
    await world.settle(code);
    const drafted = await read(code, LEADER);
    expect(drafted).toMatchObject({ state: 'answer-drafted', working: false });
    expect(await read(code)).not.toHaveProperty('draft');

    const signing = await post(LEADER, code, 'answer/sign', { sha256: drafted.draft?.sha256 });
    expect(signing.body).toMatchObject({ state: 'answer-approved', working: true });
    await world.settle(code);
    expect((await post(CLERK, code, 'answer/issue')).body).toMatchObject({
      state: 'answer-issuing',
      number: '01/UBND',
    });
    await world.settle(code);
    const answered = await read(code);
    expect(answered).toMatchObject({ state: 'answered', number: '01/UBND', onTime: true, late: false });

    const answer = answered.documents.find((item) => item.role === 'answer');
    const bytes = await world.bytesOf(answer?.id ?? '');
    const verdict = await verifyPdf(memorySource(bytes), {
      trust: world.authority.trust,
      material: world.authority.material,
      at: world.time.now,
    });
    expect(verdict.signatures.map((item) => [item.signer?.name, item.status, item.coverage?.wholeFile])).toEqual([
      ['Lãnh đạo Hoằng Hóa', 'TOTAL_PASSED', false],
      ['Ủy ban nhân dân xã Hoằng Hóa', 'TOTAL_PASSED', true],
    ]);
    expect(verdict.status).toBe('TOTAL_PASSED');

    expect((await post(LAN, code, 'rating', { helped: true })).body).toMatchObject({ helped: true });
    expect((await post(LAN, code, 'rating', { helped: false })).body).toMatchObject({ code: 'invalid_state' });
    const mails = world.notices.filter((job) => job.caseId === code).map((job) => job.template);
    expect(mails).toEqual([
      'petition.arrived',
      'petition.received',
      'petition.accepted',
      'petition.assigned',
      'petition.to-sign',
      'petition.to-issue',
      'petition.answered',
    ]);
    world.time.now = NOW;
  });

  it('tells its citizen what has happened, and what comes next by when', async () => {
    const code = await submit();
    await world.settle(code);
    const timeline = async () =>
      (await call(LAN, `GET /api/petitions/${code}/timeline`)).body as unknown as {
        entries: { type: string; vi: string; en: string }[];
        next?: { vi: string; by?: string };
      };
    expect((await timeline()).next?.by).toBeUndefined();
    await post(CLERK, code, 'accept');
    const { entries, next } = await timeline();
    expect(entries.map((entry) => entry.type)).toEqual([
      'petition.submitted',
      'petition.receipt-sealed',
      'petition.accepted',
    ]);
    expect(entries[2]).toMatchObject({
      vi: expect.stringContaining('30/03/2026'),
      en: expect.stringContaining('30/03/2026'),
    });
    expect(next).toMatchObject({ by: '2026-03-30T23:59:59+07:00' });
    await post(CLERK, code, 'return', { reason: 'Không thuộc thẩm quyền.' });
    expect((await timeline()).next).toBeUndefined();
    expect(await read(code)).toMatchObject({ state: 'returned', reason: 'Không thuộc thẩm quyền.' });
  });

  it('keeps evidence whose chain is whole and that holds no words of the citizen', async () => {
    const code = await bring('answered');
    await world.work({ job: 'sign-receipt', id: `${code}-1-0`, caseId: code, seq: 1 });
    const evidence = (await call(LAN, `GET /api/petitions/${code}/evidence`)).body as unknown as {
      whole: boolean;
      events: { type: string }[];
    };
    expect(evidence.whole).toBe(true);
    expect(evidence.events.map((event) => event.type)).toContain('petition.answered');
    const text = JSON.stringify(evidence);
    for (const word of ['Đường', LAN.name, LAN.email]) expect(text).not.toContain(word);
  });

  it('reaches the successor of a unit that has ended', async () => {
    const code = await submit({ unit: OLD_DISTRICT });
    expect(await read(code, CLERK)).toMatchObject({ unit: HOANG_HOA, addressedTo: OLD_DISTRICT });
  });

  it('is answered by calendar days where the law says so', async () => {
    const code = await bring('accepted', { kind: 'complaint' });
    expect(code).toMatch(/^KN-/);
    expect((await read(code)).deadline).toMatchObject({
      day: '2026-04-08',
      counted: 'calendar-days',
      limit: 'complaint-2012',
    });
  });
});

describe('a draft', () => {
  it('goes back to the signer when it changes, and never loses to an older approval', async () => {
    const code = await bring('answer-signed');
    const { documentId } = await world.upload(OFFICER, pdf(), HOANG_HOA);
    expect((await post(OFFICER, code, 'answer', { documentId })).body).toMatchObject({ state: 'answer-drafted' });
    expect((await post(CLERK, code, 'answer/issue')).body).toMatchObject({ code: 'invalid_state' });
  });

  it('is signed only as it was shown', async () => {
    const code = await bring('answer-drafted');
    expect((await post(LEADER, code, 'answer/sign', { sha256: '0'.repeat(64) })).body).toMatchObject({
      code: 'document_changed',
    });
    expect((await read(code, LEADER)).state).toBe('answer-drafted');
  });

  it('that cannot be signed comes back with the reason', async () => {
    const code = await bring('assigned');
    const { documentId } = await world.upload(
      OFFICER,
      samplePdf({ catalog: '/AcroForm << /XFA [] /Fields [] >>' }),
      HOANG_HOA,
    );
    await post(OFFICER, code, 'answer', { documentId });
    await post(LEADER, code, 'answer/sign', { sha256: (await read(code, LEADER)).draft?.sha256 });
    await world.settle(code);
    expect(await read(code, OFFICER)).toMatchObject({ state: 'answer-drafted', draft: { problem: 'pdf_xfa' } });
  });

  it('is not a document of another case, nor one that is signed', async () => {
    const first = await bring('answer-signed');
    const used = (await read(first, LEADER)).draft?.documentId;
    expect((await post(OFFICER, first, 'answer', { documentId: used })).body).toMatchObject({ code: 'invalid_state' });
    const second = await bring('assigned');
    expect((await post(OFFICER, second, 'answer', { documentId: used })).body).toMatchObject({ code: 'invalid_state' });
  });

  it('belongs to the agency, not to whoever uploaded it, and at last to the citizen', async () => {
    const code = await bring('answer-drafted');
    const { documentId = '' } = (await read(code, LEADER)).draft ?? {};
    const drafted = await world.documents.document(documentId as Id);
    expect([drafted.unit, drafted.owner]).toEqual([HOANG_HOA, undefined]);
    await post(LEADER, code, 'answer/sign', { sha256: (await read(code, LEADER)).draft?.sha256 });
    await world.settle(code);
    await post(CLERK, code, 'answer/issue');
    await world.settle(code);
    expect(await world.documents.document(documentId as Id)).toMatchObject({ unit: HOANG_HOA, owner: LAN.sub });
  });

  it('is nothing that the citizen sent or was given', async () => {
    const attachment = await world.upload(LAN, pdf());
    const code = await submit({ attachments: [attachment.documentId] });
    await world.settle(code);
    await post(CLERK, code, 'accept');
    await post(CLERK, code, 'assign', { assignee: OFFICER.sub });
    const { documents } = await read(code);
    expect(documents.map((item) => item.role)).toEqual(['attachment', 'receipt']);
    for (const { id } of documents) {
      const answer = await post(OFFICER, code, 'answer', { documentId: id });
      expect(answer.body).toMatchObject({ code: 'invalid_state', field: 'documentId' });
    }
  });
});

describe('a denunciation', () => {
  it('leaves no hash against which the ids of people one knows could be tried', async () => {
    const code = await submit({ kind: 'denunciation' });
    await world.settle(code);
    await post(CLERK, code, 'accept');
    const events = await world.events.log(code);
    const shown = JSON.stringify((await call(CLERK, `GET /api/petitions/${code}/evidence`)).body);
    for (const { hash } of events) expect(shown).not.toContain(hash);
    const owner = JSON.stringify((await call(LAN, `GET /api/petitions/${code}/evidence`)).body);
    for (const { hash } of events) expect(owner).toContain(hash);
  });

  it.each(['written by the officer', 'uploaded by the officer'])(
    'keeps its answer, %s, to the same people',
    async (how) => {
      const code = await submit({ kind: 'denunciation' });
      await post(CLERK, code, 'accept');
      await post(LEADER, code, 'assign', { assignee: OFFICER.sub });
      const upload = how.startsWith('uploaded') && (await world.upload(OFFICER, pdf(), HOANG_HOA));
      await post(OFFICER, code, 'answer', upload ? { documentId: upload.documentId } : { text: 'Đã xác minh.' });
      await world.settle(code, ['sign-receipt']);
      const draft = (await read(code, LEADER)).draft;
      await post(LEADER, code, 'answer/sign', { sha256: draft?.sha256 });
      await world.settle(code, ['sign-receipt']);
      await post(CLERK, code, 'answer/issue');
      await world.settle(code, ['sign-receipt']);
      expect(await world.documents.document(draft?.documentId as Id)).toMatchObject({
        owner: LAN.sub,
        identityProtected: true,
        assignee: OFFICER.sub,
      });
      expect((await read(code, CLERK)).documents).toEqual([]);
      expect((await read(code, OFFICER)).documents.map((item) => item.role)).toEqual(['answer']);
    },
  );

  it('keeps who made it from everyone but those who must handle it', async () => {
    const attachment = await world.upload(LAN, pdf());
    const code = await submit({ kind: 'denunciation', attachments: [attachment.documentId] });
    expect(code).toMatch(/^TC-/);
    await world.settle(code);
    await post(CLERK, code, 'accept');
    expect((await call(OFFICER, `GET /api/petitions/${code}`)).body).toMatchObject({ code: 'not_found' });
    await post(LEADER, code, 'assign', { assignee: OFFICER.sub });
    const clerkSees = await read(code, CLERK);
    expect(clerkSees).not.toHaveProperty('sender');
    expect(clerkSees.documents).toEqual([]);
    for (const handler of [OFFICER, LEADER]) {
      expect(await read(code, handler)).toMatchObject({ sender: { id: LAN.sub, name: LAN.name } });
    }
    const evidence = await call(CLERK, `GET /api/petitions/${code}/evidence`);
    expect(JSON.stringify(evidence.body)).not.toContain(LAN.sub);
    expect(evidence.body).toMatchObject({ whole: true, redacted: true });
    const queue = await call(OFFICER, `GET /api/petitions?unit=${HOANG_HOA}&limit=100&mine=true`);
    expect(JSON.stringify(queue.body)).not.toContain(LAN.sub);
    expect(await world.documents.document(attachment.documentId as Id)).toMatchObject({
      identityProtected: true,
      assignee: OFFICER.sub,
    });
  });
});

describe('who may do what', () => {
  let code: string;
  beforeAll(async () => {
    code = await bring('accepted');
  });
  const outsiders: [string, Caller][] = [
    ['a stranger', STRANGER],
    ['another citizen', BINH],
    ['the neighbour’s clerk', staff(HAU_LOC, 'clerk')],
    ['the neighbour’s officer', staff(HAU_LOC, 'officer')],
    ['the neighbour’s leader', staff(HAU_LOC, 'leader')],
    ['the operator', OPERATOR],
  ];
  const verbs: [string, object?][] = [
    ['accept'],
    ['assign', { assignee: OFFICER.sub }],
    ['return', { reason: 'x' }],
    ['answer', { text: 'x' }],
    ['answer/sign', { sha256: '0'.repeat(64) }],
    ['answer/issue'],
    ['rating', { helped: true }],
  ];

  it.each(outsiders)('%s learns nothing and changes nothing', async (_, caller) => {
    for (const path of ['', '/timeline', '/evidence']) {
      expect((await call(caller, `GET /api/petitions/${code}${path}`)).body).toMatchObject({ code: 'not_found' });
    }
    for (const [verb, body] of verbs) {
      expect((await post(caller, code, verb, body)).body).toMatchObject({ code: 'not_found' });
    }
    expect((await call(caller, `GET /api/petitions?unit=${HOANG_HOA}`)).body).toMatchObject({ code: 'not_found' });
  });

  it('its citizen reads it, but does not handle it', async () => {
    for (const [verb, body] of verbs.slice(0, -1)) {
      expect((await post(LAN, code, verb, body)).body).toMatchObject({ code: 'forbidden' });
    }
  });

  it.each([
    ['the officer', OFFICER, ['accept', 'assign', 'return', 'answer', 'answer/sign', 'answer/issue', 'rating']],
    ['the clerk', CLERK, ['answer', 'answer/sign', 'rating']],
    ['the leader', LEADER, ['accept', 'answer', 'answer/issue', 'rating']],
  ] as const)('%s leaves to others what is theirs', async (_, caller, names) => {
    for (const [verb, body] of verbs.filter(([name]) => (names as readonly string[]).includes(name))) {
      expect((await post(caller, code, verb, body)).body).toMatchObject({ code: 'forbidden' });
    }
  });
});

describe('wrong input', () => {
  it('a code of another kind of case is no petition, whether it is there or not', async () => {
    const documentId = (await world.upload(OFFICER, pdf(), HOANG_HOA)).documentId;
    const body = { unit: HOANG_HOA, documentId, type: 'giay-moi', subject: 'Mời họp', recipients: [HAU_LOC] };
    const dispatch = await callApi<{ code: string }>(world.dispatches, OFFICER, 'POST /api/dispatches', body);
    const foreign = await call(STRANGER, `GET /api/petitions/${dispatch.body.code}`);
    expect([foreign.status, foreign.body.code]).toEqual([404, 'not_found']);
  });

  it.each([
    ['without all its keys', { gsi2pk: `PETITIONS#${HOANG_HOA}#open` }],
    ['with a key too many', { gsi2pk: `PETITIONS#${HOANG_HOA}#open`, gsi2sk: 'a', pk: 'a', sk: 'a', x: 'a' }],
    ['with an empty key', { gsi2pk: `PETITIONS#${HOANG_HOA}#open`, gsi2sk: 'a', pk: '', sk: 'a' }],
    ['with a key that is no text', { gsi2pk: `PETITIONS#${HOANG_HOA}#open`, gsi2sk: true, pk: 'a', sk: 'a' }],
    ['with a list for a key', { gsi2pk: `PETITIONS#${HOANG_HOA}#open`, gsi2sk: ['a'], pk: 'a', sk: 'a' }],
    ['of another queue', { gsi2pk: `PETITIONS#${HAU_LOC}#open`, gsi2sk: 'a', pk: 'a', sk: 'a' }],
    ['that is no object', null],
  ])('a cursor %s is refused', async (_, key) => {
    const cursor = Buffer.from(JSON.stringify(key)).toString('base64url');
    const answer = await call(CLERK, `GET /api/petitions?unit=${HOANG_HOA}&cursor=${cursor}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'bad_cursor']);
  });

  it.each([
    ['a unit nobody knows', { unit: 'H99.1' }, 'unit_unknown'],
    ['an attachment nobody has', { attachments: ['0'.repeat(26)] }, 'not_found'],
    ['an attachment that is no id', { attachments: ['x'] }, 'not_found'],
    ['no text', { text: ' ' }, 'invalid_field'],
    ['a field nobody asked for', { owner: BINH.sub }, 'invalid_field'],
    ['another lane', { kind: 'praise' }, 'invalid_field'],
  ])('%s is refused', async (_, overrides, code) => {
    const body = { kind: 'feedback', unit: HOANG_HOA, subject: 's', text: 't', ...overrides };
    expect((await call(LAN, 'POST /api/petitions', body)).body).toMatchObject({ code });
  });

  it('an attachment of someone else, or twice, is refused, and stays free', async () => {
    const theirs = await world.upload(BINH, pdf());
    const own = await world.upload(LAN, pdf());
    const body = { kind: 'feedback', unit: HOANG_HOA, subject: 's', text: 't' };
    const attempt = (attachments: string[]) => call(LAN, 'POST /api/petitions', { ...body, attachments });
    expect((await attempt([own.documentId, theirs.documentId])).body).toMatchObject({
      code: 'not_found',
      field: 'attachments[1]',
    });
    expect((await attempt([own.documentId, own.documentId])).body).toMatchObject({ code: 'invalid_field' });
    expect(await world.documents.document(own.documentId)).not.toHaveProperty('caseId');
    expect((await attempt([own.documentId])).status).toBe(201);
    expect((await attempt([own.documentId])).body).toMatchObject({ code: 'invalid_state' });
  });

  it('a verb in the wrong state, or twice, is refused', async () => {
    const code = await submit();
    expect((await post(CLERK, code, 'assign', { assignee: OFFICER.sub })).body).toMatchObject({
      code: 'invalid_state',
    });
    expect((await post(CLERK, code, 'answer/issue')).body).toMatchObject({ code: 'invalid_state' });
    await post(CLERK, code, 'accept');
    expect((await post(CLERK, code, 'accept')).body).toMatchObject({ code: 'invalid_state' });
    expect((await post(CLERK, code, 'assign', { assignee: LEADER.sub })).body).toMatchObject({
      code: 'person_unknown',
    });
    expect((await post(CLERK, code, 'assign', { assignee: staff(HAU_LOC, 'officer').sub })).body).toMatchObject({
      code: 'person_unknown',
    });
  });

  it('a repeated request gives the same answer; the same key for another is refused', async () => {
    const body = { kind: 'feedback', unit: HOANG_HOA, subject: 's', text: 't' };
    const [first, again] = await Promise.all([1, 2].map(() => call(BINH, 'POST /api/petitions', body, 'same-key-1')));
    expect(again?.body).toEqual(first?.body);
    const other = await call(BINH, 'POST /api/petitions', { ...body, text: 'u' }, 'same-key-1');
    expect(other.body).toMatchObject({ code: 'idempotency_key_reused' });
    const mine = (await call(BINH, 'GET /api/petitions')).body as unknown as { items: unknown[] };
    expect(mine.items).toHaveLength(1);
  });

  it('a code that was mistyped is not found', async () => {
    const code = await submit();
    const mistyped = `${code.slice(0, -1)}${code.endsWith('7') ? '8' : '7'}`;
    expect((await call(LAN, `GET /api/petitions/${mistyped}`)).body).toMatchObject({ code: 'not_found' });
    expect((await call(LAN, `GET /api/petitions/${code.toLowerCase().replaceAll('-', '')}`)).body).toMatchObject({
      code,
    });
  });
});

// Deaths between any two steps of every worker: tests/stack/crashes.test.ts. Here, what a repeated run finds in storage.
describe('a signing job that comes again', () => {
  it('seals the very receipt that an earlier run stored, wherever that died', async () => {
    let n = 1;
    for (; ; n++) {
      const code = await submit();
      const job = await signingJob(code);
      const dying = dyingAfter(world.signDeps, n);
      const died = await world.work(job, { sign: dying.deps, delivery: world.deliveryDeps }).catch(() => true);
      if (!died && dying.calls() < n) break;
      await world.work(job);
      await world.work(job);
      const sealed = (await world.events.log(code)).filter((event) => event.type === 'petition.receipt-sealed');
      expect(sealed).toHaveLength(1);
      const document = await world.documents.document(sealed[0]?.data.documentId as Id);
      expect(document.versions).toMatchObject([{ n: 1, kind: 'receipt', sha256: sealed[0]?.data.sha256 }]);
      expect(await statusOf(document.id)).toBe('TOTAL_PASSED');
    }
    expect(n).toBeGreaterThan(3);
  });

  it('adopts the signature that an earlier run stored', async () => {
    const { code, job, documentId } = await approved();
    const stored = dyingAfter(world.signDeps, callsUntilStored);
    await expect(world.work(job, { sign: stored.deps, delivery: world.deliveryDeps })).rejects.toThrow('killed');
    expect(await world.objects.keep(documentId, 2, 'signed', pdf())).toMatchObject({ adopted: true });
    await world.work(job);
    expect((await read(code, CLERK)).state).toBe('answer-signed');
    expect(await statusOf(documentId)).toBe('TOTAL_PASSED');
  });

  it.each([
    ['another file', async () => pdf()],
    ['the right file without a signature', async (original: Uint8Array) => original],
    [
      'the right file, signed by someone else',
      async (original: Uint8Array) => {
        const source = memorySource(original);
        const { tail, length } = await signPdf(source, { signer: world.authority.signer(), signingTime: NOW });
        return appendedSource(source, tail).read(0, length);
      },
    ],
    [
      'another file, signed by the right person',
      async (_: Uint8Array, facts: SignerFacts) => {
        const source = memorySource(pdf());
        const signer = world.signDeps.signerFor(facts);
        const { tail, length } = await signPdf(source, { signer, signingTime: NOW });
        return appendedSource(source, tail).read(0, length);
      },
    ],
  ])('does not adopt %s', async (_, planted) => {
    const { code, job, documentId } = await approved();
    const facts = await world.signDeps.directory.signerOf({ kind: 'person', id: LEADER.sub as PersonId }, NOW);
    const bytes = await planted(await world.bytesOf(documentId), facts);
    await world.objects.keep(documentId, 2, 'signed', bytes);
    await expect(world.work(job)).rejects.toThrow('document_changed');
    expect(await read(code, LEADER)).toMatchObject({ state: 'answer-approved' });
    expect((await world.documents.document(documentId)).versions).toHaveLength(1);
  });

  /** Petition, document, unit, signer's facts, trust, original; then the signed version is stored. */
  const callsUntilStored = 7;

  async function statusOf(documentId: string) {
    const source = memorySource(await world.bytesOf(documentId));
    return (await verifyPdf(source, { trust: world.authority.trust, material: world.authority.material, at: NOW }))
      .status;
  }

  async function signingJob(code: string): Promise<Job> {
    const job = (await world.jobs(code)).find((item) => item.job !== 'notify');
    if (!job) throw new Error('no job');
    return job;
  }

  /** A petition whose leader has approved the answer, with the job that is to sign it. */
  async function approved() {
    const code = await bring('answer-drafted');
    const { draft } = await read(code, LEADER);
    await post(LEADER, code, 'answer/sign', { sha256: draft?.sha256 });
    return { code, job: await signingJob(code), documentId: draft?.documentId as Id };
  }
});
