import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resumableSha256, resumeSha256, runningHash } from '../../../lib/platform/running-hash.ts';

const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest('hex');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a SHA-256 that was laid down', () => {
  test('goes on as if it had never stopped, whatever came before and comes after', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), async (before, after) => {
        const state = (await resumableSha256()).update(before).save();
        const resumed = await resumeSha256(state, sha256(before));
        expect(hex(resumed!.update(after).digest())).toBe(sha256(before, after));
        expect(await resumeSha256(resumed!.save(), sha256(before, after))).toBeDefined();
      }),
    );
  });

  test('is not believed for other bytes, another length, or when it was tampered with', async () => {
    const bytes = randomBytes(1000);
    const state = (await resumableSha256()).update(bytes).save();
    expect(await resumeSha256(state, sha256(randomBytes(1000)))).toBeUndefined();
    expect(await resumeSha256(state, sha256(bytes.subarray(0, 999)))).toBeUndefined();
    for (let at = 0; at < state.length; at++) {
      const tampered = Uint8Array.from(state);
      tampered[at]! ^= 1;
      const resumed = await resumeSha256(tampered, sha256(bytes));
      // What lies in the block's buffer behind the bytes that count is never read.
      if (resumed) expect(hex(resumed.update(bytes).digest())).toBe(sha256(bytes, bytes));
    }
    expect(await resumeSha256(state.subarray(1), sha256(bytes))).toBeUndefined();
    expect(await resumeSha256(new Uint8Array(), sha256(bytes))).toBeUndefined();
  });
});

test.each([
  ['of node:crypto', async () => runningHash('sha256')],
  ['that can be saved', resumableSha256],
])('a hash %s forks, and each branch runs on by itself', async (_, start) => {
  const [trunk, left, right] = ['trunk', 'left', 'right'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];
  const hash = (await start()).update(trunk);
  const branch = hash.fork().update(left);
  expect(hex(hash.digest())).toBe(sha256(trunk));
  hash.update(right);
  expect([hex(branch.digest()), hex(hash.digest())]).toEqual([sha256(trunk, left), sha256(trunk, right)]);
});
