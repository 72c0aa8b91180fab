import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { latestVersion } from '../../../lib/documents/document.ts';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import type { CaseCode, Id } from '../../../lib/platform/ids.ts';
import { readFileSignatures } from '../../../lib/signatures/levels/file-signatures.ts';
import { readLevels } from '../../../lib/signatures/levels/read-levels.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { callApi } from '../../support/call.ts';
import { HOANG_HOA, OPERATOR, PROVINCE, staff } from '../../support/case-world.ts';
import { type DevelopmentWorld, startDevelopmentWorld } from '../../support/development-world.ts';
import { diesAt } from '../../support/dies-at.ts';
import { MINUTE, must } from '../../support/holder-cases.ts';
import { type Prepared, requestOf, signAtHome } from '../../support/own-key.ts';
import { NOW } from '../../support/pki/authority.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const LEADER = staff(PROVINCE, 'leader');
const ROOM = 4096;
let proven: DevelopmentWorld;
let salt = 0;

beforeAll(async () => {
  proven = await startDevelopmentWorld({ TIMESTAMP_ROOM: JSON.stringify({ answer: 0, dispatch: ROOM }) });
  const request = await requestOf('p256', LEADER.sub);
  const asked = { csr: Buffer.from(request), profile: 'person', days: 365 } as const;
  const { pem: certificate } = await proven.development.authority.issue(asked);
  const path = `PUT /api/people/${LEADER.sub}/certificate` as const;
  await must(callApi(proven.world.directory, OPERATOR, path, { certificate, request }));
});
beforeEach(() => {
  proven.development.authority.faults.clear();
  proven.setTime(NOW);
});
afterAll(() => proven?.close());

interface Dispatch extends Prepared {
  readonly code: string;
  readonly revision: number;
}

/** A dispatch that its leader has signed at home, five minutes after it was prepared; the worker has done nothing yet. */
async function signedAtHome(): Promise<{ code: CaseCode; documentId: Id }> {
  const { world } = proven;
  const officer = staff(PROVINCE, 'officer');
  const { documentId, sha256 } = await world.upload(officer, samplePdf({ trailer: `/Salt (${salt++})` }), PROVINCE);
  const draft = { unit: PROVINCE, type: 'cong-van', subject: 's', documentId, recipients: [HOANG_HOA] };
  const { body } = await must(callApi<Dispatch>(world.dispatches, officer, 'POST /api/dispatches', draft));
  const path = `POST /api/dispatches/${body.code}/signing` as const;
  const shown = { sha256, revision: body.revision };
  const prepared = (await must(callApi<Dispatch>(world.signing, LEADER, `${path}/prepare`, shown))).body;
  proven.setTime(NOW + 5 * MINUTE);
  const handedIn = { session: prepared.session, signature: signAtHome('p256', LEADER.sub, prepared) };
  await must(callApi(world.signing, LEADER, `${path}/complete`, handedIn));
  return { code: body.code as CaseCode, documentId };
}

async function issued(code: CaseCode): Promise<void> {
  const clerk = staff(PROVINCE, 'clerk');
  await must(callApi(proven.world.dispatches, clerk, `POST /api/dispatches/${code}/issue`));
  await proven.settle(code);
}

const lastVersion = async (documentId: Id) => latestVersion(await proven.world.documents.document(documentId));

/** Levels of the signatures of a document, and how many document timestamps it has. */
async function inFile(documentId: Id) {
  const { trust, clock, revocation } = proven.development;
  const source = memorySource(await proven.world.bytesOf(documentId));
  const levels = (await readLevels(source, { trust, now: clock.now })).map(({ level }) => level);
  const { signatures, timestamps } = await readFileSignatures(source, { trust, now: clock.now });
  const { status } = await verifyPdf(source, { trust, revocation, at: clock.now });
  return {
    status,
    levels,
    inside: signatures.map((one) => one.timestamps.length),
    documentTimestamps: timestamps.length,
  };
}

