import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOANG_GIANG, PROVINCE } from '../../cli/demo/people.ts';
import { sendFile } from '../../cli/upload.ts';
import type { JsonObject, Template } from '../../local/assembly/template.ts';
import type { AwsCall } from '../../local/gateway/gateway.ts';
import { giveOwnKey } from '../support/certified-key.ts';
import {
  arrivals,
  type DispatchAnswer,
  documentOf,
  draftDispatch,
  freshPdf,
  objectsIn,
  type PetitionAnswer,
  petitionSteps,
  signDispatch,
  submit,
  uploaded,
} from '../support/demo-cases.ts';
import { type DemoStack, notEmpty, openDemoStack, outcome, type QueueName } from '../support/demo-stack.ts';
import { expectHistory, expectNothingLeft, mailsOf } from '../support/final-state.ts';
import { png } from '../unit/pdf/png.ts';
import { staleExplanations, unusedGrants } from './granted.ts';

let demo: DemoStack;
const calls: AwsCall[] = [];
/** A day can pass in one step. */
let passed = 0;
beforeAll(async () => {
  demo = await openDemoStack({
    clock: { now: () => Date.now() + passed },
    observers: [{ before: (call) => void calls.push(call) }],
  });
});
afterAll(() => demo?.close());

const AFTER_VISIBILITY_MS = 7 * 60_000;

/** One grant, missing. */
interface Missing {
  readonly worker: string;
  readonly action: string;
  /** Part of the ARN that it is missing on. */
  readonly on: string;
}

/** Runs `act` while a function lacks a grant, and finds the refusal in the log with all that is needed to mend it. */
async function without<T>({ worker, action, on }: Missing, act: () => Promise<T>): Promise<T> {
  const giveBack = demo.stack.faults.withhold(worker, action);
  const from = demo.log.length;
  try {
    return await act();
  } finally {
    await demo.settled();
    giveBack();
    const refused = demo.log.slice(from).filter(({ source }) => source === 'iam');
    expect(refused.map(({ text }) => text).join('\n')).toContain(
      `AccessDenied for ${demo.stack.functions.id(worker)}: ${action} on `,
    );
    for (const { text } of refused) expect(text).toMatch(/ on (arn:|\*).*: no identity-based policy of \w+ allows it$/);
    for (const { text } of refused) expect(text).toContain(on);
  }
}

describe('a request whose function lacks a grant', () => {
  const LIST = `/api/dispatches?unit=${PROVINCE}`;
  const cases: readonly (Missing & { readonly act: () => Promise<unknown>; readonly seen: string })[] = [
    {
      worker: 'petitions-api',
      action: 'dynamodb:PutItem',
      on: ':table/',
      act: () => submit(demo),
      seen: '500 internal',
    },
    {
      worker: 'dispatches-api',
      action: 'dynamodb:Query',
      on: ':table/',
      act: async () => (await demo.as('provinceClerk')).get(LIST),
      seen: '500 internal',
    },
    {
      worker: 'directory-api',
      action: 'kms:CreateKey',
      on: '*',
      act: async () => (await demo.as('operator')).post(`/api/people/${OFFICER}/key`),
      seen: '500 internal',
    },
    {
      worker: 'verify-api',
      action: 'kms:Decrypt',
      on: ':key/',
      act: () => demo.anyone.get(`/api/verify/${DONE}`),
      seen: '500 internal',
    },
  ];
  const OFFICER = '00000000-0000-4000-8000-000000000032';
  let DONE = '';
  beforeAll(async () => {
    DONE = (await submit(demo)).code;
    await demo.settled();
  });

  it.each(cases)('$worker without $action: answers $seen, and with it does what was asked', async (one) => {
    expect(await without(one, () => outcome(one.act()))).toBe(one.seen);
    expect(await outcome(one.act())).toMatch(/^answered /);
    await demo.settled();
  });

  it('documents-api without s3:PutObject: gives a form that storage does not take', async () => {
    const citizen = await demo.as('citizenThao');
    const missing = { worker: 'documents-api', action: 's3:PutObject', on: '/intake/' };
    await expect(without(missing, () => sendFile(citizen, freshPdf()))).rejects.toThrow(/403 .*AccessDenied/s);
    expect(await objectsIn(demo, 'intake')).toEqual([]);
    await uploaded(demo, citizen);
  });

  it('documents-api without s3:GetObjectVersion: gives an address that storage does not serve', async () => {
    const citizen = await demo.as('citizenThao');
    const { documents } = await citizen.get<PetitionAnswer>(`/api/petitions/${DONE}`);
    const { url } = await citizen.get<{ url: string }>(`/api/documents/${documents[0]?.id}/versions/1/content`);
    const missing = { worker: 'documents-api', action: 's3:GetObjectVersion', on: '/documents/' };
    expect((await without(missing, () => fetch(url))).status).toBe(403);
    expect((await fetch(url)).status).toBe(200);
  });
});

