import { createPublicKey } from 'node:crypto';
import { compose as composeDelivery } from '../../functions/delivery-worker/compose.ts';
import { deliveryWorker } from '../../functions/delivery-worker/worker.ts';
import { directoryApi } from '../../functions/directory-api/api.ts';
import { compose as composeDirectory } from '../../functions/directory-api/compose.ts';
import { dispatchesApi } from '../../functions/dispatches-api/api.ts';
import { compose as composeDispatches } from '../../functions/dispatches-api/compose.ts';
import { petitionsApi } from '../../functions/petitions-api/api.ts';
import { compose as composePetitions } from '../../functions/petitions-api/compose.ts';
import { compose as composeSign, type SignWorkerDeps } from '../../functions/sign-worker/compose.ts';
import { signWorker } from '../../functions/sign-worker/worker.ts';
import { signingApi } from '../../functions/signing-api/api.ts';
import { compose as composeSigning } from '../../functions/signing-api/compose.ts';
import { verifyApi } from '../../functions/verify-api/api.ts';
import { compose as composeVerify } from '../../functions/verify-api/compose.ts';
import type { PersonId, UnitCode } from '../../lib/access/actor.ts';
import { latestVersion, newDocument, withVersion } from '../../lib/documents/document.ts';
import type { CaseEvent } from '../../lib/evidence/case-event.ts';
import { jobsOf } from '../../lib/jobs/all-jobs.ts';
import { type Job, type NotifyJob, QUEUE_OF } from '../../lib/jobs/job.ts';
import { fingerprint, parseCertificate } from '../../lib/pki/certificate.ts';
import { readKmsPublicKey } from '../../lib/pki/kms-signer.ts';
import { encodePem } from '../../lib/pki/pem.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { keyClient } from '../../lib/platform/aws/key-client.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { type Id, newId, systemRandom } from '../../lib/platform/ids.ts';
import { DOCUMENTS_BUCKET, IMAGES_BUCKET, startAws, TABLE_NAME, VERIFICATION_BUCKET } from './aws.ts';
import { type ApiHandler, type Caller, callApi, deliver, memoryLog } from './call.ts';
import { createAuthority, NOW } from './pki/authority.ts';

/** The agencies and people of the tests on cases: two communes and the province, an old district, two citizens. */
export const HOANG_HOA = 'H56.12.03';
export const HAU_LOC = 'H56.12.04';
export const PROVINCE = 'H56.01';
/** The service's own unit, whose seal stands on reports; tests that want one certify its key. */
export const SERVICE = 'BAKHONG.KT';
/** Ended on 30 June 2025; Hoằng Hóa is its successor. */
export const OLD_DISTRICT = '000.17.22.H56';

export const LAN: Caller = { sub: 'citizen-lan', name: 'Nguyễn Thị Lan', email: 'lan@example.vn' };
export const BINH: Caller = { sub: 'citizen-binh', name: 'Lê Văn Bình' };
export const OPERATOR: Caller = { sub: 'operator-1', operator: true };

type Role = 'clerk' | 'officer' | 'leader';
export const staff = (unit: string, role: Role): Caller => ({ sub: `${role}-${unit.replaceAll('.', '-')}` });

const UNLIMITED = { burst: 100_000, perMinute: 100_000 };

/**
 * The functions on cases over real services, in one process: DynamoDB, S3, KMS. Time stands still until it is moved. What
 * the relay and the queues do is done by `settle`, in the order of the events.
 */
