import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UnitCode } from '../../../lib/access/actor.ts';
import { DocumentStore } from '../../../lib/documents/document-store.ts';
import { IncomingStore } from '../../../lib/exchange/incoming-store.ts';
import type { Job } from '../../../lib/jobs/job.ts';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { objectClient } from '../../../lib/platform/aws/object-client.ts';
import type { CaseCode, Id } from '../../../lib/platform/ids.ts';
import { preserveDocument } from '../../../lib/preservation/preserve-document.ts';
import { readLevels } from '../../../lib/signatures/levels/read-levels.ts';
import { sweep } from '../../../lib/sweep/sweep.ts';
import { DOCUMENTS_BUCKET } from '../../support/aws.ts';
import { type Caller, callApi } from '../../support/call.ts';
import { HOANG_HOA, PROVINCE, staff } from '../../support/case-world.ts';
import { DAY, type DevelopmentWorld, startDevelopmentWorld } from '../../support/development-world.ts';
import { diesAt } from '../../support/dies-at.ts';
import { NOW } from '../../support/pki/authority.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let proven: DevelopmentWorld;
let salt = 0;
beforeAll(async () => {
  proven = await startDevelopmentWorld();
});
beforeEach(() => {
  proven.development.authority.faults.clear();
  proven.setTime(NOW);
});
afterAll(() => proven?.close());

interface DispatchAnswer {
  readonly code: string;
  readonly revision: number;
  readonly sha256: string;
}

/** An issued dispatch: as good as the authority allows at the time. */
async function issue(): Promise<{ code: CaseCode; documentId: Id }> {
  const { world } = proven;
  const api = (caller: Caller, request: Parameters<typeof callApi>[2], body?: object) =>
    callApi<DispatchAnswer>(world.dispatches, caller, request, body);
  const officer = staff(PROVINCE, 'officer');
  const { documentId, sha256 } = await world.upload(officer, samplePdf({ trailer: `/Salt (${salt++})` }), PROVINCE);
  const draft = { unit: PROVINCE, type: 'cong-van', subject: 's', documentId, recipients: [HOANG_HOA] };
  const { code, revision } = (await api(officer, 'POST /api/dispatches', draft)).body;
  await api(staff(PROVINCE, 'leader'), `POST /api/dispatches/${code}/sign`, { sha256, revision });
  await proven.settle(code);
  await api(staff(PROVINCE, 'clerk'), `POST /api/dispatches/${code}/issue`);
  await proven.settle(code);
  return { code: code as CaseCode, documentId };
}

/** The same while no timestamps are given: at B-B. */
async function issueEarly(): Promise<{ code: CaseCode; documentId: Id }> {
  proven.development.authority.faults.set('timestamp', 'down');
  const issued = await issue();
  proven.development.authority.faults.clear();
  return issued;
}

/** What the sweep sends; it looks at nothing else that matters here. */
async function swept(now: number): Promise<Job[]> {
  const { world } = proven;
  const sent: Job[] = [];
  const queue = {
    async send(messages: readonly { body: string }[]) {
      sent.push(...messages.map(({ body }) => JSON.parse(body) as Job));
      return { failed: [] };
    },
  };
  await sweep(
    {
      ...world.signDeps,
      incoming: new IncomingStore(world.table),
      documents: new DocumentStore(world.table),
      queues: { sign: queue, delivery: queue, notify: queue, evidence: queue },
      uploads: { removeAbandoned: async () => 0 },
    },
    now,
  );
  return sent;
}

const asked = (documentId: string): Job => ({ job: 'preserve-document', id: `${documentId}-test`, documentId });
const work = (job: Job, sign = proven.sign) => proven.world.work(job, { sign, delivery: proven.world.deliveryDeps });
const versionsOf = async (documentId: Id) => (await proven.world.documents.document(documentId)).versions;
const eventsOf = async (code: CaseCode, type: string) =>
  (await proven.world.events.log(code)).filter((event) => event.type === type);

async function levelsOf(documentId: Id): Promise<unknown[]> {
  const { development, world } = proven;
  const source = memorySource(await world.bytesOf(documentId));
  return (await readLevels(source, { trust: development.trust, now: development.clock.now })).map(({ level }) => level);
}

