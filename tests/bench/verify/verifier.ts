import { createHash, createPublicKey, verify } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openFileSource } from '../../../lib/pdf/file-source.ts';
import { decodePem } from '../../../lib/pki/pem.ts';
import { type VerifyOptions, verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import type { JudgedFile } from './judged-files.ts';

/** Loads what is loaded once, and answers what is timed: one verdict on the file. */
type Verifier = (file: JudgedFile) => () => Promise<unknown>;

export const OURS = 'ours, from the file';

/** `limit` is nobody's: nothing that reads the file can be faster. */
export const VERIFIERS = {
  'limit: SHA-256 of the file + one RSA': limit,
  'ours, from memory': fromMemory,
  [OURS]: fromFile,
} as const satisfies Record<string, Verifier>;
export type VerifierName = keyof typeof VERIFIERS;

function options({ anchors, lists, at }: JudgedFile): VerifyOptions {
  const trust = decodePem('CERTIFICATE', readFileSync(anchors, 'utf8')).map((certificate) => ({
    certificate,
    from: 0,
    until: null,
  }));
  return { trust, at, material: { certificates: [], ocsps: [], lists: lists.map((path) => readFileSync(path)) } };
}

function fromMemory(file: JudgedFile): () => Promise<unknown> {
  const source = memorySource(readFileSync(file.path));
  const given = options(file);
  return () => verifyPdf(source, given);
}

function fromFile(file: JudgedFile): () => Promise<unknown> {
  const given = options(file);
  return async () => {
    const source = await openFileSource(file.path);
    try {
      return await verifyPdf(source, given);
    } finally {
      await source.close();
    }
  };
}

/** Reads and hashes the file and checks one RSA-2048 signature, right or wrong: the same work. */
function limit({ path }: JudgedFile): () => Promise<unknown> {
  const key = createPublicKey({
    key: { kty: 'RSA', n: Buffer.alloc(256, 0xab).fill(0xcb, 255).toString('base64url'), e: 'AQAB' },
    format: 'jwk',
  });
  const value = Buffer.alloc(256, 0x5a);
  const chunk = Buffer.allocUnsafe(Math.min(1 << 20, statSync(path).size));
  return async () => {
    const hash = createHash('sha256');
    const handle = openSync(path, 'r');
    for (let read = readSync(handle, chunk); read > 0; read = readSync(handle, chunk))
      hash.update(chunk.subarray(0, read));
    closeSync(handle);
    return verify('sha256', hash.digest(), key, value);
  };
}
