import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { relay } from '../../../../functions/relay/relay.ts';
import { type CaseEvent, chain, EMPTY_LOG } from '../../../../lib/evidence/case-event.ts';
import type { QueueMessage } from '../../../../lib/platform/aws/message-queue.ts';
import { memoryLog } from '../../../support/call.ts';

const UNIT = 'H56.12.03';

/** The stream's own notation of an item. */
function attribute(value: unknown): Record<string, unknown> {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(attribute) };
  return { M: image(value as object) };
}
const image = (item: object) =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));

const record = (item: object, sequence: number, eventName = 'INSERT') =>
  ({ eventName, dynamodb: { SequenceNumber: String(sequence), NewImage: image(item) } }) as DynamoDBRecord;
const event = (code: string, type: string): CaseEvent =>
  chain(code, EMPTY_LOG, [
    { type, at: 1, actor: { kind: 'person', id: 'p' }, data: { code, unit: UNIT, recipients: [UNIT, 'H56.12.04'] } },
  ]).events[0]!;

/** Queues that keep what they take, and refuse the messages of the cases that are named. */
function world(refused: readonly string[] = [], unreachable: readonly string[] = []) {
  const taken: string[] = [];
  const queue = (name: string) => ({
    async send(messages: readonly QueueMessage[]) {
      if (unreachable.includes(name)) throw new Error('no queue');
      const failed = messages.filter(({ key }) => refused.some((code) => key.startsWith(code))).map(({ key }) => key);
      taken.push(...messages.filter(({ key }) => !failed.includes(key)).map(({ key }) => `${name}: ${key}`));
      return { failed };
    },
  });
  const log = memoryLog();
  const queues = {
    sign: queue('sign'),
    delivery: queue('delivery'),
    notify: queue('notify'),
    evidence: queue('evidence'),
  };
  const handle = relay({ queues, log });
  return { taken, log, handle: (...Records: DynamoDBRecord[]) => handle({ Records }) };
}

describe('the relay', () => {
  it('hands the work of every new event to its queue', async () => {
    const { handle, taken } = world();
    const answer = await handle(
      record(event('A', 'petition.submitted'), 1),
      record(event('B', 'dispatch.issued'), 2),
      record(event('C', 'petition.rated'), 3),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(taken.sort()).toEqual(['delivery: B-1-0', 'delivery: B-1-1', 'notify: A-1-1', 'sign: A-1-0']);
  });

  it('gives the same jobs for a record that comes twice', async () => {
    const { handle, taken } = world();
    const twice = record(event('A', 'petition.submitted'), 1);
    await handle(twice);
    await handle(twice);
    expect(new Set(taken).size).toBe(taken.length / 2);
  });

  it('asks for the records again from the first of which not every job was taken', async () => {
    const { handle, taken } = world(['B']);
    const answer = await handle(
      record(event('A', 'petition.submitted'), 1),
      record(event('B', 'petition.submitted'), 2),
      record(event('C', 'petition.submitted'), 3),
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(taken).toContain('sign: A-1-0');
  });

  it('asks again when a queue cannot be reached at all', async () => {
    const { handle } = world([], ['notify']);
    expect(await handle(record(event('A', 'petition.answer-approved'), 1))).toEqual({ batchItemFailures: [] });
    expect(await handle(record(event('A', 'petition.submitted'), 2))).toEqual({
      batchItemFailures: [{ itemIdentifier: '2' }],
    });
  });

  it('sends what stands before a record that it cannot read, and stops there', async () => {
    const { handle, taken, log } = world();
    const { hash: _, ...broken } = event('B', 'petition.submitted');
    const answer = await handle(
      record(event('A', 'petition.submitted'), 1),
      record(broken, 2),
      record(event('C', 'petition.submitted'), 3),
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(taken.sort()).toEqual(['notify: A-1-1', 'sign: A-1-0']);
    expect(log.lines.map((line) => line.code)).toEqual(['job.malformed']);
  });

  it('passes over what is no new item', async () => {
    const { handle, taken } = world();
    expect(await handle(record(event('A', 'petition.submitted'), 1, 'MODIFY'))).toEqual({ batchItemFailures: [] });
    expect(taken).toEqual([]);
  });
});