describe('an issued document is extended', () => {
  it.each([
    ['before it has stored anything', { stored: false, recorded: false }],
    ['between storing and recording', { stored: true, recorded: false }],
    ['after recording', { stored: true, recorded: true }],
  ])('once, although the worker dies %s: the sweep’s next run finds or makes it', async (_, expected) => {
    const { code, documentId } = await issueEarly();
    expect((await versionsOf(documentId)).at(-1)?.level).toMatchObject({ reached: 'B-B', wanted: 'B-LTA' });
    await expect(work(asked(documentId), dying(expected))).rejects.toThrow('job failed');
    const left = await storedAt(`documents/${documentId}/4-extended.pdf`);
    expect(left !== undefined).toBe(expected.stored);
    expect(await versionsOf(documentId)).toHaveLength(expected.recorded ? 4 : 3);

    const later = NOW + 20 * 60_000;
    proven.setTime(later);
    const sent = (await swept(later)).filter((job) => job.job === 'preserve-document' && job.documentId === documentId);
    expect(sent).toHaveLength(expected.recorded ? 0 : 1);
    for (const job of sent) await work(job);

    const versions = await versionsOf(documentId);
    expect(versions.map(({ kind }) => kind)).toEqual(['original', 'signed', 'sealed', 'extended']);
    const [sealed, last] = versions.slice(-2);
    expect(last?.level).toMatchObject({ reached: 'B-LTA', wanted: 'B-LTA' });
    // What had been stored is what is recorded: it was not made a second time.
    expect(last?.versionId).toBe(left ?? (await storedAt(last!.key)));
    expect(await levelsOf(documentId)).toEqual(['B-LTA', 'B-LTA']);
    for (const { sha256 } of [sealed!, last!]) {
      expect(await proven.sign.issued.byHash(sha256)).toMatchObject({ code, sha256: sealed!.sha256 });
    }
    expect(await eventsOf(code, 'document.extended')).toHaveLength(1);
    expect(await swept(later + DAY)).not.toContainEqual(expect.objectContaining({ documentId }));
  });
});

describe('an extension that can never be made', () => {
  it('is said once, with the reason, and not tried again', async () => {
    const { code, documentId } = await issueEarly();
    const { certificates } = await proven.world.signDeps.directory.unit(PROVINCE as UnitCode);
    await proven.development.authority.revoke(Buffer.from(certificates.at(-1)!.certificate, 'base64'), 1);
    for (let run = 0; run < 2; run++) await work(asked(documentId));
    expect(await versionsOf(documentId)).toHaveLength(3);
    expect((await versionsOf(documentId)).at(-1)?.level).toEqual({
      reached: 'B-B',
      wanted: 'B-LTA',
      because: 'certificate_revoked',
    });
    const [refused, ...more] = await eventsOf(code, 'document.not-preserved');
    expect(refused?.data).toMatchObject({ documentId, problem: 'certificate_revoked' });
    expect(more).toEqual([]);
    const document = await proven.world.documents.document(documentId);
    expect(document.upkeep).toBeUndefined();
    const sealed = document.versions.at(-1)!;
    expect(await proven.sign.issued.byHash(sealed.sha256)).toMatchObject({ code });
    await proven.certify();
  });
});

describe('the last timestamp of an issued document', () => {
  it('is waited for while there is time; when there is little left the job fails aloud, and still succeeds later', async () => {
    const { code, documentId } = await issue();
    const { renewAt = 0 } = (await versionsOf(documentId)).at(-1)?.level ?? {};
    proven.setTime(renewAt - DAY);
    expect(await swept(renewAt - DAY)).not.toContainEqual(expect.objectContaining({ documentId }));
    proven.development.authority.faults.set('timestamp', 'down');
    const late = renewAt + (proven.renewBefore * 2) / 3;
    for (const at of [renewAt, late]) {
      proven.setTime(at);
      expect(await preserveDocument(proven.sign, documentId, at)).toBe('repeated');
    }
    proven.setTime(late + 1);
    await expect(preserveDocument(proven.sign, documentId, late + 1)).rejects.toThrow('ends soon');
    // As a job: the message goes back, and to the dead letters in the end.
    await expect(work(asked(documentId))).rejects.toThrow('job failed');
    expect(await versionsOf(documentId)).toHaveLength(3);
    expect(await eventsOf(code, 'document.timestamp-renewed')).toEqual([]);

    proven.development.authority.faults.clear();
    await work(asked(documentId));
    const [, , sealed, renewed] = await versionsOf(documentId);
    expect(renewed?.level).toMatchObject({ reached: 'B-LTA' });
    expect(renewed?.level?.renewAt).toBeGreaterThan(late);
    expect(await eventsOf(code, 'document.timestamp-renewed')).toHaveLength(1);
    expect(await proven.sign.issued.byHash(renewed!.sha256)).toMatchObject({ sha256: sealed!.sha256 });
    expect(await levelsOf(documentId)).toEqual(['B-LTA', 'B-LTA']);
  });
});

/** The worker's dependencies, with its death before the version is stored, before it is recorded, or right after. */
function dying({ stored, recorded }: { readonly stored: boolean; readonly recorded: boolean }): typeof proven.sign {
  const { objects, dispatches } = proven.sign;
  if (!stored) return { ...proven.sign, objects: diesAt(objects, 'keep', false) };
  return { ...proven.sign, dispatches: diesAt(dispatches, 'commit', recorded) };
}

/** VersionId of what lies under a key. */
async function storedAt(Key: string): Promise<string | undefined> {
  const asked = objectClient().send(new HeadObjectCommand({ Bucket: DOCUMENTS_BUCKET, Key }));
  return asked.then(
    ({ VersionId }) => VersionId,
    () => undefined,
  );
}
