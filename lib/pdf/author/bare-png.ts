import { pipeline } from 'node:stream/promises';
import { createInflate } from 'node:zlib';
import { ProblemError } from '../../platform/errors.ts';
import { overLimit } from '../problems.ts';

/** Chunks that say what the picture looks like (PNG, third edition, §11). All others are texts, profiles and other baggage. */
const PICTURE: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

/** Samples a pixel has, by colour type (§11.2.1). */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** First column and row of each pass of an interlaced picture, and the steps between (§8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

const MOST_BYTES = 256 * 1024 * 1024;

/**
 * The same picture and nothing besides: no texts, positions or profiles, which may be personal or far larger unpacked than the
 * picture; and its pixels are as many as its header says. Chunks are taken to be whole (`imageFacts`).
 * @throws ProblemError `image_broken`, `pdf_limits`
 */
export async function barePng(bytes: Uint8Array): Promise<Uint8Array> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept: Buffer[] = [view.subarray(0, 8)];
  const pixels: Buffer[] = [];
  for (let at = 8; ; ) {
    const end = at + 12 + view.readUInt32BE(at);
    const type = view.toString('latin1', at + 4, at + 8);
    if (PICTURE.has(type)) kept.push(view.subarray(at, end));
    if (type === 'IDAT') pixels.push(view.subarray(at + 8, end - 4));
    if (type === 'IEND') break;
    at = end;
  }
  const expected = unpackedBytes(view);
  if (expected > MOST_BYTES) throw overLimit('the image has too many pixels');
  if ((await countInflated(pixels, expected)) !== expected) throw new ProblemError('image_broken');
  return Buffer.concat(kept);
}

/** Bytes of all lines, each with the byte that names its filter. */
function unpackedBytes(view: Buffer): number {
  const [width, height] = [view.readUInt32BE(16), view.readUInt32BE(20)];
  const [depth = 0, colour = 0, , , interlaced] = view.subarray(24, 29);
  const samples = SAMPLES[colour];
  if (samples === undefined || ![1, 2, 4, 8, 16].includes(depth)) throw new ProblemError('image_broken');
  const lines = (columns: number, rows: number) =>
    columns === 0 ? 0 : rows * (1 + Math.ceil((columns * samples * depth) / 8));
  if (!interlaced) return lines(width, height);
  return ADAM7.reduce((sum, [x, y, dx, dy]) => {
    return sum + lines(Math.ceil(Math.max(0, width - x) / dx), Math.ceil(Math.max(0, height - y) / dy));
  }, 0);
}

/** How many bytes the pixels unpack to; stops counting once there are more than `most`. */
async function countInflated(parts: readonly Buffer[], most: number): Promise<number> {
  let count = 0;
  try {
    await pipeline(parts, createInflate(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        count += chunk.length;
        if (count > most) return;
      }
    });
  } catch (cause) {
    if (count <= most) throw new ProblemError('image_broken', { cause });
  }
  return count;
}
