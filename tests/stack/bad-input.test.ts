import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { decodeJwt, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../../cli/client.ts';
import { DEMO_PEOPLE, type DemoName, HOANG_GIANG, PROVINCE } from '../../cli/demo/people.ts';
import { sendFile } from '../../cli/upload.ts';
import { stageSettings } from '../../infra/stages.ts';
import { jobsOf } from '../../lib/jobs/all-jobs.ts';
import { QUEUE_OF } from '../../lib/jobs/job.ts';
import { signIn, type Tokens } from '../../local/identity/sign-in.ts';
import {
  adminTable,
  arrivals,
  type DispatchAnswer,
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
import { everythingKept, expectNothingLeft, mailsOf } from '../support/final-state.ts';

let demo: DemoStack;
/** A petition that was answered; one that was just sent; a dispatch that was put forward. */
let answered: string;
let sent: string;
let draft: DispatchAnswer;
beforeAll(async () => {
  demo = await openDemoStack();
  // A first request enters its person; from now on a refused one has nothing to write.
  for (const name of Object.keys(DEMO_PEOPLE) as DemoName[]) await (await demo.as(name)).get('/api/me');
  answered = (await submit(demo)).code;
  sent = (await submit(demo)).code;
  draft = await draftDispatch(demo, await uploaded(demo, await demo.as('provinceOfficer'), PROVINCE));
  for (const step of ['accept', 'assign', 'write', 'sign', 'issue'] as const) {
    await petitionSteps[step](demo, answered);
    await demo.settled();
  }
});
afterAll(() => demo?.close());

/** Runs what is to be refused, and finds everything as it was before. */
async function changesNothing<T>(act: () => Promise<T>): Promise<T> {
  await demo.settled();
  const before = await everythingKept(demo);
  const answer = await act();
  await demo.settled();
  expect(await everythingKept(demo)).toEqual(before);
  return answer;
}

const feedback = { kind: 'feedback', unit: HOANG_GIANG, subject: 'Nắp cống', text: 'Đề nghị sửa.' };
const file = { contentType: 'application/pdf', size: 100, classification: 'none' };
const dispatch = {
  unit: PROVINCE,
  documentId: '{document}',
  type: 'thong-bao',
  subject: 'Lịch nghỉ lễ',
  recipients: [HOANG_GIANG],
};

describe('a request with wrong input', () => {
  /** What is wrong, who posts it where, the body, the answer. `{sent}` and the like stand for what there is by then. */
  const cases: readonly (readonly [what: string, who: DemoName, path: string, body: object, answer: string])[] = [
    ['type of file', 'citizenThao', '/uploads', { ...file, contentType: 'application/zip' }, '422 invalid_field'],
    ['size of file', 'citizenThao', '/uploads', { ...file, size: 10 ** 9 }, '422 upload_size'],
    ['secrecy', 'citizenThao', '/uploads', { ...file, classification: 'mat' }, '422 document_classified'],
    ['type of field', 'citizenThao', '/petitions', { ...feedback, text: 1 }, '422 invalid_field'],
    ['size of field', 'citizenThao', '/petitions', { ...feedback, text: 'x'.repeat(20_001) }, '422 invalid_field'],
    ['role', 'communeOfficer', '/petitions/{sent}/accept', {}, '403 forbidden'],
    ['agency', 'neighbourClerk', '/petitions/{sent}/accept', {}, '404 not_found'],
    ['state', 'communeClerk', '/petitions/{sent}/answer/issue', {}, '409 invalid_state'],
    ['state, long past', 'communeClerk', '/petitions/{answered}/accept', {}, '409 invalid_state'],
    ['unit', 'citizenThao', '/petitions', { ...feedback, unit: 'H56.98' }, '422 unit_unknown'],
    ['recipient', 'provinceOfficer', '/dispatches', { ...dispatch, recipients: ['H56.98'] }, '422 unit_unknown'],
    ['document type', 'provinceOfficer', '/dispatches', { ...dispatch, type: 'none' }, '422 invalid_field'],
    ['document, of another case', 'provinceOfficer', '/dispatches', dispatch, '409 invalid_state'],
    ['signature: none yet', 'provinceClerk', '/dispatches/{draft}/issue', {}, '409 invalid_state'],
    [
      'hash',
      'provinceLeader',
      '/dispatches/{draft}/sign',
      { sha256: '0'.repeat(64), revision: 1 },
      '409 document_changed',
    ],
  ];
  const fill = (text: string) => {
    const known: Record<string, string> = { sent, answered, draft: draft.code, document: draft.documentId };
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole);
  };

  it.each(cases)('wrong %s: has its own code and changes nothing', async (_, who, path, body, answer) => {
    const client = await demo.as(who);
    const ask = () => client.post(fill(`/api${path}`), JSON.parse(fill(JSON.stringify(body))));
    expect(await changesNothing(() => outcome(ask()))).toBe(answer);
  });

  it('the same Idempotency-Key gives the same answer, and for another body is refused', async () => {
    const citizen = await demo.as('citizenThao');
    const idempotencyKey = randomUUID();
    const ask = (text: string) =>
      citizen.post<PetitionAnswer>('/api/petitions', { ...feedback, text }, { idempotencyKey });
    const first = await ask('Một.');
    await demo.settled();
    await changesNothing(async () => {
      expect((await ask('Một.')).code).toBe(first.code);
      expect(await outcome(ask('Hai.'))).toBe('409 idempotency_key_reused');
    });
  });
});

describe('somebody unknown who asks too often', () => {
  it('is told when to come again, and is let in then', async () => {
    const ask = () =>
      fetch(`${demo.stack.apiUrl}/api/verify/uploads`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': randomUUID() },
        body: JSON.stringify({ size: 100 }),
      });
    const { burst, perMinute } = stageSettings('dev').limits.clients.upload;
    let admitted = 0;
    let refused: Response | undefined;
    for (; !refused && admitted < burst + 4; admitted++) {
      const answer = await ask();
      if (answer.status !== 201) refused = answer;
    }
    expect(admitted - 1).toBeGreaterThanOrEqual(burst);
    expect(refused?.status).toBe(429);
    expect(refused?.headers.get('content-type')).toBe('application/problem+json');
    expect(await refused?.json()).toMatchObject({ status: 429, code: 'too_many_requests' });
    const seconds = Number(refused?.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60 / perMinute);
    await demo.stack.advance(seconds * 1000);
    expect((await ask()).status).toBe(201);
  });
});

