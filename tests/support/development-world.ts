import { encodePem } from '../../lib/pki/pem.ts';
import type { SignatureLevels } from '../../lib/signing/signature-levels.ts';
import { callApi } from './call.ts';
import { type CaseWorld, OPERATOR, PROVINCE, staff, startCaseWorld } from './case-world.ts';
import { NOW } from './pki/authority.ts';
import { type DevelopmentAuthority, openDevelopmentAuthority } from './pki/development-authority.ts';

export const DAY = 86_400_000;
const RENEW_BEFORE_DAYS = 90;

/** The functions on cases with an authority that gives timestamps and says what is revoked; the stage wants B-LTA of dispatches. */
export interface DevelopmentWorld {
  readonly world: CaseWorld;
  readonly development: DevelopmentAuthority;
  /** Dependencies of the worker that signs, with this authority. */
  readonly sign: CaseWorld['signDeps'];
  /** How long before the end of its certificate a timestamp is renewed, ms. */
  readonly renewBefore: number;
  /** Of the service's clock and the authority's. */
  setTime(at: number): void;
  /** New certificates for the province's seal and its leader's key, the present ones having been revoked. */
  certify(): Promise<void>;
  /** Does all work that follows from what happened to a case. */
  settle(code: string): Promise<void>;
  close(): Promise<void>;
}

/** The province's seal and its leader's key are certified by the authority. */
export async function startDevelopmentWorld(extra: Readonly<Record<string, string>> = {}): Promise<DevelopmentWorld> {
  const development = await openDevelopmentAuthority();
  const world = await startCaseWorld(extra);
  const renewBefore = RENEW_BEFORE_DAYS * DAY;
  const levels: SignatureLevels = {
    wanted: { receipt: 'B-B', answer: 'B-LTA', dispatch: 'B-LTA' },
    renewBefore,
    authorities: (trust) => {
      const { timestamps, revocation, clock } = development;
      return { timestamps, revocation, trust, now: () => clock.now };
    },
  };
  const sign = { ...world.signDeps, levels };
  await certify(world, development);
  return {
    world,
    development,
    sign,
    renewBefore,
    setTime(at) {
      world.time.now = at;
      development.clock.now = at;
    },
    certify: () => certify(world, development),
    async settle(code) {
      for (let jobs = await world.jobs(code); jobs.length > 0; jobs = await world.jobs(code)) {
        for (const job of jobs) await world.work(job, { sign, delivery: world.deliveryDeps });
      }
    },
    async close() {
      await world.close();
      await development.close();
    },
  };
}

async function certify({ directory }: CaseWorld, { authority }: DevelopmentAuthority): Promise<void> {
  const must = async <T>(request: Parameters<typeof callApi>[2], body: object): Promise<T> => {
    const answer = await callApi<T>(directory, OPERATOR, request, body);
    if (answer.status >= 300) throw new Error(`${request}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const root = encodePem('CERTIFICATE', authority.rootCertificate);
  const sha256 = Buffer.from(await crypto.subtle.digest('SHA-256', Uint8Array.from(authority.rootCertificate)));
  await must(`PUT /api/trust/${sha256.toString('hex')}`, {
    certificate: root,
    from: new Date(NOW - DAY).toISOString(),
  });
  for (const [path, profile] of [
    [`/api/units/${PROVINCE}`, 'agency'],
    [`/api/people/${staff(PROVINCE, 'leader').sub}`, 'person'],
  ] as const) {
    const { csr } = await must<{ csr: string }>(`POST ${path}/key`, { spec: 'ECC_NIST_P256' });
    const { pem } = await authority.issue({ csr: Buffer.from(csr), profile, days: 1825 });
    await must(`PUT ${path}/certificate`, { certificate: pem });
  }
}
