import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { StackArtifact } from './assembly/cloud-assembly.ts';
import type { JsonObject } from './assembly/template.ts';
import { LocalError } from './errors.ts';
import type { EventBus } from './events/event-bus.ts';
import type { LogSink } from './functions/log.ts';
import type { LocalClock } from './gateway/service.ts';
import type { DemoAccount } from './identity/account.ts';
import type { IdentityClient } from './identity/provider.ts';
import type { Mail } from './mail/mail.ts';
import { listOf, type SignIn } from './resources/laptop.ts';

interface CompanionOptions {
  readonly stateDir: string;
  readonly clock: LocalClock;
  readonly region: string;
  readonly account: string;
  readonly events: EventBus;
  readonly log: LogSink;
}

const declares = (stacks: readonly StackArtifact[], prefix: string): boolean =>
  stacks.some(({ template }) => Object.values(template.Resources).some(({ Type }) => Type.startsWith(prefix)));

/** Starts what stands for SES, where a template declares something of SES. */
export async function startMail(
  stacks: readonly StackArtifact[],
  { stateDir, clock, region, account, events }: CompanionOptions,
  viewerPort: number,
  closing: AsyncDisposableStack,
): Promise<Mail | undefined> {
  if (!declares(stacks, 'AWS::SES::')) return undefined;
  // Loaded only where it is needed: it brings many packages with it.
  const { createMail } = await import('./mail/mail.ts');
  const mail = await createMail({
    dir: join(stateDir, 'mail'),
    clock,
    region,
    accountId: account,
    viewerPort,
    onEvent: ({ source, 'detail-type': detailType, detail, resources }) =>
      events.publish({ source, detailType, detail: detail as JsonObject, resources }),
  });
  closing.defer(() => mail.close());
  return mail;
}

/** Takes a port and holds it, so that its address is known before the server that will use it. */
function reservePort(port: number): Promise<{ readonly port: number; release(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server: Server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as { port: number };
      const release = () => new Promise<void>((released) => server.close(() => released()));
      resolve({ port: address.port, release });
    });
  });
}

/**
 * Stands for the user pool: its address is reserved when the pool is created, because authorizers name it, and the
 * provider starts when all the pool's clients are known.
 */
export class UserPools implements SignIn {
  readonly #options: CompanionOptions;
  readonly #accounts: readonly DemoAccount[];
  readonly #port: number;
  readonly #clients: IdentityClient[] = [];
  #module: Promise<typeof import('./identity/identity.ts')> | undefined;
  #reserved: Awaited<ReturnType<typeof reservePort>> | undefined;
  #close: (() => Promise<void>) | undefined;

  constructor(options: CompanionOptions, accounts: readonly DemoAccount[], port: number) {
    this.#options = options;
    this.#accounts = accounts;
    this.#port = port;
  }

  /** Address of the provider; `undefined` without a user pool. */
  get issuer(): string | undefined {
    return this.#reserved && `http://127.0.0.1:${this.#reserved.port}`;
  }

  async createUserPool(id: string): Promise<{ poolId: string; issuer: string }> {
    if (this.#reserved) throw new LocalError('UnsupportedValue', 'the laptop knows one user pool only');
    // Loaded while the other resources are being created: it brings many packages with it.
    this.#module = import('./identity/identity.ts');
    this.#module.catch(() => {});
    this.#reserved = await reservePort(this.#port);
    return { poolId: `${this.#options.region}_${id.slice(-9)}`, issuer: this.issuer as string };
  }

  async createClient(id: string, _poolId: string, properties: JsonObject): Promise<{ clientId: string }> {
    if (properties.GenerateSecret === true)
      throw new LocalError('UnsupportedValue', 'clients with a secret are not known');
    const clientId = id.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
    this.#clients.push({
      clientId,
      callbackUrls: listOf<string>(properties.CallbackURLs),
      logoutUrls: listOf<string>(properties.LogoutURLs),
    });
    return { clientId };
  }

  /** Starts the provider, where there is a pool. */
  async start(): Promise<void> {
    if (!this.#reserved || !this.#module) return;
    const { stateDir, clock, log } = this.#options;
    const { port, release } = this.#reserved;
    const { createIdentity } = await this.#module;
    await release();
    const identity = await createIdentity({
      port,
      accounts: this.#accounts,
      clients: this.#clients,
      stateDir: join(stateDir, 'identity'),
      clock,
      onError: (error) => log({ at: clock.now(), source: 'identity', text: String(error) }),
    });
    this.#close = () => identity.close();
  }

  async stop(): Promise<void> {
    if (this.#close) await this.#close();
    else await this.#reserved?.release();
  }
}