describe('a token', () => {
  let tokens: Tokens;
  beforeAll(async () => {
    const { SignInIssuer: issuer = '', SignInClientId: clientId = '' } = demo.stack.outputs;
    const redirectUri = stageSettings('dev').callbackUrls.find((url) => url.startsWith('http://localhost')) ?? '';
    tokens = await signIn({ issuer, clientId, redirectUri, account: DEMO_PEOPLE.citizenThao.sub });
  });
  /** Signed with the provider's own key, so that nothing is wrong but what is changed. */
  const signed = async (changes: JWTPayload) => {
    const { signing } = JSON.parse(await readFile(join(demo.stateDir, 'identity', 'identity.json'), 'utf8'));
    const key = createPrivateKey({ key: signing, format: 'jwk' });
    const claims = { ...decodeJwt(tokens.idToken), ...changes };
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: signing.kid }).sign(key);
  };
  const now = () => Math.floor(demo.stack.clock.now() / 1000);
  const cases: readonly [string, () => Promise<string | undefined>, string][] = [
    ['that is missing', async () => undefined, '401 unknown'],
    ['that is none', async () => 'none', '401 unknown'],
    ['that has expired', () => signed({ iat: now() - 7200, exp: now() - 3600 }), '401 unknown'],
    ['for another audience', () => signed({ aud: 'another-client' }), '401 unknown'],
    ['of another issuer', () => signed({ iss: 'https://elsewhere.example' }), '401 unknown'],
    [
      'whose claims were changed',
      async () => {
        const [head, claims, signature] = tokens.idToken.split('.') as [string, string, string];
        const changed = { ...decodeJwt(`${head}.${claims}.${signature}`), sub: DEMO_PEOPLE.operator.sub };
        return [head, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
      },
      '401 unknown',
    ],
    [
      'signed by somebody else',
      async () => {
        const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        const { idToken } = tokens;
        const head = JSON.parse(Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString());
        return new SignJWT(decodeJwt(idToken)).setProtectedHeader(head).sign(privateKey);
      },
      '401 unknown',
    ],
    ['that is an access token', async () => tokens.accessToken, '401 missing_token'],
  ];

  it.each(cases)('%s is not taken', async (_, make, answer) => {
    const client = new ApiClient(demo.stack.apiUrl, await make());
    expect(await changesNothing(() => outcome(client.post('/api/petitions', feedback)))).toBe(answer);
  });

  it('that is sound is taken, also one that this test has signed', async () => {
    const client = new ApiClient(demo.stack.apiUrl, await signed({}));
    expect(await client.get('/api/me')).toMatchObject({ personId: DEMO_PEOPLE.citizenThao.sub });
  });
});

