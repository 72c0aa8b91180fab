import { describe, expect, it } from 'vitest';
import { createActivity } from '../../../local/activity.ts';
import { QueueMapping, type QueueMappingSettings } from '../../../local/events/queue-mapping.ts';
import type { ReceivedMessage } from '../../../local/services/sqs/receiver.ts';

/** A queue of an array: what is received is gone from sight, what is deleted is noted. */
function arrayQueue() {
  const visible: ReceivedMessage[] = [];
  const deleted: string[] = [];
  const listeners = new Set<(queue: string) => void>();
  const change = () => {
    for (const listener of listeners) listener('work');
  };
  return {
    deleted,
    send: (...bodies: string[]) => {
      visible.push(...bodies.map((Body) => ({ MessageId: Body, ReceiptHandle: Body, MD5OfBody: '', Body })));
      change();
    },
    receive: async (_queue: string, { max }: { readonly max: number }) => {
      const taken = visible.splice(0, max);
      if (taken.length > 0) change();
      return taken;
    },
    delete: async (_queue: string, handles: readonly string[]) => void deleted.push(...handles),
    depths: () => ({ visible: visible.length, inFlight: 0, delayed: 0 }),
    onChange: (listener: (queue: string) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function start(answer: (bodies: string[]) => unknown, more: Partial<QueueMappingSettings> = {}) {
  const sqs = arrayQueue();
  const activity = createActivity();
  const batches: string[] = [];
  let atOnce = 0;
  let most = 0;
  const settings: QueueMappingSettings = {
    id: 'Mapping',
    queue: 'work',
    queueArn: 'arn:aws:sqs:x:0:work',
    batchSize: 2,
    maximumConcurrency: undefined,
    reportsFailures: true,
    filter: (event) => !JSON.stringify(event).includes('ignored'),
    ...more,
  };
  const target = {
    concurrency: 3,
    async invoke(event: unknown) {
      const bodies = (event as { Records: { body: string }[] }).Records.map(({ body }) => body);
      batches.push(bodies.join(''));
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise(setImmediate);
      atOnce -= 1;
      return { ok: true as const, requestId: '1', payload: answer(bodies) };
    },
  };
  const mapping = new QueueMapping(settings, target, {
    sqs,
    activity,
    log: () => {},
    clock: { now: () => 0 },
    region: 'x',
  });
  mapping.start();
  return { sqs, batches, mapping, idle: activity.idle, most: () => most };
}

describe('a queue mapping', () => {
  it('makes batches and deletes what succeeded', async () => {
    const { sqs, batches, idle } = start((bodies) => ({
      batchItemFailures: bodies.filter((body) => body === 'x').map((itemIdentifier) => ({ itemIdentifier })),
    }));
    sqs.send('a', 'x', 'b');
    await idle();
    expect(batches.sort()).toEqual(['ax', 'b']);
    expect(sqs.deleted.sort()).toEqual(['a', 'b']);
  });

  it('deletes what the filter stops without asking the function', async () => {
    const { sqs, batches, idle } = start(() => undefined);
    sqs.send('ignored', '{"ignored":1}');
    await idle();
    expect(batches).toEqual([]);
    expect(sqs.deleted).toEqual(['ignored', '{"ignored":1}']);
  });

  it.each([
    [1, 1],
    [2, 2],
    [undefined, 3],
  ])('works on as many batches at once as it may (%s)', async (maximumConcurrency, expected) => {
    const { sqs, idle, most } = start(() => undefined, { batchSize: 1, maximumConcurrency });
    sqs.send('a', 'b', 'c', 'd', 'e');
    await idle();
    expect(most()).toBe(expected);
    expect(sqs.deleted).toHaveLength(5);
  });

  it.each([0, 1, 2, 3, 4])('does not miss a message %i turns after it found none', async (turns) => {
    const { sqs, idle } = start(() => undefined, { maximumConcurrency: 1 });
    const receive = sqs.receive;
    let sent = false;
    sqs.receive = async (queue, options) => {
      const found = await receive(queue, options);
      if (found.length === 0 && !sent) {
        sent = true;
        let turn = Promise.resolve();
        for (let passed = 0; passed < turns; passed += 1) turn = turn.then(() => {});
        void turn.then(() => sqs.send('late'));
      }
      return found;
    };
    sqs.send('early');
    await idle();
    expect(sqs.deleted).toEqual(['early', 'late']);
  });

  it('takes nothing more once it is stopped', async () => {
    const { sqs, batches, mapping, idle } = start(() => undefined);
    mapping.stop();
    sqs.send('a');
    await idle();
    expect(batches).toEqual([]);
  });
});
