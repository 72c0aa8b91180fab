import { inflateSync } from 'node:zlib';
import { latin1, WHITESPACE } from './lexer.ts';
import type { PdfLimits } from './limits.ts';
import { decodeLzw } from './lzw.ts';
import { isDict, isInteger, type PdfDict } from './objects.ts';
import { undoPredictor } from './predictor.ts';
import { broken, overLimit } from './problems.ts';

/** One step of a stream's /Filter with its /DecodeParms, indirect references already followed. */
export interface FilterStep {
  readonly name: string;
  readonly parms: PdfDict | undefined;
}

/** Filters whose output is an image's pixels; their bytes are passed on as they are. */
export const IMAGE_FILTERS: ReadonlySet<string> = new Set([
  'DCTDecode',
  'DCT',
  'JPXDecode',
  'JBIG2Decode',
  'CCITTFaxDecode',
  'CCF',
]);

/**
 * Undoes the filters of ISO 32000-2 §7.4 in order. Image filters must come last and are left in place.
 * Throws `pdf_broken` on damaged data or unknown filters, `pdf_limits` on inflation beyond the bounds.
 */
export function decodeFilters(encoded: Uint8Array, steps: readonly FilterStep[], limits: PdfLimits): Uint8Array {
  if (steps.length > 8) throw overLimit('a stream has too many filters');
  let bytes = encoded;
  for (const [index, step] of steps.entries()) {
    if (IMAGE_FILTERS.has(step.name)) {
      if (index < steps.length - 1) throw broken('an image filter is not the last one');
      return bytes;
    }
    bytes = decodeStep(bytes, step, limits);
  }
  return bytes;
}

function decodeStep(bytes: Uint8Array, step: FilterStep, limits: PdfLimits): Uint8Array {
  const room = Math.min(limits.inflatedBytes, Math.max(limits.freeInflation, bytes.length * limits.inflationRatio));
  switch (step.name) {
    case 'FlateDecode':
    case 'Fl':
      return undoPredictor(inflate(bytes, room), step.parms);
    case 'LZWDecode':
    case 'LZW':
      return undoPredictor(decodeLzw(bytes, earlyChange(step.parms), room), step.parms);
    case 'ASCIIHexDecode':
    case 'AHx':
      return decodeAsciiHex(bytes);
    case 'ASCII85Decode':
    case 'A85':
      return decodeAscii85(bytes);
    case 'RunLengthDecode':
    case 'RL':
      return decodeRunLength(bytes, room);
    case 'Crypt':
      if (isDict(step.parms) && step.parms.has('Name')) throw broken('a stream is encrypted by a filter');
      return bytes;
    default:
      throw broken('a stream has an unknown filter');
  }
}

function earlyChange(parms: PdfDict | undefined): boolean {
  const value = parms?.get('EarlyChange');
  return !isInteger(value) || value !== 0;
}

function inflate(bytes: Uint8Array, room: number): Uint8Array {
  if (bytes.length === 0) return bytes;
  try {
    return inflateSync(bytes, { maxOutputLength: room });
  } catch (error) {
    if (error instanceof RangeError || (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw overLimit('a stream inflates beyond the bound');
    }
    throw broken('a compressed stream is damaged');
  }
}

function decodeAsciiHex(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0x3e);
  const digits = latin1(bytes, 0, end < 0 ? bytes.length : end).replace(/[\0\t\n\f\r ]+/g, '');
  if (!/^[0-9A-Fa-f]*$/.test(digits)) throw broken('hexadecimal data holds other characters');
  return new Uint8Array(Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex'));
}

function decodeAscii85(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let group: number[] = [];
  const flush = (count: number) => {
    const value = group.reduce((sum, digit) => sum * 85 + digit, 0);
    if (value > 0xffffffff) throw broken('base-85 data is damaged');
    for (let i = 0; i < count; i++) out.push(Math.floor(value / 2 ** (24 - 8 * i)) & 0xff);
    group = [];
  };
  for (const byte of bytes) {
    if (byte === 0x7e) break;
    if (WHITESPACE[byte] === 1) continue;
    if (byte === 0x7a && group.length === 0) out.push(0, 0, 0, 0);
    else if (byte < 0x21 || byte > 0x75) throw broken('base-85 data is damaged');
    else if (group.push(byte - 0x21) === 5) flush(4);
  }
  if (group.length === 1) throw broken('base-85 data is damaged');
  if (group.length > 1) {
    const count = group.length - 1;
    while (group.length < 5) group.push(84);
    flush(count);
  }
  return Uint8Array.from(out);
}

function decodeRunLength(bytes: Uint8Array, room: number): Uint8Array {
  const out: number[] = [];
  for (let pos = 0; pos < bytes.length; ) {
    const length = bytes[pos++] ?? 128;
    if (length === 128) break;
    if (length < 128) {
      if (pos + length + 1 > bytes.length) throw broken('run-length data is damaged');
      for (let i = 0; i <= length; i++) out.push(bytes[pos++] ?? 0);
    } else {
      const value = bytes[pos++];
      if (value === undefined) throw broken('run-length data is damaged');
      for (let i = 0; i < 257 - length; i++) out.push(value);
    }
    if (out.length > room) throw overLimit('a stream inflates beyond the bound');
  }
  return Uint8Array.from(out);
}
