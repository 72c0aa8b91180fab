import { createHash, createPrivateKey, sign } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import forge from 'node-forge';
import { appendedSource, chunksOf, memorySource } from '../../../lib/pdf/byte-source.ts';
import { openFileSource } from '../../../lib/pdf/file-source.ts';
import { openPkcs12Signer } from '../../../lib/pki/pkcs12-signer.ts';
import { resumableSha256, resumeSha256 } from '../../../lib/platform/running-hash.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import { PASSWORD } from './signing-container.ts';

/** Loads what is loaded once, and answers what is timed: one signature on the file, its key at hand. */
export type Contestant = (file: string, container: string) => Promise<() => Promise<unknown>>;

/** From this size on a file is not held in memory by who need not. */
const LARGE = 500_000_000;

const peers = createRequire(join(import.meta.dirname, 'peers/package.json'));
const now = () => Date.now();

/** SHA-256 of the bytes and one RSA operation: nobody who reads the file can be faster. */
const limit: Contestant = async (file, container) => {
  const signer = openPkcs12Signer(readFileSync(container), PASSWORD);
  const key = rsaKey(container);
  const bytes = statSync(file).size < LARGE ? readFileSync(file) : undefined;
  const hash = bytes ? () => createHash('sha256').update(bytes).digest() : () => hashOf(file);
  return async () => sign(signer.algorithm.hash, hash(), key);
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

function rsaKey(container: string) {
  const asn1 = forge.asn1.fromDer(forge.util.createBuffer(readFileSync(container).toString('latin1')));
  const bags = forge.pkcs12.pkcs12FromAsn1(asn1, PASSWORD).getBags({ bagType: forge.pki.oids.pkcs8ShroudedKeyBag! });
  const key = Object.values(bags).flat()[0]?.key;
  if (!key) throw new Error('the container has no key');
  return createPrivateKey(forge.pki.privateKeyToPem(key));
}

const ownFromMemory: Contestant = async (file, container) => {
  const signer = openPkcs12Signer(readFileSync(container), PASSWORD);
  const source = memorySource(readFileSync(file));
  return () => signPdf(source, { signer, signingTime: now() });
};

const ownFromFile: Contestant = async (file, container) => {
  const signer = openPkcs12Signer(readFileSync(container), PASSWORD);
  return async () => {
    const source = await openFileSource(file);
    try {
      return await signPdf(source, { signer, signingTime: now() });
    } finally {
      await source.close();
    }
  };
};

/** A second signature on a file whose SHA-256 was kept when the first was made. */
const ownWithHashState: Contestant = async (file, container) => {
  const signer = openPkcs12Signer(readFileSync(container), PASSWORD);
  const original = await openFileSource(file);
  const hashed = await resumableSha256();
  for await (const chunk of chunksOf(original)) hashed.update(chunk);
  const { tail, sha256, hashState } = await signPdf(original, { signer, signingTime: now(), hashed });
  if (!hashState) throw new Error('no hash state was kept');
  return async () => {
    const state = await resumeSha256(hashState, sha256);
    if (!state) throw new Error('the hash state is not that of the file');
    return signPdf(appendedSource(original, tail), { signer, signingTime: now(), hashed: state });
  };
};

interface LibPdf {
  PDF: { load(bytes: Uint8Array): Promise<{ sign(options: object): Promise<{ bytes: Uint8Array }> }> };
  P12Signer: { create(bytes: Uint8Array, password: string): Promise<object> };
}

const libpdf: Contestant = async (file, container) => {
  const path = join(import.meta.dirname, 'peers/node_modules/@libpdf/core/dist/index.mjs');
  const { PDF, P12Signer } = (await import(pathToFileURL(path).href)) as LibPdf;
  const signer = await P12Signer.create(readFileSync(container), PASSWORD);
  const bytes = readFileSync(file);
  return async () => (await PDF.load(bytes)).sign({ signer, signingTime: new Date() });
};

interface SignPdf {
  default: { sign(file: Buffer, signer: object): Promise<Buffer> };
}
type P12 = { P12Signer: new (container: Buffer, options: { passphrase: string }) => object };

const TEXTS = { reason: '', contactInfo: '', name: '', location: '', subFilter: 'ETSI.CAdES.detached' };

const cantooWithSignPdf: Contestant = async (file, container) => {
  const { PDFDocument } = peers('pdf-lib') as typeof import('pdf-lib');
  const { pdflibAddPlaceholder } = peers('@signpdf/placeholder-pdf-lib') as {
    pdflibAddPlaceholder(options: object): void;
  };
  const { default: signpdf } = peers('@signpdf/signpdf') as SignPdf;
  const { P12Signer } = peers('@signpdf/signer-p12') as P12;
  const bytes = readFileSync(file);
  return async () => {
    const pdfDoc = await PDFDocument.load(bytes, { forIncrementalUpdate: true, updateMetadata: false });
    pdflibAddPlaceholder({ pdfDoc, ...TEXTS });
    const prepared = await pdfDoc.commit({ useObjectStreams: false });
    return signpdf.sign(Buffer.from(prepared), new P12Signer(readFileSync(container), { passphrase: PASSWORD }));
  };
};

const signPdfPlain: Contestant = async (file, container) => {
  const { plainAddPlaceholder } = peers('@signpdf/placeholder-plain') as {
    plainAddPlaceholder(options: object): Buffer;
  };
  const { default: signpdf } = peers('@signpdf/signpdf') as SignPdf;
  const { P12Signer } = peers('@signpdf/signer-p12') as P12;
  const bytes = readFileSync(file);
  return async () =>
    signpdf.sign(
      plainAddPlaceholder({ pdfBuffer: bytes, ...TEXTS }),
      new P12Signer(readFileSync(container), { passphrase: PASSWORD }),
    );
};

export const CONTESTANTS = {
  'limit: SHA-256 of the bytes + one RSA': limit,
  'ours, from memory': ownFromMemory,
  'ours, from the file': ownFromFile,
  'ours, second signature with hash state': ownWithHashState,
  '@libpdf/core 0.4.2': libpdf,
  'cantoo pdf-lib 2.11.1 + @signpdf 3.3.0': cantooWithSignPdf,
  '@signpdf 3.3.0, placeholder-plain': signPdfPlain,
} satisfies Record<string, Contestant>;
export type ContestantName = keyof typeof CONTESTANTS;
