import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Activity, createActivity } from './activity.ts';
import { readCloudAssembly, type StackArtifact } from './assembly/cloud-assembly.ts';
import { type Deployment, deploy } from './assembly/deployment.ts';
import { Calls } from './calls.ts';
import { type AdvancingClock, createClock } from './clock.ts';
import { startMail, UserPools } from './companions.ts';
import { LocalError } from './errors.ts';
import { AsyncInvocations } from './events/async-invocations.ts';
import { EventBus } from './events/event-bus.ts';
import { Faults } from './faults.ts';
import type { LogSink } from './functions/log.ts';
import { FunctionRegistry } from './functions/registry.ts';
import type { AwsCall, CallObserver } from './gateway/call.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { Access } from './iam/access.ts';
import { CredentialStore } from './iam/credentials.ts';
import { type Policy, parsePolicy } from './iam/policy.ts';
import type { Mail } from './mail/mail.ts';
import { type Laptop, localAddress } from './resources/laptop.ts';
import { resourceTypes } from './resources/resource-types.ts';
import { type Services, startServices, tablesOf } from './services.ts';
import type { LocalStack, StartOptions } from './stack.ts';

export type { LocalStack, StartOptions } from './stack.ts';

const DEFAULT_ACCOUNT = '000000000000';
const DEFAULT_REGION = 'us-east-1';

/** Folders below the state directory; `fresh` takes away these and nothing else. */
const STATE = ['code', 'dynamodb', 'identity', 'kms', 'mail', 'notifications', 's3', 'sqs', 'streams'];

/** What a start has built so far. */
interface Parts {
  readonly options: StartOptions;
  readonly clock: AdvancingClock;
  readonly activity: Activity;
  readonly log: LogSink;
  readonly account: string;
  readonly region: string;
  readonly access: Access;
  readonly credentials: CredentialStore;
  readonly functions: FunctionRegistry;
  readonly calls: Calls;
  readonly faults: Faults;
  readonly events: EventBus;
}

/**
 * Brings the stacks of a cloud assembly to life on this machine.
 * @throws LocalError when a resource cannot be: whatever had been started is stopped again
 */
export async function startLocal(options: StartOptions): Promise<LocalStack> {
  const began = performance.now();
  const step = (name: string) => options.onStep?.(name, performance.now() - began);
  await using closing = new AsyncDisposableStack();

  step('read the cloud assembly');
  const stacks = await readStacks(options);
  await prepareState(options);
  const parts = assembleParts(options, stacks, closing);

  step('start the services');
  let gateway: Gateway | undefined;
  const endpoint = () => gateway?.url ?? '';
  const { stateDir, dynamoDbEndpoint } = options;
  const context = { ...parts, stateDir };
  const { ports = {}, accounts = [] } = options;
  const [services, mail] = await together(
    startServices({ ...context, endpoint, dynamoDbEndpoint }, closing),
    startMail(stacks, context, ports.mail ?? 0, closing),
  );
  const userPools = new UserPools(context, accounts, ports.identity ?? 0);
  closing.defer(() => userPools.stop());
  parts.access.keyPolicies = (arn) => keyPolicy(services, arn);
  gateway = await listen(parts, services, mail, closing);

  step('create the resources');
  const laptop = makeLaptop(parts, services, { mail, userPools }, endpoint);
  closing.defer(() => quiet(parts.activity));
  closing.defer(async () => void (await Promise.all(parts.functions.all().map((fn) => fn.stop()))));
  closing.defer(() => stopRunning(laptop));
  const types = resourceTypes(laptop);
  const { parameters } = options;
  const { account, region } = parts;
  const deployment = await deploy({ stacks, types, account, region, ...(parameters ? { parameters } : {}) });

  step('start the event sources');
  await userPools.start();
  await startRunning(laptop);
  const stack = makeStack({ parts, laptop, services, deployment, gateway, mail, userPools, closing: closing.move() });
  step('ready');
  return stack;
}

/** Waits for both, so that after a failure nothing is still starting while the rest is taken down. */
async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** Lets calls under way end before the services go; not for ever, as a client may hold one open. */
async function quiet(activity: Activity): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 2_000);
  });
  await Promise.race([activity.idle(), patience]);
  clearTimeout(timer);
}

async function readStacks({ assemblyDir, transformTemplate }: StartOptions): Promise<StackArtifact[]> {
  const stacks = await readCloudAssembly(assemblyDir);
  if (!transformTemplate) return stacks;
  return stacks.map((stack) => ({
    ...stack,
    template: transformTemplate(structuredClone(stack.template), stack.name),
  }));
}

async function prepareState({ stateDir, fresh }: StartOptions): Promise<void> {
  if (fresh) await Promise.all(STATE.map((name) => rm(join(stateDir, name), { recursive: true, force: true })));
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
}

function assembleParts(options: StartOptions, stacks: readonly StackArtifact[], closing: AsyncDisposableStack): Parts {
  const clock = createClock(options.clock);
  closing.defer(() => clock.stop());
  const account = stacks.find((stack) => stack.account)?.account ?? DEFAULT_ACCOUNT;
  const region = stacks.find((stack) => stack.region)?.region ?? options.region ?? DEFAULT_REGION;
  const activity = createActivity();
  const functions = new FunctionRegistry();
  const access = new Access(account, region);
  return {
    options,
    clock,
    activity,
    log: options.log ?? (() => {}),
    account,
    region,
    access,
    credentials: new CredentialStore(),
    functions,
    calls: new Calls(),
    faults: new Faults(functions, access),
    events: new EventBus({ account, region, clock, activity }),
  };
}