describe('a signature that its holder made', () => {
  it('gets its timestamp inside, beside what was signed, and then the level of any other', async () => {
    const { code, documentId } = await signedAtHome();
    await proven.settle(code);
    expect((await lastVersion(documentId)).level).toEqual({ reached: 'B-T', wanted: 'B-T' });
    expect(await inFile(documentId)).toEqual({
      status: 'TOTAL_PASSED',
      levels: ['B-T'],
      inside: [1],
      documentTimestamps: 0,
    });
    await issued(code);
    expect(await inFile(documentId)).toEqual({
      status: 'TOTAL_PASSED',
      levels: ['B-LTA', 'B-LTA'],
      inside: [1, 1],
      documentTimestamps: 1,
    });
  });

  it('waits for nobody: without a timestamp it is marked, and proven by a document timestamp once there is one', async () => {
    proven.development.authority.faults.set('timestamp', 'down');
    const { code, documentId } = await signedAtHome();
    await proven.settle(code);
    const missing = { reached: 'B-B', because: 'timestamp_unavailable' };
    expect((await lastVersion(documentId)).level).toEqual({ ...missing, wanted: 'B-T' });
    await issued(code);
    expect((await lastVersion(documentId)).level).toEqual({ ...missing, wanted: 'B-LTA' });
    proven.development.authority.faults.clear();
    const job = { job: 'preserve-document', id: `${documentId}-3-0`, documentId } as const;
    await proven.world.work(job, { sign: proven.sign, delivery: proven.world.deliveryDeps });
    expect(await lastVersion(documentId)).toMatchObject({ kind: 'extended', level: { reached: 'B-LTA' } });
    expect(await inFile(documentId)).toMatchObject({ status: 'TOTAL_PASSED', levels: ['B-LTA', 'B-LTA'] });
  });

  it('is not lost to a token that is larger than the room that was kept for it', async () => {
    const { code, documentId } = await signedAtHome();
    const { levels } = proven.sign;
    const authorities: typeof levels.authorities = (trust) => {
      const usual = levels.authorities(trust);
      const stamp = async (digest: Uint8Array) =>
        Buffer.concat([await usual.timestamps.stamp(digest), Buffer.alloc(ROOM)]);
      return { ...usual, timestamps: { largestToken: 3 * ROOM, stamp } };
    };
    const sign = { ...proven.sign, levels: { ...levels, authorities } };
    for (const job of await proven.world.jobs(code))
      await proven.world.work(job, { sign, delivery: proven.world.deliveryDeps });
    const refused = { reached: 'B-B', wanted: 'B-T', because: 'timestamp_invalid' };
    expect((await lastVersion(documentId)).level).toEqual(refused);
    await issued(code);
    expect(await inFile(documentId)).toMatchObject({ status: 'TOTAL_PASSED', levels: ['B-LTA', 'B-LTA'] });
  });

  it('is found again where the worker died after storing it, with the timestamp of that time', async () => {
    const { code, documentId } = await signedAtHome();
    const job = (await proven.world.jobs(code)).find(({ job: kind }) => kind === 'sign-dispatch');
    const { dispatches } = proven.sign;
    const sign = { ...proven.sign, dispatches: diesAt(dispatches, 'commit', false) };
    const { deliveryDeps: delivery } = proven.world;
    await expect(proven.world.work(job!, { sign, delivery })).rejects.toThrow('job failed');
    expect(await lastVersion(documentId)).toMatchObject({ kind: 'original' });
    proven.setTime(NOW + 60 * MINUTE);
    await proven.world.work(job!, { sign: proven.sign, delivery });
    expect(await lastVersion(documentId)).toMatchObject({ kind: 'signed', level: { reached: 'B-T', wanted: 'B-T' } });
    const source = memorySource(await proven.world.bytesOf(documentId));
    const { trust, clock } = proven.development;
    const { signatures } = await readFileSignatures(source, { trust, now: clock.now });
    expect(signatures[0]?.timestamps[0]?.time).toBeLessThan(NOW + 10 * MINUTE);
  });
});