describe('work whose function lacks a grant', () => {
  /** The message waits where it was; nothing has come of it. */
  const waitsIn = async (queue: QueueName) => expect(await notEmpty(demo)).toEqual({ [queue]: 1 });
  const tryAgain = async () => {
    await demo.stack.advance(AFTER_VISIBILITY_MS);
    await expectNothingLeft(demo);
  };
  const history = async (code: string, ...later: readonly string[]) =>
    expectHistory(demo, await demo.as('communeClerk'), `/api/petitions/${code}`, ['petition.submitted', ...later]);

  it.each([
    { action: 'kms:Sign', on: ':key/', minutes: 21 },
    { action: 's3:PutObject', on: '/documents/', minutes: 0 },
  ])('sign-worker without $action: no receipt, until it has it', async ({ action, on, minutes }) => {
    const { code } = await without({ worker: 'sign-worker', action, on }, async () => {
      const petition = await submit(demo);
      await demo.settled();
      await waitsIn('sign');
      await history(petition.code);
      await demo.stack.advance(minutes * 60_000);
      return petition;
    });
    // After a quarter of an hour the sweep sends it again.
    expect(await notEmpty(demo)).toEqual({ sign: minutes < 15 ? 1 : 2 });
    await tryAgain();
    await history(code, 'petition.receipt-sealed');
  });

  it.each([
    { action: 's3:PutObject', on: '/documents/' },
    { action: 's3:DeleteObjectVersion', on: '/intake/' },
  ])('intake-worker without $action: the file waits in intake', async ({ action, on }) => {
    const citizen = await demo.as('citizenThao');
    const id = await without({ worker: 'intake-worker', action, on }, () => sendFile(citizen, freshPdf()));
    await waitsIn('intake');
    expect(await objectsIn(demo, 'intake')).toEqual([`intake/${id}`]);
    await tryAgain();
    await documentOf(citizen, id);
  });

  it('relay without sqs:SendMessage: the stream waits with the event', async () => {
    const missing = { worker: 'relay', action: 'sqs:SendMessage', on: ':' };
    const { code } = await without(missing, () => submit(demo));
    expect(await notEmpty(demo)).toEqual({});
    expect(mailsOf(demo, code)).toEqual([]);
    await tryAgain();
    await history(code, 'petition.receipt-sealed');
  });

  it('notify-worker without ses:SendEmail: no mail, then one', async () => {
    const { code } = await submit(demo);
    await demo.settled();
    const missing = { worker: 'notify-worker', action: 'ses:SendEmail', on: ':identity/' };
    await without(missing, () => petitionSteps.accept(demo, code));
    await waitsIn('notify');
    await tryAgain();
    await history(code, 'petition.receipt-sealed', 'petition.accepted');
  });

  it('mail-events-worker without dynamodb:GetItem: the report waits', async () => {
    const missing = { worker: 'mail-events-worker', action: 'dynamodb:GetItem', on: ':table/' };
    const { code } = await without(missing, () => submit(demo));
    // Of the clerk's mail and of the citizen's.
    expect(await notEmpty(demo)).toEqual({ 'mail-events': 2 });
    await tryAgain();
    await history(code, 'petition.receipt-sealed');
  });

  it('delivery-worker without s3:GetObjectVersion: nothing arrives, until it has it', async () => {
    const documentId = await uploaded(demo, await demo.as('provinceOfficer'), PROVINCE);
    const { code } = await draftDispatch(demo, documentId);
    await signDispatch(demo, code);
    await demo.settled();
    // Time passes: whoever comes later signs in anew.
    const [sender, receiver] = [() => demo.as('provinceClerk'), () => demo.as('communeClerk')];
    const missing = { worker: 'delivery-worker', action: 's3:GetObjectVersion', on: '/documents/' };
    await without(missing, async () => {
      await (await sender()).post<DispatchAnswer>(`/api/dispatches/${code}/issue`);
      await demo.stack.advance(35 * 60_000);
    });
    // The message was given up after its fifth time; the sweep has sent the work again after a quarter of an hour.
    expect(await notEmpty(demo)).toEqual({ delivery: 1, 'delivery dead letters': 1 });
    expect(await arrivals(await receiver(), HOANG_GIANG)).toEqual([]);
    await demo.sqs.send(new PurgeQueueCommand({ QueueUrl: demo.deadLettersUrl('delivery') }));
    await tryAgain();
    const [arrived] = await arrivals(await receiver(), HOANG_GIANG);
    await (await receiver()).post(`/api/incoming/${arrived?.code}/register`);
    await demo.settled();
    expect(await (await sender()).get(`/api/dispatches/${code}`)).toMatchObject({ recipients: [{ status: '03' }] });
  });

  it('sweep without dynamodb:Query: fails, and the next run does its work', async () => {
    const missing = { worker: 'sweep', action: 'dynamodb:Query', on: '/index/' };
    await without(missing, () => demo.stack.advance(5 * 60_000));
    demo.stack.calls.reset();
    await demo.stack.advance(5 * 60_000);
    const next = demo.stack.calls.of(demo.stack.functions.id('sweep'));
    expect(next.map(({ operation }) => operation)).toContain('Query');
  });
});