export async function startCaseWorld(extra: Readonly<Record<string, string>> = {}) {
  const aws = await startAws();
  const time = { now: NOW };
  const clock = { now: () => time.now };
  const log = memoryLog();
  const authority = createAuthority(NOW, 'cases');
  const environment = {
    STAGE: 'dev',
    TABLE_NAME,
    DOCUMENTS_BUCKET,
    IMAGES_BUCKET,
    KEY_ALIAS_PREFIX: 'alias/ba-khong/dev/',
    PORTAL_URL: 'https://ba-khong.example',
    SIGNATURE_LEVELS: JSON.stringify({ receipt: 'B-B', answer: 'B-B', dispatch: 'B-B', renewBeforeDays: 90 }),
    SIGNATURE_AUTHORITIES: JSON.stringify({ timestamps: [], hosts: [], privateAddresses: false }),
    TIMESTAMP_ROOM: JSON.stringify({ answer: 0, dispatch: 0 }),
    FONTS_DIR: 'fonts',
    VERIFICATION_BUCKET,
    VERIFICATION_SETTINGS: JSON.stringify({ uploadBytes: 20_000_000, seconds: 18, sealUnit: SERVICE }),
    CLIENT_LIMITS: JSON.stringify({ acts: { 'look-up': UNLIMITED, verification: UNLIMITED, upload: UNLIMITED } }),
    ...extra,
  };
  const ours = { clock, log };
  const directory = directoryApi({ ...composeDirectory(environment), ...ours });
  const petitionDeps = composePetitions(environment);
  const signDeps: SignWorkerDeps = { ...composeSign(environment), ...ours, fonts: tinos };
  // Authorities are made up: what they say of their certificates is theirs to say.
  const { revocation } = authority;
  const deliveryDeps = { ...composeDelivery(environment), ...ours, revocation };
  const signing = signingApi({ ...composeSigning(environment), ...ours, fonts: tinos });
  const verifyDeps = { ...composeVerify(environment), ...ours, fonts: tinos, revocation };
  const table = new Table(documentClient(), TABLE_NAME);
  const cases = caseFeed(signDeps.events);

  const world = {
    aws,
    time,
    log,
    table,
    authority,
    directory,
    petitions: withSigning(petitionsApi({ ...petitionDeps, ...ours }), signing),
    signing,
    dispatches: withSigning(dispatchesApi({ ...composeDispatches(environment), ...ours }), signing),
    verify: verifyApi(verifyDeps),
    verifyDeps,
    signDeps,
    deliveryDeps,
    events: signDeps.events,
    documents: signDeps.documents,
    objects: signDeps.objects,
    /** Mails that would have been sent, in order. */
    notices: [] as NotifyJob[],
    upload: (owner: Caller, bytes: Uint8Array, unit?: string) => keepOriginal(signDeps, owner, bytes, unit),
    /** The latest bytes of a document. */
    async bytesOf(documentId: string) {
      const document = await signDeps.documents.document(documentId as Id);
      return signDeps.objects.read(latestVersion(document));
    },
    /** The jobs of every event of a case since the last call; new cases that they tell of are followed as well. */
    jobs: cases.next,
    /** Does all work that follows from what happened, until nothing more does; jobs of the kinds to skip are lost. */
    async settle(code: string, skip: readonly Job['job'][] = []) {
      for (let jobs = await cases.next(code); jobs.length > 0; jobs = await cases.next(code)) {
        for (const job of jobs) if (!skip.includes(job.job)) await world.work(job);
      }
    },
    async work(job: Job, deps = { sign: signDeps, delivery: deliveryDeps }) {
      if (job.job === 'notify') return void world.notices.push(job);
      const body = JSON.stringify(job);
      const queue = QUEUE_OF[job.job];
      const failed = await deliver(queue === 'sign' ? signWorker(deps.sign) : deliveryWorker(deps.delivery), { body });
      if (failed.length > 0) throw new Error(`job failed: ${JSON.stringify(log.lines.at(-1))}`);
    },
    close: () => aws.close(),
  };
  await seed(directory, authority);
  return world;
}

export type CaseWorld = Awaited<ReturnType<typeof startCaseWorld>>;

/** A function on cases with the routes that go to the one that signs, as the gateway sends them. */
function withSigning(cases: ApiHandler, signing: ApiHandler): ApiHandler {
  return (event, context) => (/\/(sign|issue|signing\/\w+)$/.test(event.rawPath) ? signing : cases)(event, context);
}

const tinos = async () => {
  const { TINOS } = await import('../unit/pdf/tinos.ts');
  return TINOS;
};

function caseFeed(events: { log(code: string): Promise<CaseEvent[]> }) {
  const seen = new Map<string, number>();
  return {
    async next(code: string): Promise<Job[]> {
      if (!seen.has(code)) seen.set(code, 0);
      const jobs: Job[] = [];
      // Cases that turn up while the list is read are read as well.
      for (const known of seen.keys()) {
        const fresh = (await events.log(known)).slice(seen.get(known));
        seen.set(known, (seen.get(known) ?? 0) + fresh.length);
        for (const event of fresh) {
          jobs.push(...jobsOf(event));
          if (typeof event.data.incoming === 'string' && !seen.has(event.data.incoming))
            seen.set(event.data.incoming, 0);
        }
      }
      return jobs;
    },
  };
}

/** A document as the intake leaves it. */
async function keepOriginal(deps: SignWorkerDeps, owner: Caller, bytes: Uint8Array, unit?: string) {
  const id = newId(systemRandom);
  const stored = await deps.objects.keep(id, 1, 'original', bytes);
  const { key, versionId, sha256 } = stored;
  const document = newDocument({
    id,
    owner: owner.sub as PersonId,
    unit: unit as UnitCode | undefined,
    at: deps.clock.now(),
  });
  const version = { n: 1, kind: 'original', key, versionId, sha256, bytes: bytes.length, pages: 1, at: 0 } as const;
  await deps.petitions.commit([deps.documents.putWrite(withVersion(document, version), undefined)]);
  return { documentId: id, sha256 };
}

