import { randomBytes } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DocumentStore } from '../../../lib/documents/document-store.ts';
import { IncomingStore } from '../../../lib/exchange/incoming-store.ts';
import type { Job } from '../../../lib/jobs/job.ts';
import { objectClient } from '../../../lib/platform/aws/object-client.ts';
import { AbandonedUploadStore } from '../../../lib/sweep/abandoned-upload-store.ts';
import { sweep } from '../../../lib/sweep/sweep.ts';
import { INTAKE_BUCKET } from '../../support/aws.ts';
import { type Caller, callApi } from '../../support/call.ts';
import { type CaseWorld, HOANG_HOA, LAN, PROVINCE, staff, startCaseWorld } from '../../support/case-world.ts';
import { DAY, NOW } from '../../support/pki/authority.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MINUTE = 60_000;
const CLERK = staff(HOANG_HOA, 'clerk');
let world: CaseWorld;
let sent: Job[] = [];
let reachable = true;

beforeAll(async () => {
  world = await startCaseWorld();
});
beforeEach(() => {
  sent = [];
  reachable = true;
});
afterAll(() => world.close());

/** The queues keep what the sweep sends. */
const queue = {
  async send(messages: readonly { key: string; body: string }[]) {
    if (!reachable) return { failed: messages.map(({ key }) => key) };
    sent.push(...messages.map(({ body }) => JSON.parse(body) as Job));
    return { failed: [] };
  },
};

function run(now: number) {
  return sweep(
    {
      petitions: world.signDeps.petitions,
      dispatches: world.signDeps.dispatches,
      incoming: new IncomingStore(world.table),
      documents: new DocumentStore(world.table),
      events: world.events,
      queues: { sign: queue, delivery: queue, notify: queue, evidence: queue },
      uploads: new AbandonedUploadStore(objectClient(), INTAKE_BUCKET),
      log: world.log,
    },
    now,
  );
}

const api = <T = { code: string; sha256: string; revision: number; late: boolean }>(
  caller: Caller,
  request: Parameters<typeof callApi>[2],
  body?: unknown,
) => callApi<T>(request.includes('/petitions') ? world.petitions : world.dispatches, caller, request, body);

async function submit(): Promise<string> {
  const body = { kind: 'feedback', unit: HOANG_HOA, subject: 's', text: 't' };
  return (await api(LAN, 'POST /api/petitions', body)).body.code;
}

describe('the sweep', () => {
  it('sends work again that has not ended after a quarter of an hour, and waits longer each time', async () => {
    const code = await submit();
    expect(await run(NOW + 14 * MINUTE)).toMatchObject({ resent: 0 });
    expect(await run(NOW + 15 * MINUTE)).toMatchObject({ resent: 1, failed: 0 });
    const [original] = await world.jobs(code);
    expect(sent).toEqual([original]);
    expect(await run(NOW + 16 * MINUTE)).toMatchObject({ resent: 0 });
    expect(await run(NOW + 45 * MINUTE)).toMatchObject({ resent: 1 });
    await world.work(sent[0]!);
    expect(await run(NOW + DAY)).toMatchObject({ resent: 0 });
  });

  it('does not take a queue that refuses for one that took it', async () => {
    const code = await submit();
    reachable = false;
    expect(await run(NOW + 20 * MINUTE)).toMatchObject({ resent: 0, failed: 1 });
    reachable = true;
    expect(await run(NOW + 21 * MINUTE)).toMatchObject({ resent: 1, failed: 0 });
    await world.settle(code);
  });

  it('takes up the delivery to just those recipients that were not reached', async () => {
    const officer = staff(PROVINCE, 'officer');
    const { documentId, sha256 } = await world.upload(officer, samplePdf({ trailer: '/Salt (sweep)' }), PROVINCE);
    const recipients = [HOANG_HOA, 'H56.12.04'];
    const draft = { unit: PROVINCE, documentId, type: 'ke-hoach', subject: 's', recipients };
    const { code, revision } = (await api(officer, 'POST /api/dispatches', draft)).body;
    await api(staff(PROVINCE, 'leader'), `POST /api/dispatches/${code}/sign`, { sha256, revision });
    for (const job of await world.jobs(code)) await world.work(job);
    await api(staff(PROVINCE, 'clerk'), `POST /api/dispatches/${code}/issue`);
    for (const job of await world.jobs(code)) await world.work(job);
    const [first, second] = await world.jobs(code);
    await world.work(first!);
    expect(await run(NOW + 20 * MINUTE)).toMatchObject({ resent: 1 });
    expect(sent).toEqual([second]);
    await world.work(second!);
    await world.settle(code);
    expect(await run(NOW + DAY)).toMatchObject({ resent: 0 });
  });

  it('establishes once that a petition is late, and tells leader and clerk', async () => {
    const code = await submit();
    await world.settle(code);
    await api(CLERK, `POST /api/petitions/${code}/accept`);
    await world.settle(code);
    const due = Date.parse('2026-03-30T23:59:59.999+07:00');
    expect(await run(due)).toMatchObject({ late: 0 });
    expect(await run(due + 1)).toMatchObject({ late: 1 });
    expect(await run(due + DAY)).toMatchObject({ late: 0 });
    const jobs = await world.jobs(code);
    expect(jobs.map((job) => job.job === 'notify' && job.to)).toEqual([
      { kind: 'unit', code: HOANG_HOA, role: 'leader' },
      { kind: 'unit', code: HOANG_HOA, role: 'clerk' },
    ]);
    world.time.now = due + 1;
    expect((await api(CLERK, `GET /api/petitions/${code}`)).body.late).toBe(true);
    world.time.now = NOW;
  });

  it('removes files that were posted and never taken in, and no younger ones', async () => {
    const put = new PutObjectCommand({ Bucket: INTAKE_BUCKET, Key: 'intake/0123', Body: randomBytes(10) });
    await objectClient().send(put);
    const uploads = new AbandonedUploadStore(objectClient(), INTAKE_BUCKET);
    expect(await uploads.removeAbandoned(Date.now())).toBe(0);
    expect(await uploads.removeAbandoned(Date.now() + 7 * 60 * MINUTE)).toBe(1);
    expect(await uploads.removeAbandoned(Date.now() + 7 * 60 * MINUTE)).toBe(0);
  });
});
