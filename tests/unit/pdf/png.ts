import { crc32, deflateSync } from 'node:zlib';

/** A PNG of one colour: RGBA, 8 bits. */
export function png(
  width: number,
  height: number,
  colour: readonly [number, number, number, number] = [0, 0, 200, 128],
): Uint8Array {
  const row = Buffer.concat([Buffer.of(0), ...Array.from({ length: width }, () => Buffer.from(colour))]);
  return pngOfSize(width, height, Buffer.concat(Array.from({ length: height }, () => row)));
}

/** A PNG whose header promises a size, whatever its pixels are. */
export function pngOfSize(width: number, height: number, pixels: Uint8Array = Buffer.alloc(10)): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', deflateSync(pixels)), pngChunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks]);
}

export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