async function listen(
  parts: Parts,
  { s3, sqs, kms, dynamodb }: Services,
  mail: Mail | undefined,
  closing: AsyncDisposableStack,
): Promise<Gateway> {
  const gateway = await startGateway({
    port: parts.options.ports?.aws ?? 0,
    services: [s3, sqs, kms, dynamodb, ...(mail ? [mail.service] : [])],
    credentials: parts.credentials,
    authorize: (principal, permissions) => parts.access.authorize(principal, permissions),
    clock: parts.clock,
    region: parts.region,
  });
  closing.defer(() => gateway.close());
  const own = [activityObserver(parts.activity), refusalObserver(parts), parts.calls.observer, parts.faults.observer];
  for (const observer of [...own, ...(parts.options.observers ?? [])]) gateway.observe(observer);
  return gateway;
}

/** Keeps `idle()` waiting while a call is being carried out. A consumer that merely waits for messages is not work. */
function activityObserver(activity: Activity): CallObserver {
  const ends = new Map<string, () => void>();
  const end = (call: AwsCall): void => {
    ends.get(call.id)?.();
    ends.delete(call.id);
  };
  return {
    before: (call) => {
      if (call.operation !== 'ReceiveMessage') ends.set(call.id, activity.begin(`${call.service}:${call.operation}`));
    },
    after: (call) => {
      end(call);
      return 'answer';
    },
  };
}

function refusalObserver({ log, clock }: Parts): CallObserver {
  return {
    denied: ({ principal }, { action, resource }, reason) => {
      const who = principal.functionId ?? principal.arn;
      log({ at: clock.now(), source: 'iam', text: `AccessDenied for ${who}: ${action} on ${resource}: ${reason}` });
    },
  };
}

/** The policy of a key that a function made; none when there is no such key, which KMS itself then says. */
function keyPolicy({ kms }: Services, arn: string): Policy {
  try {
    return parsePolicy(JSON.parse(kms.admin.keyPolicy(arn)));
  } catch {
    return [];
  }
}

interface Companions {
  readonly mail: Mail | undefined;
  readonly userPools: UserPools;
}

function makeLaptop(parts: Parts, services: Services, { mail, userPools }: Companions, endpoint: () => string): Laptop {
  const { clock, activity, log, access, functions, credentials, region, events, options } = parts;
  const { movedAddresses = {} } = options;
  const onColdStart = functions.coldStarts.push.bind(functions.coldStarts);
  return {
    clock,
    activity,
    log,
    access,
    functions,
    functionDeps: { clock, activity, credentials, log, region, endpoint, onColdStart, movedAddresses },
    asyncInvocations: new AsyncInvocations(clock, log),
    events,
    s3: services.s3.admin,
    sqs: services.sqs.admin,
    kms: services.kms.admin,
    tables: tablesOf(services.dynamodb),
    signIn: userPools,
    mail: mail?.admin,
    apis: new Map(),
    running: [],
    stateDir: options.stateDir,
    apiPort: options.ports?.api ?? 0,
  };
}

async function startRunning({ running }: Laptop): Promise<void> {
  const started = await Promise.allSettled(running.map(async (part) => part.start()));
  for (const [index, result] of started.entries()) {
    if (result.status === 'fulfilled') continue;
    const { reason } = result as { reason: unknown };
    if (reason instanceof LocalError && reason.resource === undefined) {
      throw new LocalError(reason.code, reason.message, running[index]?.id, reason);
    }
    throw reason;
  }
}

async function stopRunning({ running }: Laptop): Promise<void> {
  await Promise.all(running.map(async (part) => part.stop()));
}

interface Built extends Companions {
  readonly parts: Parts;
  readonly laptop: Laptop;
  readonly services: Services;
  readonly deployment: Deployment;
  readonly gateway: Gateway;
  readonly closing: AsyncDisposableStack;
}

function makeStack({ parts, laptop, services, deployment, gateway, mail, userPools, closing }: Built): LocalStack {
  const { functions, activity, clock, events } = parts;
  const administrator = { arn: `arn:aws:iam::${parts.account}:root`, roleId: undefined, functionId: undefined };
  const idle = async (): Promise<void> => {
    do {
      await activity.idle();
      await services.s3.admin.settle();
    } while (activity.pending().length > 0);
  };
  return {
    apiUrl: [...laptop.apis.values()][0]?.url ?? '',
    awsUrl: gateway.url,
    account: parts.account,
    region: parts.region,
    issuer: userPools.issuer,
    mail,
    administrator: parts.credentials.user(administrator),
    outputs: Object.fromEntries([...deployment.outputs].map(([key, value]) => [key, localAddress(laptop, value)])),
    resources: Object.fromEntries(deployment.resources),
    functions: {
      ids: () => functions.all().map((fn) => fn.definition.id),
      id: (key) => functions.named(key).definition.id,
      invoke: (key, event) => functions.named(key).invoke(event),
      kill: (key) => functions.named(key).kill(),
      coldStarts: () => functions.coldStarts,
      invocations: (key) =>
        (key === undefined ? functions.all() : [functions.named(key)]).reduce((sum, fn) => sum + fn.invocations, 0),
    },
    calls: parts.calls,
    faults: parts.faults,
    clock,
    publish: (event) => events.publish(event),
    idle,
    pending: () => activity.pending(),
    advance: async (ms) => {
      await clock.advance(ms, idle);
      // AWS sweeps in the background, at no promised moment; here what is due goes before the call returns.
      await Promise.all([services.dynamodb.admin.sweepExpired(), services.s3.admin.sweep()]);
      await idle();
    },
    stop: () => closing.disposeAsync(),
  };
}
