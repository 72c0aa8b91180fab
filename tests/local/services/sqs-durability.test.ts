import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqs, type Sqs } from '../../../local/services/sqs/sqs.ts';
import { stillClock } from '../../contract/still-clock.ts';

const clock = stillClock();
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sqs-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function open(): Promise<Sqs> {
  return await createSqs({
    dir,
    clock,
    region: 'ap-southeast-1',
    accountId: '000000000000',
    endpoint: () => 'http://127.0.0.1',
  });
}

/** Opens the queues, runs, closes them again: each use is one life of the laptop. */
async function life<T>(run: (admin: Sqs['admin']) => Promise<T>): Promise<T> {
  const sqs = await open();
  try {
    return await run(sqs.admin);
  } finally {
    await sqs.close();
  }
}

const bodies = (messages: readonly { readonly Body: string }[]) => messages.map((message) => message.Body);
const all = { max: 10_000, wait: 0 };

describe('queues over a restart', () => {
  it('keep messages, receipts, timeouts and dead letters', async () => {
    await life(async (admin) => {
      const { arn } = await admin.createQueue('dead');
      await admin.createQueue('work', {
        VisibilityTimeout: 60,
        RedrivePolicy: { deadLetterTargetArn: arn, maxReceiveCount: 2 },
      });
      for (const MessageBody of ['a', 'b', 'c']) await admin.send('work', { MessageBody }, 'test');
      await admin.send('work', { MessageBody: 'late', DelaySeconds: 900 }, 'test');
      const [a, b] = await admin.receive('work', { max: 2, wait: 0 });
      await admin.delete('work', [a!.ReceiptHandle]);
      await admin.changeVisibility('work', [b!.ReceiptHandle], 600);
    });
    await life(async (admin) => {
      expect(admin.depths('work')).toEqual({ visible: 1, inFlight: 1, delayed: 1 });
      expect(bodies(await admin.receive('work', all))).toEqual(['c']);
      await clock.pass(600_000);
      const again = await admin.receive('work', all);
      expect(again.map((message) => [message.Body, message.Attributes?.ApproximateReceiveCount]).sort()).toEqual([
        ['b', '2'],
        ['c', '2'],
      ]);
      await clock.pass(60_000);
      expect(await admin.receive('work', all)).toEqual([]);
    });
    await life(async (admin) => {
      expect(bodies(await admin.receive('dead', all)).sort()).toEqual(['b', 'c']);
      expect(admin.depths('work')).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
    });
  });

  it('wake their consumers when a message hidden before the restart comes back', async () => {
    await life(async (admin) => {
      await admin.createQueue('work', { VisibilityTimeout: 60 });
      await admin.send('work', { MessageBody: 'again' }, 'test');
      await admin.receive('work', all);
    });
    await life(async (admin) => {
      const waiting = admin.receive('work', { max: 1, wait: 3_600_000 });
      await clock.pass(60_000);
      expect(bodies(await waiting)).toEqual(['again']);
    });
  });

  it('take the settings that are declared now', async () => {
    await life(async (admin) => await admin.createQueue('work', { VisibilityTimeout: 60 }));
    await life(async (admin) => {
      await admin.createQueue('work', { VisibilityTimeout: 0 });
      await admin.send('work', { MessageBody: 'x' }, 'test');
      expect(await admin.receive('work', all)).toHaveLength(1);
      expect(await admin.receive('work', all)).toHaveLength(1);
    });
  });

  it('drop a last line that was cut off, and go on behind it', async () => {
    await life(async (admin) => {
      await admin.createQueue('work');
      await admin.send('work', { MessageBody: 'whole' }, 'test');
    });
    await appendFile(join(dir, 'queues.jsonl'), '{"t":"send","q":"work","messages":[{"id":"đ');
    await life(async (admin) => await admin.send('work', { MessageBody: 'next' }, 'test'));
    await life(async (admin) => expect(bodies(await admin.receive('work', all))).toEqual(['whole', 'next']));
  });

  it('refuse to start on a journal that is damaged in the middle', async () => {
    await life(async (admin) => await admin.createQueue('work'));
    const journal = join(dir, 'queues.jsonl');
    await writeFile(journal, `nonsense\n${await readFile(journal, 'utf8')}`);
    await expect(open()).rejects.toThrow('line 1 is damaged');
  });

  it('keep the journal short however many messages pass', async () => {
    await life(async (admin) => {
      await admin.createQueue('work');
      await admin.send('work', { MessageBody: 'stays' }, 'test');
      const [stays] = await admin.receive('work', all);
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(
          Array.from({ length: 400 }, (_, index) => admin.send('work', { MessageBody: `${index}` }, 'test')),
        );
        const messages = await admin.receive('work', all);
        expect(messages).toHaveLength(400);
        await admin.delete(
          'work',
          messages.map((message) => message.ReceiptHandle),
        );
      }
      await admin.changeVisibility('work', [stays!.ReceiptHandle], 0);
    });
    // 5 × 400 × (send, receive, delete) lines were written; a snapshot has taken the place of most of them.
    expect((await readFile(join(dir, 'queues.jsonl'), 'utf8')).split('\n').length).toBeLessThan(4000);
    expect((await stat(join(dir, 'queues.jsonl'))).mode & 0o077).toBe(0);
    await life(async (admin) => expect(bodies(await admin.receive('work', all))).toEqual(['stays']));
  });
});

describe('a killed process', () => {
  it('has lost no message that it acknowledged', async () => {
    const module = fileURLToPath(new URL('../../../local/services/sqs/sqs.ts', import.meta.url));
    const script = `
      const { createSqs } = await import(${JSON.stringify(module)});
      const clock = { now: () => ${clock.now()}, at: () => () => {} };
      const sqs = await createSqs({ dir: ${JSON.stringify(dir)}, clock, region: 'r', accountId: '0', endpoint: () => '' });
      await sqs.admin.createQueue('work');
      const flood = async () => {
        for (;;) process.stdout.write((await sqs.admin.send('work', { MessageBody: 'x'.repeat(2000) }, 'test')).messageId + '\\n');
      };
      await Promise.all([flood(), flood(), flood()]);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (acknowledged.length === 200) child.kill('SIGKILL');
    }
    await life(async (admin) => {
      const present = new Set((await admin.receive('work', all)).map((message) => message.MessageId));
      expect(acknowledged.length).toBeGreaterThanOrEqual(200);
      expect(acknowledged.filter((id) => !present.has(id))).toEqual([]);
    });
  });
});
