import { isInteger, type PdfDict } from './objects.ts';
import { broken } from './problems.ts';

/** Undoes the TIFF or PNG predictor that /DecodeParms names (ISO 32000-2 §7.4.4.4). */
export function undoPredictor(bytes: Uint8Array, parms: PdfDict | undefined): Uint8Array {
  const predictor = parameter(parms, 'Predictor', 1, 15);
  if (predictor === 1) return bytes;
  const colors = parameter(parms, 'Colors', 1, 32);
  const bitsPerComponent = parameter(parms, 'BitsPerComponent', 8, 16);
  const columns = parameter(parms, 'Columns', 1, 1_000_000);
  const pixelBytes = Math.max(1, (colors * bitsPerComponent) >> 3);
  const rowBytes = Math.ceil((colors * bitsPerComponent * columns) / 8);
  if (predictor >= 10) return undoPng(bytes, rowBytes, pixelBytes);
  if (predictor !== 2) throw broken('a stream has an unknown predictor');
  if (bitsPerComponent !== 8) throw broken('a stream has a predictor that is not supported');
  const out = Uint8Array.from(bytes);
  for (let i = 0; i < out.length; i++) {
    if (i % rowBytes >= pixelBytes) out[i] = (out[i] ?? 0) + (out[i - pixelBytes] ?? 0);
  }
  return out;
}

function parameter(parms: PdfDict | undefined, key: string, otherwise: number, most: number): number {
  const value = parms?.get(key);
  if (value === undefined) return otherwise;
  if (!isInteger(value) || value < 1 || value > most) throw broken('the parameters of a filter are out of range');
  return value;
}

function undoPng(bytes: Uint8Array, rowBytes: number, pixelBytes: number): Uint8Array {
  const rows = Math.ceil(bytes.length / (rowBytes + 1));
  const out = new Uint8Array(rows * rowBytes);
  let written = 0;
  for (let row = 0; row < rows; row++) {
    const from = row * (rowBytes + 1);
    const filter = bytes[from] ?? 0;
    if (filter > 4) throw broken('a PNG predictor row has an unknown filter');
    const length = Math.min(rowBytes, bytes.length - from - 1);
    const start = row * rowBytes;
    for (let i = 0; i < length; i++) {
      const left = i >= pixelBytes ? (out[start + i - pixelBytes] ?? 0) : 0;
      const up = row > 0 ? (out[start - rowBytes + i] ?? 0) : 0;
      const upLeft = row > 0 && i >= pixelBytes ? (out[start - rowBytes + i - pixelBytes] ?? 0) : 0;
      out[start + i] = (bytes[from + 1 + i] ?? 0) + prediction(filter, left, up, upLeft);
    }
    written = start + length;
  }
  return out.subarray(0, written);
}

function prediction(filter: number, left: number, up: number, upLeft: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const guess = left + up - upLeft;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - upLeft)];
      if (a <= b && a <= c) return left;
      return b <= c ? up : upLeft;
    }
    default:
      return 0;
  }
}
