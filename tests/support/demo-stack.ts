import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { type ApiClient, ApiProblem } from '../../cli/client.ts';
import { type OpenOptions, openLaptop } from '../../cli/demo/laptop.ts';
import type { DemoName } from '../../cli/demo/people.ts';
import type { Faults } from '../../local/authority/faults.ts';
import type { LogEntry } from '../../local/functions/log.ts';
import type { LocalStack } from '../../local/stack.ts';

/** Tokens live for an hour; signed in anew before that. */
const TOKEN_MS = 50 * 60_000;

export type QueueName = 'intake' | 'sign' | 'delivery' | 'notify' | 'evidence' | 'mail-events';

/** Logical ids of the queues' constructs; the relay has dead letters only. */
const QUEUES: Readonly<Record<QueueName | 'relay', string>> = {
  intake: 'IntakeWork',
  sign: 'SigningWork',
  delivery: 'DeliveryWork',
  notify: 'NotificationsSendingWork',
  evidence: 'EvidenceWork',
  'mail-events': 'NotificationsReportsWork',
  relay: 'Relay',
};

/** The synthesized stack with the demo people, running on this machine in a folder of its own. */
export interface DemoStack {
  readonly stack: LocalStack;
  readonly stateDir: string;
  /** All that functions printed and the laptop noted. */
  readonly log: readonly LogEntry[];
  readonly anyone: ApiClient;
  /** Of the administrator, who may do anything. */
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** The service as one of the demo people sees it; one token for as long as it lives. */
  as(name: DemoName): Promise<ApiClient>;
  /** An ID token of such a person, for programs. */
  tokenOf(name: DemoName): Promise<string>;
  /** Address of the development authority. */
  readonly authorityUrl: string;
  /** Its root certificate, DER. */
  readonly authorityRoot: Uint8Array;
  /** What is to go wrong there. */
  readonly authorityFaults: Faults;
  settled(): Promise<void>;
  /** Physical id of the resource with the logical id `name` and the CDK's hash. */
  physical(name: string): string;
  queueUrl(name: QueueName): string;
  /** Address of the queue where that one's messages end that were given up. */
  deadLettersUrl(name: QueueName | 'relay'): string;
  /** How many messages lie in a queue, those under way included. */
  depth(url: string): Promise<number>;
  send(url: string, body: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a copy of the prepared stack: synthesized and seeded once for all tests. */
export async function openDemoStack(
  options: Pick<OpenOptions, 'transformTemplate' | 'observers' | 'clock'> = {},
): Promise<DemoStack> {
  const prepared = inject('preparedStack');
  const stateDir = await mkdtemp(join(tmpdir(), 'ba-khong-state-'));
  await cp(join(prepared, 'state'), stateDir, { recursive: true });
  const log: LogEntry[] = [];
  const laptop = await openLaptop({
    ...options,
    stateDir,
    assemblyDir: join(prepared, 'assembly'),
    log: (entry) => void log.push(entry),
  });
  const { stack } = laptop;
  const client = { endpoint: stack.awsUrl, region: stack.region, credentials: stack.administrator, maxAttempts: 3 };
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const sqs = new SQSClient(client);
  const signedIn = new Map<DemoName, { readonly at: number; readonly client: Promise<ApiClient> }>();
  const physical = (name: string) => physicalId(stack, name);
  return {
    stack,
    stateDir,
    log,
    anyone: laptop.anyone,
    s3,
    sqs,
    as: (name) => {
      const known = signedIn.get(name);
      if (known && stack.clock.now() - known.at < TOKEN_MS) return known.client;
      const fresh = { at: stack.clock.now(), client: laptop.as(name) };
      signedIn.set(name, fresh);
      return fresh.client;
    },
    tokenOf: (name) => laptop.tokenOf(name),
    authorityUrl: laptop.authority.url,
    authorityRoot: laptop.authority.authority.rootCertificate,
    authorityFaults: laptop.authority.authority.faults,
    settled: () => laptop.settled(),
    physical,
    queueUrl: (name) => physical(`${QUEUES[name]}Queue`),
    deadLettersUrl: (name) => physical(`${QUEUES[name]}DeadLetters`),
    depth: async (url) => {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] });
      const { Attributes } = await sqs.send(asked);
      return names.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
    },
    send: async (url, body) => void (await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }))),
    async close() {
      s3.destroy();
      sqs.destroy();
      await laptop.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** All queues with how many messages lie in each; only those that are not empty. */
export async function notEmpty(demo: DemoStack): Promise<Record<string, number>> {
  const names = Object.keys(QUEUES) as (QueueName | 'relay')[];
  const urls = names.flatMap((name) => [
    ...(name === 'relay' ? [] : [[name, demo.queueUrl(name)] as const]),
    [`${name} dead letters`, demo.deadLettersUrl(name)] as const,
  ]);
  const depths = await Promise.all(urls.map(async ([name, url]) => [name, await demo.depth(url)] as const));
  return Object.fromEntries(depths.filter(([, depth]) => depth > 0));
}

function physicalId({ resources }: LocalStack, name: string): string {
  const found = Object.entries(resources).find(([id]) => new RegExp(`^${name}[0-9A-F]{8}$`).test(id));
  if (!found) throw new Error(`The stack has no resource ${name}.`);
  return found[1];
}

/** `409 invalid_state` of a request that is refused; what it answered, where it is not. */
export async function outcome(request: Promise<unknown>): Promise<string> {
  try {
    return `answered ${JSON.stringify(await request)}`;
  } catch (error) {
    if (error instanceof ApiProblem) return `${error.status} ${error.code}`;
    throw error;
  }
}
