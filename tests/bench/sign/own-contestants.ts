import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { appendedSource, chunksOf, memorySource } from '../../../lib/pdf/byte-source.ts';
import { openFileSource } from '../../../lib/pdf/file-source.ts';
import { createMemorySigningKey } from '../../../lib/pki/memory-signing-key.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import { resumableSha256, resumeSha256 } from '../../../lib/platform/running-hash.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import type { Contestant } from './contestant.ts';

/** From this size on a file is not held in memory by who need not. */
const LARGE = 500_000_000;

function keyOf(container: string): KeyObject {
  return createPrivateKey(readFileSync(`${container}.key`));
}

function signerOf(container: string): Signer {
  const key = createMemorySigningKey(keyOf(container), { scheme: 'rsa-pkcs1', hash: 'sha256' });
  return { ...key, certificate: readFileSync(`${container}.cer`), chain: [] };
}

/** SHA-256 of the bytes and one RSA operation: nobody who reads the file can be faster. */
export const limit: Contestant = async (file, container) => {
  const key = keyOf(container);
  const bytes = statSync(file).size < LARGE ? readFileSync(file) : undefined;
  const hash = bytes ? () => createHash('sha256').update(bytes).digest() : () => hashOf(file);
  return async () => sign('sha256', hash(), key);
};

function hashOf(file: string): Buffer {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(1 << 20);
  const handle = openSync(file, 'r');
  for (let read = readSync(handle, chunk); read > 0; read = readSync(handle, chunk))
    hash.update(chunk.subarray(0, read));
  closeSync(handle);
  return hash.digest();
}

export const ownFromMemory: Contestant = async (file, container) => {
  const signer = signerOf(container);
  const source = memorySource(readFileSync(file));
  return () => signPdf(source, { signer, signingTime: Date.now() });
};

export const ownFromFile: Contestant = async (file, container) => {
  const signer = signerOf(container);
  return async () => {
    const source = await openFileSource(file);
    try {
      return await signPdf(source, { signer, signingTime: Date.now() });
    } finally {
      await source.close();
    }
  };
};

/** A second signature on a file whose SHA-256 was kept when the first was made. */
export const ownWithHashState: Contestant = async (file, container) => {
  const signer = signerOf(container);
  const original = await openFileSource(file);
  const hashed = await resumableSha256();
  for await (const chunk of chunksOf(original)) hashed.update(chunk);
  const { tail, sha256, hashState } = await signPdf(original, { signer, signingTime: Date.now(), hashed });
  if (!hashState) throw new Error('no hash state was kept');
  return async () => {
    const state = await resumeSha256(hashState, sha256);
    if (!state) throw new Error('the hash state is not that of the file');
    return signPdf(appendedSource(original, tail), { signer, signingTime: Date.now(), hashed: state });
  };
};