describe('a file', () => {
  it('that is longer than declared is not taken by storage', async () => {
    const citizen = await demo.as('citizenThao');
    const { bytes, contentType } = freshPdf();
    const form = await citizen.post<{ url: string; fields: Record<string, string> }>('/api/uploads', {
      ...file,
      size: bytes.length - 1,
    });
    const status = await changesNothing(async () => {
      const data = new FormData();
      for (const [name, value] of Object.entries(form.fields)) data.set(name, value);
      data.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>], { type: contentType }));
      return (await fetch(form.url, { method: 'POST', body: data })).status;
    });
    expect(status).toBe(400);
  });

  it('that is not what it was declared as is refused, deleted and reported', async () => {
    const citizen = await demo.as('citizenThao');
    const documents = await objectsIn(demo, 'documents');
    const id = await sendFile(citizen, {
      bytes: Buffer.from('\x89PNG\r\n\x1a\n no picture'),
      contentType: 'application/pdf',
    });
    await demo.settled();
    expect(await citizen.get(`/api/uploads/${id}`)).toMatchObject({ status: 'refused' });
    expect(mailsOf(demo, id)).toHaveLength(1);
    expect(await objectsIn(demo, 'documents')).toEqual(documents);
    await expectNothingLeft(demo);
  });

  it('that changes between upload and use: what was uploaded is what is signed', async () => {
    const Bucket = demo.physical('Documents');
    const Key = `documents/${draft.documentId}/1-original.pdf`;
    await demo.s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(freshPdf().bytes) }));
    const { Versions = [] } = await demo.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
    expect(Versions).toHaveLength(2);
    await signDispatch(demo, draft.code);
    await demo.settled();
    const leader = await demo.as('provinceLeader');
    const bytes = async (n: number) => {
      const { url } = await leader.get<{ url: string }>(`/api/documents/${draft.documentId}/versions/${n}/content`);
      return Buffer.from(await (await fetch(url)).arrayBuffer());
    };
    const [original, withSignature] = [await bytes(1), await bytes(2)];
    expect(withSignature.subarray(0, original.length).equals(original)).toBe(true);
  });

  it('that changes between approval and signing is not signed, and its case goes on', async () => {
    const officer = await demo.as('provinceOfficer');
    const { code, sha256, revision } = await draftDispatch(demo, await uploaded(demo, officer, PROVINCE));
    const shown = { sha256, revision };
    const facts = { type: 'thong-bao', subject: 'Lịch nghỉ lễ', recipients: [HOANG_GIANG] };
    await officer.put(`/api/dispatches/${code}`, { ...facts, documentId: await uploaded(demo, officer, PROVINCE) });
    const leader = await demo.as('provinceLeader');
    const answer = await changesNothing(() => outcome(leader.post(`/api/dispatches/${code}/sign`, shown)));
    expect(answer).toBe('409 document_changed');
    expect(await signDispatch(demo, code)).toMatchObject({ code });
  });
});

