import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActivity } from '../../../local/activity.ts';
import type { Json } from '../../../local/assembly/template.ts';
import { type AdvancingClock, createClock } from '../../../local/clock.ts';
import { StreamMapping, type StreamMappingSettings } from '../../../local/events/stream-mapping.ts';
import type { StreamRecord, StreamSource } from '../../../local/events/stream-source.ts';

const START = 1_000_000;

function record(name: string): StreamRecord {
  return { eventName: 'INSERT', dynamodb: { SequenceNumber: name, ApproximateCreationDateTime: START / 1000 } };
}

/** A stream of an array; positions are indexes. */
class ArrayStream implements StreamSource {
  readonly streamArn = 'arn:aws:dynamodb:x:0:table/t/stream/1';
  readonly records: StreamRecord[] = [];
  readonly #listeners = new Set<() => void>();

  write(...names: string[]): void {
    this.records.push(...names.map(record));
    for (const listener of this.#listeners) listener();
  }

  async poll(after: string | undefined, limit: number) {
    const from = Number(after ?? 0);
    const records = this.records.slice(from, from + limit);
    return { records, position: String(from + records.length) };
  }

  async latest(): Promise<string> {
    return String(this.records.length);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

let dir: string;
let clock: AdvancingClock;
const running: StreamMapping[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'laptop-stream-'));
  clock = createClock({ now: () => START });
});

afterEach(() => {
  for (const mapping of running.splice(0)) mapping.stop();
  clock.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Runs a mapping; `answer` says what the function makes of the names of a batch. */
async function start(
  source: ArrayStream,
  answer: (names: string[]) => unknown,
  more: Partial<StreamMappingSettings> = {},
) {
  const activity = createActivity();
  const batches: string[] = [];
  const dead: Json[] = [];
  const settings: StreamMappingSettings = {
    id: 'Mapping',
    startingPosition: 'TRIM_HORIZON',
    batchSize: 4,
    maximumRetries: 2,
    maximumAgeSeconds: -1,
    bisects: false,
    reportsFailures: true,
    filter: (event) => !JSON.stringify(event).includes('ignored'),
    positionFile: join(dir, 'position'),
    ...more,
  };
  const target = {
    definition: { arn: 'arn:aws:lambda:x:0:function:f' },
    async invoke(event: unknown) {
      const names = (event as { Records: StreamRecord[] }).Records.map((one) => one.dynamodb.SequenceNumber);
      batches.push(names.join(''));
      try {
        return { ok: true as const, requestId: '1', payload: answer(names) };
      } catch (error) {
        return { ok: false as const, requestId: '1', error: { errorType: 'Error', errorMessage: String(error) } };
      }
    },
  };
  const deadLetter = async (description: Json) => void dead.push(description);
  const mapping = new StreamMapping(settings, target, { source, clock, activity, log: () => {}, deadLetter });
  running.push(mapping);
  await mapping.start();
  await activity.idle();
  return { batches, dead, mapping, idle: activity.idle, advance: (ms: number) => clock.advance(ms, activity.idle) };
}

const failOn = (bad: string) => (names: string[]) => {
  if (names.includes(bad)) throw new Error('bad record');
  return undefined;
};

describe('a stream mapping', () => {
  it('hands records over in order and in batches, without those that the filter stops', async () => {
    const source = new ArrayStream();
    source.write('a', 'ignored', 'b', 'c', 'd', 'e');
    const { batches, idle } = await start(source, () => undefined);
    expect(batches).toEqual(['abc', 'de']);
    source.write('f');
    await idle();
    expect(batches).toEqual(['abc', 'de', 'f']);
  });

  it('tries a failed batch again on the clock, then gives it up and goes on', async () => {
    const source = new ArrayStream();
    source.write('a', 'x', 'b', 'c', 'd');
    const { batches, dead, advance } = await start(source, failOn('x'));
    expect(batches).toEqual(['axbc']);
    await advance(999);
    expect(batches).toEqual(['axbc']);
    await advance(1);
    expect(batches).toEqual(['axbc', 'axbc']);
    await advance(2_000);
    expect(batches).toEqual(['axbc', 'axbc', 'axbc', 'd']);
    expect(dead).toMatchObject([
      {
        requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
        DDBStreamBatchInfo: { startSequenceNumber: 'a', endSequenceNumber: 'c', batchSize: 4 },
      },
    ]);
  });

  it('halves a failed batch until the bad record stands alone', async () => {
    const source = new ArrayStream();
    source.write('a', 'x', 'b', 'c');
    const { batches, dead, advance } = await start(source, failOn('x'), { bisects: true, maximumRetries: 1 });
    await advance(60_000);
    expect(batches).toEqual(['axbc', 'ax', 'a', 'x', 'x', 'bc']);
    expect(dead).toMatchObject([{ DDBStreamBatchInfo: { startSequenceNumber: 'x', batchSize: 1 } }]);
  });

  it('goes on from the first record that the function names', async () => {
    const source = new ArrayStream();
    source.write('a', 'b', 'c');
    let spoilt = true;
    const { batches, advance } = await start(source, (names) => {
      const failed = spoilt && names.includes('b');
      spoilt = false;
      return failed ? { batchItemFailures: [{ itemIdentifier: 'b' }] } : undefined;
    });
    await advance(1_000);
    expect(batches).toEqual(['abc', 'bc']);
  });

  it.each([0, 1, 2, 3, 4, 5, 6])('does not miss a write %i turns after it found nothing', async (turns) => {
    const source = new ArrayStream();
    const poll = source.poll.bind(source);
    let written = false;
    source.poll = async (after, limit) => {
      const found = await poll(after, limit);
      if (!written) {
        written = true;
        let turn = Promise.resolve();
        for (let passed = 0; passed < turns; passed += 1) turn = turn.then(() => {});
        void turn.then(() => source.write('late'));
      }
      return found;
    };
    const { batches, idle } = await start(source, () => undefined);
    await idle();
    expect(batches).toEqual(['late']);
  });

  it('gives up records that are too old', async () => {
    const source = new ArrayStream();
    source.write('x');
    const { dead, advance } = await start(source, failOn('x'), { maximumRetries: -1, maximumAgeSeconds: 60 });
    await advance(59_000);
    expect(dead).toEqual([]);
    await advance(60_000);
    expect(dead).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
  });

  it('finds its position again, but not past what had failed', async () => {
    const source = new ArrayStream();
    source.write('a', 'b');
    const first = await start(source, () => undefined, { batchSize: 1 });
    first.mapping.stop();
    source.write('x');
    const second = await start(source, failOn('x'));
    expect(second.batches).toEqual(['x']);
    second.mapping.stop();
    const third = await start(source, () => undefined);
    expect(third.batches).toEqual(['x']);
  });

  it('starts at the end where the template says LATEST', async () => {
    const source = new ArrayStream();
    source.write('a');
    const { batches, idle } = await start(source, () => undefined, { startingPosition: 'LATEST' });
    source.write('b');
    await idle();
    expect(batches).toEqual(['b']);
  });
});