/** Gives the service's own unit a key and a certificate: reports of verification are sealed from now on. */
export async function certifyService({ directory, authority }: Pick<CaseWorld, 'directory' | 'authority'>) {
  const { must, certify } = entering(directory, authority);
  const name = 'Dịch vụ kiểm tra';
  const facts = { name, notation: 'BAKHONG', place: 'Thanh Hóa', tier: 'province', from: '2025-07-01' };
  await must(`PUT /api/units/${SERVICE}`, facts);
  await certify(`/api/units/${SERVICE}`, `alias/ba-khong/dev/unit/${SERVICE.replaceAll('.', '-')}`, name);
}

/** What an operator does who enters a holder and has the key certified. */
function entering(directory: ReturnType<typeof directoryApi>, authority: ReturnType<typeof createAuthority>) {
  const must = async (request: Parameters<typeof callApi>[2], body: unknown) => {
    const answer = await callApi(directory, OPERATOR, request, body);
    if (answer.status >= 300) throw new Error(`${request}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const certify = async (path: `/api/${string}`, alias: string, commonName: string) => {
    await must(`POST ${path}/key`, { spec: 'ECC_NIST_P256' });
    const spki = await readKmsPublicKey({ client: keyClient(), keyId: alias });
    const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const leaf = authority.issue({ subject: { countryName: 'VN', commonName }, publicKey });
    const certificate = [leaf, authority.intermediate].map((der) => encodePem('CERTIFICATE', der)).join('');
    await must(`PUT ${path}/certificate`, { certificate });
  };
  return { must, certify };
}

async function seed(directory: ReturnType<typeof directoryApi>, authority: ReturnType<typeof createAuthority>) {
  const { must, certify } = entering(directory, authority);
  const root = fingerprint(parseCertificate(authority.root));
  await must(`PUT /api/trust/${root}`, {
    certificate: encodePem('CERTIFICATE', authority.root),
    from: '2020-01-01T00:00:00+07:00',
  });
  const units = { [HOANG_HOA]: 'Hoằng Hóa', [HAU_LOC]: 'Hậu Lộc', [PROVINCE]: 'Thanh Hóa' };
  for (const [code, place] of Object.entries(units)) {
    const name = `Ủy ban nhân dân ${code === PROVINCE ? 'tỉnh' : 'xã'} ${place}`;
    await must(`PUT /api/units/${code}`, {
      name,
      notation: 'UBND',
      place,
      tier: code === PROVINCE ? 'province' : 'commune',
      from: '2025-07-01',
    });
    await certify(`/api/units/${code}`, `alias/ba-khong/dev/unit/${code.replaceAll('.', '-')}`, name);
    for (const role of ['clerk', 'officer', 'leader'] as const) {
      const { sub } = staff(code, role);
      const assignment = { unit: code, role, title: role === 'leader' ? 'CHỦ TỊCH' : role, from: '2025-07-01' };
      await must(`PUT /api/people/${sub}`, {
        name: `Người ${role} ${place}`,
        assignments: [role === 'leader' ? { ...assignment, capacity: 'head' } : assignment],
      });
    }
    const leader = staff(code, 'leader').sub;
    await certify(`/api/people/${leader}`, `alias/ba-khong/dev/person/${leader}`, `Lãnh đạo ${place}`);
  }
  await must(`PUT /api/units/${OLD_DISTRICT}`, {
    name: 'Ủy ban nhân dân huyện cũ',
    notation: 'UBND',
    place: 'Hoằng Hóa',
    tier: 'commune',
    from: '2000-01-01',
    until: '2025-06-30',
    successors: [HOANG_HOA],
  });
}

/**
 * The same dependencies, but the process dies right after the `n`th call that reaches AWS: what was written stays, what
 * would have followed does not.
 */
export function dyingAfter<T extends object>(deps: T, n: number): { readonly deps: T; readonly calls: () => number } {
  let calls = 0;
  const wrap = <O extends object>(store: O): O =>
    new Proxy(store, {
      get(target, name) {
        const member = Reflect.get(target, name, target) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const answer = (member as (...a: unknown[]) => unknown).apply(target, args);
          if (!(answer instanceof Promise)) return answer;
          if (calls >= n) return Promise.reject(new Error('dead'));
          return answer.then((value) => {
            if (++calls >= n) throw new Error('killed');
            return value;
          });
        };
      },
    });
  const stores = 'petitions dispatches incoming documents objects events directory issued roots logged'.split(' ');
  const wrapped = Object.fromEntries(
    Object.entries(deps).map(([name, value]) => [name, stores.includes(name) ? wrap(value as object) : value]),
  );
  return { deps: wrapped as T, calls: () => calls };
}