describe('a message', () => {
  interface Told {
    readonly events: readonly {
      seq: number;
      type: string;
      atMs: number;
      actor: never;
      data: never;
      previous: string;
      hash: string;
    }[];
  }
  const jobsFrom = async (code: string) => {
    const clerk = await demo.as('communeClerk');
    const { events } = await clerk.get<Told>(`/api/petitions/${code}/evidence`);
    return events.flatMap(({ atMs, ...event }) => jobsOf({ ...event, at: atMs, caseId: code } as never));
  };
  const report = (id: string) =>
    JSON.stringify({
      source: 'aws.ses',
      'detail-type': 'Email Sent',
      detail: { mail: { messageId: 'again', tags: { 'mail-id': [id] } } },
    });

  it('that comes again, all of a case backwards: nothing is done twice', async () => {
    const jobs = (await jobsFrom(answered)).reverse();
    const before = mailsOf(demo, answered);
    await changesNothing(async () => {
      for (const job of jobs) await demo.send(demo.queueUrl(QUEUE_OF[job.job]), JSON.stringify(job));
      for (const id of before) await demo.send(demo.queueUrl('mail-events'), report(id));
    });
    expect(new Set(jobs.map(({ job }) => QUEUE_OF[job]))).toEqual(new Set(['sign', 'notify']));
    expect(mailsOf(demo, answered)).toEqual(before);
    await expectNothingLeft(demo);
  });

  it('that comes before its time is passed over', async () => {
    const jobs = (await jobsFrom(answered)).filter(({ job }) =>
      ['author-answer', 'sign-answer', 'seal-answer'].includes(job),
    );
    expect(jobs).toHaveLength(3);
    await changesNothing(async () => {
      for (const job of jobs) {
        await demo.send(demo.queueUrl('sign'), JSON.stringify({ ...job, id: `${sent}-9-0`, caseId: sent }));
      }
    });
    await expectNothingLeft(demo);
  });

  it('or event that nobody can read, or that is about no case, ends with the dead letters of its place, and changes nothing', async () => {
    const job = { id: 'x-1-0', caseId: 'PA-7K3M-9QXD-4', seq: 1 };
    const unreadable = ['not json', '{}', '[]'];
    const bodies: Readonly<Record<QueueName, readonly string[]>> = {
      intake: [
        ...unreadable,
        JSON.stringify({ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectRemoved:Delete' }] }),
      ],
      sign: [
        ...unreadable,
        JSON.stringify({ ...job, job: 'sign-receipt' }),
        JSON.stringify({ ...job, job: 'deliver', recipient: PROVINCE }),
      ],
      delivery: [
        ...unreadable,
        JSON.stringify({ ...job, job: 'deliver', recipient: PROVINCE }),
        JSON.stringify({ ...job, job: 'sign-receipt' }),
      ],
      notify: [
        ...unreadable,
        JSON.stringify({
          ...job,
          job: 'notify',
          template: 'none',
          to: { kind: 'unit', code: PROVINCE, role: 'clerk' },
          facts: {},
        }),
      ],
      evidence: [...unreadable, JSON.stringify({ ...job, job: 'sign-receipt' })],
      'mail-events': [...unreadable, JSON.stringify({ source: 'aws.ses', 'detail-type': 'Email Bounced', detail: {} })],
    };
    const queues = Object.keys(bodies) as QueueName[];
    await unreadableEvent();
    await changesNothing(async () => {
      for (const queue of queues) for (const body of bodies[queue]) await demo.send(demo.queueUrl(queue), body);
      // Each is tried five times, an hour apart at the most.
      await demo.stack.advance(6 * 3_600_000);
    });
    expect(await notEmpty(demo)).toEqual({
      ...Object.fromEntries(queues.map((queue) => [`${queue} dead letters`, bodies[queue].length])),
      'relay dead letters': 1,
    });
    // Behind them the work goes on.
    const { code } = await submit(demo);
    await demo.settled();
    expect(await (await demo.as('citizenThao')).get(`/api/petitions/${code}`)).toMatchObject({
      documents: [{ role: 'receipt' }],
    });
    expect(await objectsIn(demo, 'intake')).toEqual([]);
  });
});

// Last: what is sealed while its root is not trusted lacks its proofs until the sweep comes by.
describe('a document', () => {
  it('whose signature does not hold where it arrives is not registered', async () => {
    const operator = await demo.as('operator');
    const { items } = await operator.get<{ items: { sha256: string; certificate: string; from: string }[] }>(
      '/api/trust',
    );
    const [{ sha256, ...root }] = items as [(typeof items)[0]];
    await operator.put(`/api/trust/${sha256}`, { ...root, until: root.from });
    await (await demo.as('provinceClerk')).post(`/api/dispatches/${draft.code}/issue`);
    await demo.settled();
    await operator.put(`/api/trust/${sha256}`, root);
    const clerk = await demo.as('communeClerk');
    const [arrived] = await arrivals(clerk, HOANG_GIANG);
    const register = () => outcome(clerk.post(`/api/incoming/${arrived?.code}/register`));
    expect(await changesNothing(register)).toBe('409 signature_not_valid');
    const { genuine } = await demo.anyone.postPdf<{ genuine: boolean }>('/api/verify', freshPdf().bytes);
    expect(genuine, 'no signature at all').toBe(false);
  });
});

/** A case event that the relay cannot read, as nobody but a mistake of ours would write it. */
async function unreadableEvent(): Promise<void> {
  const { client, name } = adminTable(demo);
  const Item = { pk: 'CASE#nobody', sk: 'EVENT#00000001', entity: 'CaseEvent', type: 'petition.submitted' };
  await client.send(new PutCommand({ TableName: name, Item }));
  client.destroy();
}
