import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json, JsonObject } from '../assembly/template.ts';
import { LocalError } from '../errors.ts';
import type { Laptop } from '../resources/laptop.ts';
import { type S3Event, wantsEvent } from '../services/s3/event.ts';
import { nameOf } from './target.ts';

interface Destination {
  readonly id: string;
  readonly arn: string;
  readonly events: readonly string[];
  readonly prefix?: string;
  readonly suffix?: string;
}

const KINDS: Readonly<Record<string, string>> = {
  // CloudFormation's own names and those of the S3 API, which the CDK's custom resource is given.
  QueueConfigurations: 'Queue',
  LambdaConfigurations: 'Function',
  LambdaFunctionConfigurations: 'LambdaFunctionArn',
};

function readDestination(configuration: JsonObject, arnKey: string, bucket: string): Destination {
  const rules = filterRules(configuration.Filter as JsonObject | undefined);
  const arn = String(configuration[arnKey] ?? configuration.QueueArn);
  const events = [configuration.Event ?? configuration.Events ?? []].flat().map(String);
  const id = String(
    configuration.Id ?? createHash('sha256').update(`${bucket}${arn}`).digest('base64url').slice(0, 20),
  );
  return { id, arn, events, ...rules };
}

function filterRules(filter: JsonObject | undefined): { prefix?: string; suffix?: string } {
  const key = (filter?.S3Key ?? filter?.Key ?? {}) as JsonObject;
  const rules = (key.Rules ?? key.FilterRules ?? []) as readonly JsonObject[];
  return Object.fromEntries(rules.map((rule) => [String(rule.Name).toLowerCase(), String(rule.Value)]));
}

/** Hands a bucket's events to the queues and functions that its notification configuration names. */
export class BucketNotifications {
  readonly #laptop: Laptop;
  readonly #destinations = new Map<string, Destination[]>();

  readonly #ready = Promise.withResolvers<void>();

  constructor(laptop: Laptop) {
    this.#laptop = laptop;
    // Events kept from an earlier start wait until the policies that allow their delivery are there.
    const { resolve, reject, promise } = this.#ready;
    promise.catch(() => {});
    laptop.running.push({
      id: 'bucket notifications',
      start: resolve,
      stop: () => reject(new Error('the laptop stops')),
    });
  }

  /**
   * Sets where a bucket's events go.
   * @throws LocalError `UnsupportedValue` for topics and EventBridge
   */
  configure(bucket: string, configuration: JsonObject | undefined, id: string): void {
    for (const [kind, list] of Object.entries(configuration ?? {})) {
      const arnKey = KINDS[kind];
      const configurations = (Array.isArray(list) ? list : [list]) as readonly JsonObject[];
      if (configurations.length === 0) continue;
      if (!arnKey) throw new LocalError('UnsupportedValue', `the laptop does not know ${kind} of a bucket`);
      const destinations = configurations.map((one) => readDestination(one, arnKey, bucket));
      this.#destinations.set(bucket, [...(this.#destinations.get(bucket) ?? []), ...destinations]);
      this.#laptop.running.push({ id, start: () => this.#validate(bucket, destinations), stop: () => {} });
    }
  }

  /** Hands over one event; rejects when a destination could not take it, so that it is told again. */
  async deliver(bucket: string, event: S3Event): Promise<void> {
    const end = this.#laptop.activity.begin(`event of bucket ${bucket}`);
    try {
      await this.#ready.promise;
      const wanting = (this.#destinations.get(bucket) ?? []).filter((destination) => wantsEvent(event, destination));
      await Promise.all(wanting.map((destination) => this.#hand(bucket, destination, event)));
    } finally {
      end();
    }
  }

  async #hand(bucket: string, { id, arn }: Destination, event: S3Event): Promise<void> {
    const decision = this.#authorize(bucket, arn);
    if (!decision.allowed) {
      const text = `AccessDenied: ${decision.missing.action} on ${decision.missing.resource}: ${decision.reason}`;
      this.#laptop.log({ at: this.#laptop.clock.now(), source: bucket, text });
      return;
    }
    const record = { ...event, s3: { ...event.s3, configurationId: id } };
    await this.#send(bucket, arn, { Records: [record] } as unknown as Json);
  }

  async #send(bucket: string, arn: string, body: Json): Promise<void> {
    const fn = arn.split(':')[2] === 'lambda' ? this.#laptop.functions.find(arn) : undefined;
    if (fn) await this.#laptop.asyncInvocations.invoke(fn, body);
    else await this.#laptop.sqs.send(nameOf(arn), { MessageBody: JSON.stringify(body) }, bucket);
  }

  #authorize(bucket: string, arn: string) {
    const action = arn.split(':')[2] === 'lambda' ? 'lambda:InvokeFunction' : 'sqs:SendMessage';
    const caller = { service: 's3.amazonaws.com', sourceArn: `arn:aws:s3:::${bucket}` };
    return this.#laptop.access.authorizeService(caller, { action, resource: arn });
  }

  /** S3 refuses a configuration whose destination it may not use, and sends queues a test message when it is new. */
  async #validate(bucket: string, destinations: readonly Destination[]): Promise<void> {
    for (const { id, arn } of destinations) {
      const decision = this.#authorize(bucket, arn);
      if (!decision.allowed) {
        const { action, resource } = decision.missing;
        throw new LocalError(
          'AccessDenied',
          `S3 cannot notify: ${action} on ${resource} is missing: ${decision.reason}`,
          bucket,
        );
      }
      if (arn.split(':')[2] === 'sqs') await this.#test(bucket, id, arn);
    }
  }

  async #test(bucket: string, id: string, arn: string): Promise<void> {
    const marks = join(this.#laptop.stateDir, 'notifications');
    const mark = join(
      marks,
      `${bucket}.${createHash('sha256')
        .update(id + arn)
        .digest('hex')
        .slice(0, 16)}`,
    );
    if (existsSync(mark)) return;
    await mkdir(marks, { recursive: true });
    await writeFile(mark, '');
    await this.#send(bucket, arn, {
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: new Date(this.#laptop.clock.now()).toISOString(),
      Bucket: bucket,
      RequestId: id,
      HostId: id,
    });
  }
}
