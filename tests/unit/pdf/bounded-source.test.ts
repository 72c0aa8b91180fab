import { describe, expect, it } from 'vitest';
import { boundedSource } from '../../../lib/pdf/bounded-source.ts';
import { chunksOf, memorySource } from '../../../lib/pdf/byte-source.ts';
import { isProblem } from '../../../lib/platform/errors.ts';

const FILE = new Uint8Array(3 * 1024 * 1024);
const limited = (error: unknown) => isProblem(error, 'reading_limit');

async function drained(source: ReturnType<typeof boundedSource>): Promise<number> {
  let length = 0;
  for await (const chunk of chunksOf(source)) length += chunk.length;
  return length;
}

describe('a source with bounds', () => {
  it('reads up to its octets, one way or the other, and not one more', async () => {
    const source = boundedSource(memorySource(FILE), { now: () => 0, until: 1, octets: FILE.length + 10 });
    expect(await source.read(5, 10)).toHaveLength(10);
    expect(await drained(source)).toBe(FILE.length);
    expect(source.spent).toBe(false);
    await expect(source.read(0, 1)).rejects.toSatisfy(limited);
    expect(source.spent).toBe(true);
  });

  it('reads until its time has come, also in the middle of a stream, and never again', async () => {
    let now = 0;
    const source = boundedSource(memorySource(FILE), { now: () => now, until: 2, octets: 1e9 });
    const seen: number[] = [];
    const streaming = (async () => {
      for await (const chunk of chunksOf(source)) {
        seen.push(chunk.length);
        now++;
      }
    })();
    await expect(streaming).rejects.toSatisfy(limited);
    expect(seen).toHaveLength(2);
    now = 0;
    await expect(source.read(0, 1)).rejects.toSatisfy(limited);
  });
});
