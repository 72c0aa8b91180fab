import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stageSettings } from '../../infra/stages.ts';
import { type AuthorityServer, startAuthority } from '../../local/authority/server.ts';
import { signIn } from '../../local/identity/sign-in.ts';
import { type LocalStack, type StartOptions, startLocal } from '../../local/start.ts';
import { ApiClient } from '../client.ts';
import { assemblyOf } from './assembly.ts';
import { DEMO_PEOPLE, DEMO_UNITS, type DemoName, type DemoPerson } from './people.ts';
import { type CertificationAuthority, seed } from './seed.ts';
import type { SignInAddress } from './sign-in-address.ts';

/** The stage whose synthesized stack runs on the laptop. */
const STAGE = 'dev';

export interface OpenOptions extends Omit<StartOptions, 'assemblyDir' | 'accounts' | 'ports' | 'movedAddresses'> {
  /** A cloud assembly that is there already; the stage's own otherwise. */
  readonly assemblyDir?: string;
  readonly ports?: StartOptions['ports'] & { readonly authority?: number };
}

/** The service on this machine, with its demo people. */
export interface DemoLaptop {
  readonly stack: LocalStack;
  readonly authority: AuthorityServer;
  readonly signInAddress: SignInAddress;
  /** Whoever is not signed in. */
  readonly anyone: ApiClient;
  /** The service as one of the demo people sees it, signed in by OpenID Connect. */
  as(name: DemoName): Promise<ApiClient>;
  /** The ID token of such a sign-in. */
  tokenOf(name: DemoName): Promise<string>;
  /** Resolves once everything that follows from the requests so far has happened. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the synthesized stack with its state in `stateDir`. Demo units and people are seeded at the first start; a seed
 * that was interrupted is run again.
 */
export async function openLaptop(options: OpenOptions): Promise<DemoLaptop> {
  await using opening = new AsyncDisposableStack();
  options.onStep?.('synthesize the stack', 0);
  const assemblyDir = options.assemblyDir ?? (await assemblyOf(STAGE));
  // The stack is told where the authority is, so that one starts first; it goes by the stack's clock from then on.
  let clock = options.clock ?? { now: () => Date.now() };
  const authority = await startAuthority({
    dir: join(options.stateDir, 'authority'),
    fresh: options.fresh ?? false,
    clock: { now: () => clock.now() },
    port: options.ports?.authority ?? 0,
  });
  opening.defer(() => authority.close());
  // Its address is one for all that it does: of the first start, as it stands in certificates.
  const parameters = { TimestampAddress: `${authority.authority.baseUrl}/timestamp` };
  const movedAddresses = addressOfBefore(authority);
  const stack = await startLocal({ ...options, assemblyDir, accounts: accounts(), parameters, movedAddresses });
  clock = stack.clock;
  opening.defer(() => stack.stop());
  const laptop = demoLaptop(stack, authority);
  const seeded = join(options.stateDir, 'seeded');
  if (options.fresh || !existsSync(seeded)) {
    options.onStep?.('seed demo units and people', 0);
    await seed(await laptop.as('operator'), certificationAuthority(authority));
    await laptop.settled();
    await writeFile(seeded, '');
  }
  const running = opening.move();
  return { ...laptop, stop: () => running.disposeAsync() };
}

/** Certificates name the authority where it was at its first start, on whatever port it listens now. */
function addressOfBefore({ authority, url }: AuthorityServer): Record<string, string> {
  const [before, now] = [authority.baseUrl, url].map((address) => new URL(address).host) as [string, string];
  return before === now ? {} : { [before]: now };
}

function demoLaptop(stack: LocalStack, authority: AuthorityServer): Omit<DemoLaptop, 'stop'> {
  const { SignInIssuer: issuer = '', SignInClientId: clientId = '' } = stack.outputs;
  const signInAddress = { issuer, clientId, redirectUri: callback() };
  const tokenOf = async (name: DemoName) =>
    (await signIn({ ...signInAddress, account: DEMO_PEOPLE[name].sub })).idToken;
  return {
    stack,
    authority,
    signInAddress,
    tokenOf,
    anyone: new ApiClient(stack.apiUrl),
    as: async (name) => new ApiClient(stack.apiUrl, await tokenOf(name)),
    settled: () => stack.idle(),
  };
}

function callback(): string {
  const url = stageSettings(STAGE).callbackUrls.find((address) => address.startsWith('http://localhost'));
  if (!url) throw new Error(`Stage ${STAGE} has no callback address on this machine.`);
  return url;
}

function certificationAuthority({ authority, url }: AuthorityServer): CertificationAuthority {
  return {
    root: pem(authority.rootCertificate),
    certify: async (csr, profile) => {
      const answer = await fetch(`${url}/certificates?profile=${profile}`, {
        method: 'POST',
        headers: { 'content-type': 'application/pkcs10' },
        body: csr,
      });
      if (!answer.ok) throw new Error(`The development authority refused: ${await answer.text()}`);
      return answer.text();
    },
  };
}

function pem(certificate: Uint8Array): string {
  const lines =
    Buffer.from(certificate)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const ROLES = { clerk: 'văn thư', officer: 'công chức', leader: 'lãnh đạo' } as const;

function accounts(): NonNullable<StartOptions['accounts']> {
  return Object.values<DemoPerson>(DEMO_PEOPLE).map((person) => {
    const { sub, name, email, groups, place } = person;
    const unit = DEMO_UNITS.find(({ code }) => code === place?.unit);
    const section = unit?.name ?? (groups.length > 0 ? 'Vận hành' : 'Công dân');
    const description = place ? `${place.title} (${ROLES[place.role]})` : undefined;
    return { sub, name, email, groups, section, assurance: '2', ...(description ? { description } : {}) };
  });
}
