import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createCRC32, createCRC64 } from 'hash-wasm';
import { S3Error } from './s3-error.ts';

export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

const BYTES: Readonly<Record<ChecksumAlgorithm, number>> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };
const CRC32C_POLYNOMIAL = 0x82f63b78;
const CRC64NVME_POLYNOMIAL = '9a6c9329ac4bc9b5';

/** Reflected polynomials, for joining checksums of neighbouring parts. */
const POLYNOMIALS: Partial<Record<ChecksumAlgorithm, { readonly width: bigint; readonly polynomial: bigint }>> = {
  CRC32: { width: 32n, polynomial: 0xedb88320n },
  CRC32C: { width: 32n, polynomial: BigInt(CRC32C_POLYNOMIAL) },
  CRC64NVME: { width: 64n, polynomial: BigInt(`0x${CRC64NVME_POLYNOMIAL}`) },
};

/** A running checksum. */
export interface RunningChecksum {
  update(data: Uint8Array): void;
  /** Big-endian bytes. */
  digest(): Buffer;
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** Name of the element that carries it in XML: `ChecksumCRC32`, … */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/** Starts a checksum of the given kind. */
export async function startChecksum(algorithm: ChecksumAlgorithm): Promise<RunningChecksum> {
  if (algorithm === 'SHA1' || algorithm === 'SHA256') {
    const hash = createHash(algorithm.toLowerCase());
    return { update: (data) => void hash.update(data), digest: () => hash.digest() };
  }
  if (algorithm === 'CRC32') {
    let value = 0;
    return {
      update(data) {
        value = crc32(data, value);
      },
      digest() {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(value);
        return bytes;
      },
    };
  }
  const hasher = await (algorithm === 'CRC32C' ? createCRC32(CRC32C_POLYNOMIAL) : createCRC64(CRC64NVME_POLYNOMIAL));
  hasher.init();
  return { update: (data) => void hasher.update(data), digest: () => Buffer.from(hasher.digest('hex'), 'hex') };
}

/** Reads an algorithm's name as it stands in headers; throws `InvalidRequest`. */
export function parseAlgorithm(name: string): ChecksumAlgorithm {
  const algorithm = CHECKSUM_ALGORITHMS.find((candidate) => candidate === name.toUpperCase());
  if (algorithm) return algorithm;
  throw new S3Error('InvalidRequest', {
    message:
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  });
}

/** What the sender says about the checksum of a body. */
export interface AnnouncedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; `undefined` while it is still to come in a trailer, or where only the algorithm is named. */
  readonly value: string | undefined;
  readonly inTrailer: boolean;
}

/** Finds the one checksum that headers announce. Throws `InvalidRequest` for several, or a value of the wrong length. */
export function announcedChecksum(headers: Readonly<Record<string, string>>): AnnouncedChecksum | undefined {
  const given = CHECKSUM_ALGORITHMS.filter((algorithm) => headers[checksumHeader(algorithm)] !== undefined);
  const trailers = (headers['x-amz-trailer'] ?? '').toLowerCase();
  const trailing = CHECKSUM_ALGORITHMS.filter((algorithm) =>
    trailers.split(/\s*,\s*/).includes(checksumHeader(algorithm)),
  );
  if (given.length + trailing.length > 1) {
    throw new S3Error('InvalidRequest', {
      message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    });
  }
  if (trailing[0]) return { algorithm: trailing[0], value: undefined, inTrailer: true };
  if (given[0]) {
    const value = headers[checksumHeader(given[0])] ?? '';
    checkValue(given[0], value);
    return { algorithm: given[0], value, inTrailer: false };
  }
  const named = headers['x-amz-sdk-checksum-algorithm'];
  return named === undefined ? undefined : { algorithm: parseAlgorithm(named), value: undefined, inTrailer: false };
}

/** Throws unless `value` is the base64 of as many bytes as the algorithm has. */
export function checkValue(algorithm: ChecksumAlgorithm, value: string): void {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === BYTES[algorithm] && bytes.toString('base64') === value) return;
  throw new S3Error('InvalidRequest', { message: `Value for ${checksumHeader(algorithm)} header is invalid.` });
}

/** Checksum of checksums (`COMPOSITE`), base64. */
export async function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): Promise<string> {
  const running = await startChecksum(algorithm);
  for (const part of parts) running.update(Buffer.from(part, 'base64'));
  return running.digest().toString('base64');
}

/** Checksum of the whole from the CRCs of its parts, base64, without reading a byte again. */
export function joinedChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly { readonly size: number; readonly checksum: string }[],
): string {
  const field = POLYNOMIALS[algorithm];
  if (!field) throw new S3Error('InvalidRequest', { message: 'Full-object checksums of parts need a CRC.' });
  let whole = 0n;
  for (const part of parts) {
    const crc = BigInt(`0x${Buffer.from(part.checksum, 'base64').toString('hex')}`);
    whole = multiply(power(BigInt(part.size) * 8n, field), whole, field) ^ crc;
  }
  return Buffer.from(whole.toString(16).padStart(Number(field.width) / 4, '0'), 'hex').toString('base64');
}

interface Field {
  readonly width: bigint;
  readonly polynomial: bigint;
}

/** Product of two polynomials modulo the CRC's, in reflected form. */
function multiply(a: bigint, b: bigint, { width, polynomial }: Field): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = 1n << (width - 1n); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
  }
  return product;
}

/** x to the `exponent`, modulo the CRC's polynomial. */
function power(exponent: bigint, field: Field): bigint {
  let result = 1n << (field.width - 1n);
  let square = 1n << (field.width - 2n);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = multiply(square, result, field);
    square = multiply(square, square, field);
  }
  return result;
}
