import { S3Error } from './s3-error.ts';
import type { ObjectVersion } from './version-record.ts';

/** First and last byte, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a `Range` header (RFC 9110 §14.2). `undefined` where there is none, or one that S3 ignores (another unit, bad
 * syntax, several ranges). Throws `InvalidRange` where no byte of the object lies in it.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/i.exec(header ?? '');
  if (!match) return undefined;
  const [, first, last, suffix] = match;
  if (suffix !== undefined) {
    if (Number(suffix) === 0 || size === 0) throw unsatisfiable(header ?? '', size);
    return { start: Math.max(0, size - Number(suffix)), end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' || last === undefined ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) throw unsatisfiable(header ?? '', size);
  return { start, end };
}

/** Bytes of one part, and how many parts there are (`?partNumber=`). */
export function parsePartRange(
  partNumber: string,
  version: ObjectVersion,
): (ByteRange & { parts?: number }) | undefined {
  const number = Number(partNumber);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new S3Error('InvalidArgument', { message: 'Part number must be an integer between 1 and 10000, inclusive' });
  }
  if (!version.parts) {
    if (number > 1) throw new S3Error('InvalidPartNumber');
    return version.size === 0 ? undefined : { start: 0, end: version.size - 1 };
  }
  const at = number - 1;
  const part = version.parts[at];
  if (!part) throw new S3Error('InvalidPartNumber');
  const start = version.parts.slice(0, at).reduce((sum, { size }) => sum + size, 0);
  return { start, end: start + part.size - 1, parts: version.parts.length };
}

function unsatisfiable(requested: string, size: number): S3Error {
  return new S3Error('InvalidRange', {
    fields: { RangeRequested: requested, ActualObjectSize: String(size) },
    headers: { 'content-range': `bytes */${size}` },
  });
}