describe('a file whose intake was given up', () => {
  it('is put aside with the dead letters, and removed by the sweep', async () => {
    const citizen = await demo.as('citizenThao');
    const missing = { worker: 'intake-worker', action: 's3:GetObjectVersion', on: '/intake/' };
    const id = await without(missing, async () => {
      const sent = await sendFile(citizen, freshPdf());
      await demo.stack.advance(7 * 3_600_000);
      return sent;
    });
    expect(await notEmpty(demo)).toEqual({ 'intake dead letters': 1 });
    expect(await objectsIn(demo, 'intake')).toEqual([]);
    expect(await (await demo.as('citizenThao')).get(`/api/uploads/${id}`)).toMatchObject({ status: 'checking' });
  });
});

describe('a template without a grant', () => {
  it('starts, and its petitions stay without a receipt', async () => {
    const lacking = await openDemoStack({
      observers: [{ before: (call) => void calls.push(call) }],
      transformTemplate: (template) => withoutAction(template, /^SigningWorker/, 'kms:Sign'),
    });
    try {
      const { code } = await submit(lacking);
      await lacking.settled();
      const worker = lacking.stack.functions.id('sign-worker');
      expect(
        lacking.log.map(({ text }) => text).filter((text) => text.startsWith(`AccessDenied for ${worker}`)),
      ).toEqual([
        expect.stringMatching(
          /: kms:Sign on arn:aws:kms:[^ ]+:key\/[^ ]+: no identity-based policy of SigningWorkerRole/,
        ),
      ]);
      expect(await notEmpty(lacking)).toEqual({ sign: 1 });
      const clerk = await lacking.as('communeClerk');
      await expectHistory(lacking, clerk, `/api/petitions/${code}`, ['petition.submitted']);
      expect(await objectsIn(lacking, 'documents')).toEqual([]);
    } finally {
      await lacking.close();
    }
  });
});

/** The template as if the action had been forgotten in the policies of some logical ids. */
function withoutAction(template: Template, id: RegExp, action: string): Template {
  for (const [logicalId, { Type, Properties }] of Object.entries(template.Resources ?? {})) {
    if (Type !== 'AWS::IAM::Policy' || !id.test(logicalId)) continue;
    const document = (Properties as { PolicyDocument: { Statement: JsonObject[] } }).PolicyDocument;
    document.Statement = document.Statement.filter((statement) => ![statement.Action].flat().includes(action));
  }
  return template;
}

describe('a leader with a key of their own', () => {
  it('signing-api without s3:GetObjectVersion: 500 internal, and with it does what was asked', async () => {
    await giveOwnKey(demo, 'provinceLeader');
    const { code } = await draftDispatch(demo, await uploaded(demo, await demo.as('provinceOfficer'), PROVINCE));
    const leader = await demo.as('provinceLeader');
    const { sha256, revision } = await leader.get<DispatchAnswer>(`/api/dispatches/${code}`);
    const shown = { sha256, revision };
    const prepare = () => outcome(leader.post(`/api/dispatches/${code}/signing/prepare`, shown));
    const missing = { worker: 'signing-api', action: 's3:GetObjectVersion', on: '/documents/' };
    expect(await without(missing, prepare)).toBe('500 internal');
    // Put, read by who prepares, fetched, taken away.
    await leader.putPng('/api/me/signature-image', png(40, 20));
    expect(await prepare()).toMatch(/^answered /);
    const { url } = await leader.get<{ url: string }>('/api/me/signature-image');
    expect((await fetch(url)).status).toBe(200);
    await leader.remove('/api/me/signature-image');
  });

  it('the image of a seal is read by who seals', async () => {
    const operator = await demo.as('operator');
    const seal = `/api/units/${HOANG_GIANG}/seal-image`;
    await operator.putPng(seal, png(64, 64));
    const { code } = await submit(demo);
    await demo.settled();
    const { documents } = await (await demo.as('citizenThao')).get<PetitionAnswer>(`/api/petitions/${code}`);
    expect(documents.map(({ role }) => role)).toEqual(['receipt']);
    await operator.remove(seal);
  });
});

