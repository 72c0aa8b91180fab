import { ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type CaseEvent, chain, EMPTY_LOG } from '../../../lib/evidence/case-event.ts';
import { EventStore } from '../../../lib/evidence/event-store.ts';
import { LoggedEventStore } from '../../../lib/evidence/logged-event-store.ts';
import { caseLeaf, dailyRoot, holdsIn, proveInclusion, rootFile } from '../../../lib/evidence/roots/daily-root.ts';
import { RootObjectStore } from '../../../lib/evidence/roots/root-object-store.ts';
import { RootStore } from '../../../lib/evidence/roots/root-store.ts';
import { linesIn, writeDailyRoots } from '../../../lib/evidence/roots/write-daily-roots.ts';
import { verifyTimestampToken } from '../../../lib/pki/verify-timestamp-token.ts';
import { documentClient } from '../../../lib/platform/aws/clients.ts';
import { objectClient } from '../../../lib/platform/aws/object-client.ts';
import { Table } from '../../../lib/platform/aws/table.ts';
import { localDate } from '../../../lib/platform/clock.ts';
import { acceptsSignature } from '../../../lib/signatures/validation/algorithm-policy.ts';
import { type Aws, DOCUMENTS_BUCKET, startAws, TABLE_NAME } from '../../support/aws.ts';
import { memoryLog } from '../../support/call.ts';
import { dyingAfter } from '../../support/case-world.ts';
import { DAY } from '../../support/pki/authority.ts';
import { type DevelopmentAuthority, openDevelopmentAuthority } from '../../support/pki/development-authority.ts';

let aws: Aws;
let development: DevelopmentAuthority;
let table: Table;
let deps: Parameters<typeof writeDailyRoots>[0];
/** Each test has a day of its own, after those of the tests before it. */
let noon = Date.parse('2026-03-09T12:00:00+07:00');
beforeAll(async () => {
  aws = await startAws();
  development = await openDevelopmentAuthority(noon);
  table = new Table(documentClient(), TABLE_NAME);
  deps = {
    logged: new LoggedEventStore(table),
    roots: new RootStore(table),
    objects: new RootObjectStore(objectClient(), DOCUMENTS_BUCKET),
    stamp: (sha256) => development.timestamps.stamp(Buffer.from(sha256, 'hex')),
    log: memoryLog(),
  };
});
afterAll(async () => {
  await development.close();
  await aws.close();
});
beforeEach(() => {
  noon += DAY;
});

/** Appends `count` events to the log of a new case at noon. */
async function logCase(caseId: string, count = 1): Promise<CaseEvent[]> {
  const draft = { type: 'petition.assigned', at: noon, actor: { kind: 'person', id: 'p' } } as const;
  const { events } = chain(caseId, EMPTY_LOG, Array<typeof draft>(count).fill(draft));
  await table.commit(new EventStore(table).writes(events));
  return events;
}

const run = (at: number, using = deps) => {
  development.clock.now = at;
  return writeDailyRoots(using, at);
};
/** After the end of the day, by so much. */
const after = (ms: number) => noon + DAY / 2 + ms;
const HOUR = 3_600_000;
const today = () => localDate(noon);

async function versions(): Promise<string[]> {
  const found = await objectClient().send(
    new ListObjectVersionsCommand({ Bucket: DOCUMENTS_BUCKET, Prefix: `roots/${today()}/` }),
  );
  return (found.Versions ?? []).map(({ Key }) => Key?.split('/').at(-1) ?? '').sort();
}
const FILES = ['leaves.jsonl', 'root.json', 'timestamp.tst'];