describe('evidence', () => {
  const ROOT = { worker: 'daily-root', action: 's3:PutObject', on: '/roots/' };
  const runDailyRoot = async () => {
    await demo.stack.functions.invoke('daily-root', {});
    await demo.settled();
  };
  const roots = () => objectsIn(demo, 'documents', 'roots/');

  it('daily-root without s3:PutObject: no root, until it has it', async () => {
    await submit(demo);
    await demo.settled();
    passed += 26 * 3_600_000;
    const before = await roots();
    await without(ROOT, () => runDailyRoot().catch(() => {}));
    expect(await roots()).toEqual(before);
    await runDailyRoot();
    expect((await roots()).filter((key) => key.endsWith('.tst'))).not.toEqual([]);
  });

  it('evidence-worker without s3:PutObject: the bundle waits; evidence-api without s3:GetObject: it is not served', async () => {
    const { code } = await submit(demo, [await uploaded(demo, await demo.as('citizenThao'))]);
    await demo.settled();
    passed += 26 * 3_600_000;
    await runDailyRoot();
    const citizen = await demo.as('citizenThao');
    const lacking = { worker: 'evidence-worker', action: 's3:PutObject', on: ':' };
    const { bundleId } = await without(lacking, () =>
      citizen.post<{ bundleId: string }>('/api/evidence-bundles', { code }),
    );
    const bundle = () => citizen.get<{ state: string; url: string }>(`/api/evidence-bundles/${bundleId}`);
    expect(await bundle()).toMatchObject({ state: 'requested' });
    await demo.stack.advance(61 * 60_000);
    const { url } = await (await demo.as('citizenThao')).get<{ url: string }>(`/api/evidence-bundles/${bundleId}`);
    const unserved = { worker: 'evidence-api', action: 's3:GetObject', on: ':' };
    expect((await without(unserved, () => fetch(url))).status).toBe(403);
    expect((await fetch(url)).status).toBe(200);
    expect(await notEmpty(demo)).not.toHaveProperty('evidence');
  });
});

describe('a file that anyone brings to be verified', () => {
  interface Form {
    readonly id: string;
    readonly url: string;
    readonly fields: Readonly<Record<string, string>>;
  }
  const { bytes, contentType } = freshPdf();
  const send = async (missing?: Missing) => {
    const { id, url, fields } = await demo.anyone.post<Form>('/api/verify/uploads', { size: bytes.length });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>], { type: contentType }), 'file');
    const post = async () => (await fetch(url, { method: 'POST', body: form })).status;
    return { id, status: await (missing ? without(missing, post) : post()) };
  };
  const report = async (id: string, accept: string) => {
    const answer = await fetch(`${demo.stack.apiUrl}/api/verify/uploads/${id}/report`, {
      method: 'POST',
      headers: { accept },
    });
    return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
  };
  const missing = (action: string, on: string) => ({ worker: 'verify-api', action, on });

  it('without s3:PutObject: gets a form that storage does not take', async () => {
    expect((await send(missing('s3:PutObject', 'verificationfiles'))).status).toBe(403);
  });

  it('without s3:GetObject, kms:Sign, s3:DeleteObject: stays until its report could be answered, and goes then', async () => {
    const { id } = await send();
    const one = () => report(id, 'application/pdf');
    expect((await without(missing('s3:GetObject', 'verificationfiles'), one)).status).toBe(500);
    expect((await without(missing('kms:Sign', ':key/'), one)).status).toBe(503);
    const sealed = await without(missing('s3:DeleteObject', 'verificationfiles'), one);
    expect(sealed.status).toBe(200);
    expect(await demo.anyone.postPdf('/api/verify', sealed.body)).toMatchObject({
      status: 'TOTAL_PASSED',
      genuine: false,
      signatures: [{ signer: { name: 'Dịch vụ kiểm tra chữ ký số Ba Không' } }],
    });
    expect(await objectsIn(demo, 'verification')).toEqual([id]);
    expect((await report(id, 'application/json')).status).toBe(200);
    expect(await objectsIn(demo, 'verification')).toEqual([]);
    expect((await report(id, 'application/json')).status).toBe(404);
  });

  it('service-api without dynamodb:UpdateItem: answers nobody whom it cannot count', async () => {
    const ask = () => outcome(demo.anyone.get('/api/health'));
    const uncounted = { worker: 'service-api', action: 'dynamodb:UpdateItem', on: ':table/' };
    expect(await without(uncounted, ask)).toBe('500 internal');
    expect(await ask()).toMatch(/^answered /);
  });
});

describe('every grant', () => {
  it('is used, or it is said why it is there', () => {
    expect(unusedGrants(demo, calls)).toEqual([]);
    expect(staleExplanations(demo)).toEqual([]);
  });
});