it('every event of a day stands under its root, which is timestamped and names the day before', async () => {
  const logs = await Promise.all(['PA-2', 'PA-10', 'VB-1', 'PA-1'].map((code, n) => logCase(code, n + 1)));
  // An hour after the day has ended it is closed, not before.
  expect(await run(after(HOUR - 1))).toMatchObject({ written: 1, stamped: 1 });
  expect(await versions()).toEqual([]);
  expect(await run(after(HOUR))).toMatchObject({ written: 1, stamped: 1, waiting: 0 });
  const record = (await deps.roots.ofDay(today()))!;
  const lines = linesIn(await deps.objects.read(record.leaves));
  expect(lines.map((line) => caseLeaf.parse(JSON.parse(line)).caseId)).toEqual(['PA-1', 'PA-10', 'PA-2', 'VB-1']);
  for (const events of logs) {
    const proof = proveInclusion(lines, events[0]!.caseId)!;
    expect(proof.leaf.events).toEqual(events.map(({ seq, hash }) => ({ seq, hash })));
    expect(holdsIn(proof, record.root)).toBe(true);
    expect(holdsIn({ ...proof, leaf: { ...proof.leaf, caseId: 'PA-9' } }, record.root)).toBe(false);
  }
  // The file under lock is what the token is over, and what the next day names.
  const file = await deps.objects.read(record.file);
  expect(dailyRoot.parse(JSON.parse(Buffer.from(file).toString()))).toEqual(record.root);
  expect(record.root.previous).toBe((await deps.roots.ofDay(localDate(noon - DAY)))?.sha256);
  const token = await deps.objects.read(record.token!);
  const trust = { trust: development.trust, accepts: acceptsSignature };
  const digest = Buffer.from(record.sha256, 'hex');
  expect(verifyTimestampToken(token, { digest: () => digest, trust }).faults).toEqual([]);
  expect(rootFile(record.root).sha256).toBe(record.sha256);
  expect(await run(after(2 * HOUR))).toEqual({ written: 0, stamped: 0, waiting: 0, waitingSince: undefined });
  expect(await versions()).toEqual(FILES);
});

it('days that were missed are made up for, oldest first; a day without events has a root too', async () => {
  noon += 3 * DAY;
  await logCase('PA-3');
  expect(await run(after(HOUR))).toMatchObject({ written: 4, stamped: 4 });
  let later = (await deps.roots.ofDay(today()))!;
  for (let back = 1; back <= 4; back++) {
    const earlier = (await deps.roots.ofDay(localDate(noon - back * DAY)))!;
    expect(later.root.previous).toBe(earlier.sha256);
    later = earlier;
  }
  expect((await deps.roots.ofDay(localDate(noon - DAY)))!.root.size).toBe(0);
});

it('a root that no authority timestamps waits, is told of, and has its timestamp later', async () => {
  await logCase('PA-4');
  for (const fault of ['down', 'garbage', 'other_hash', 'wrong_key'] as const) {
    development.authority.faults.set('timestamp', fault);
    expect(await run(after(HOUR))).toMatchObject({ stamped: 0, waiting: 1, waitingSince: after(HOUR) });
  }
  expect(await versions()).toEqual(FILES.slice(0, 2));
  development.authority.faults.clear();
  expect(await run(after(30 * HOUR))).toMatchObject({ written: 1, stamped: 2, waiting: 0 });
  expect(await versions()).toEqual(FILES);
  noon += DAY;
});

it('whenever it dies, the next run goes on; nothing is written twice', async () => {
  let died = true;
  for (let call = 1; died; call++, noon += DAY) {
    await logCase('PA-5-'.concat(String(call)));
    const mortal = dyingAfter(deps, call);
    died = await run(after(HOUR), mortal.deps).then(
      () => false,
      (error: Error) => /^(dead|killed)$/.test(error.message),
    );
    await run(after(HOUR));
    expect(await versions(), `after call ${call}`).toEqual(FILES);
    const record = (await deps.roots.ofDay(today()))!;
    expect(record).toMatchObject({ root: { size: 1 }, token: { bytes: expect.any(Number) } });
    if (!died) expect(call).toBeGreaterThan(6);
  }
});

it('two at once make one root', async () => {
  await logCase('PA-6');
  await Promise.all([run(after(HOUR)), run(after(HOUR))]);
  expect(await versions()).toEqual(FILES);
  expect(await run(after(HOUR))).toMatchObject({ written: 0, stamped: 0, waiting: 0 });
});

it('what somebody else has put in the place of a root is never taken for one', async () => {
  await logCase('PA-7');
  const Key = `roots/${today()}/root.json`;
  await objectClient().send(
    new PutObjectCommand({ Bucket: DOCUMENTS_BUCKET, Key, Body: '{}', ChecksumAlgorithm: 'SHA256' }),
  );
  await expect(run(after(HOUR))).rejects.toThrow('under lock already');
  expect(await deps.roots.ofDay(today())).toBeUndefined();
});
