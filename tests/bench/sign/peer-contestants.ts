import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Contestant } from './contestant.ts';
import { PASSWORD } from './password.ts';

/** Where the bench installs them. */
const PEERS = join(process.cwd(), 'tests/bench/sign/peers');
const peers = createRequire(join(PEERS, 'package.json'));

interface LibPdf {
  PDF: { load(bytes: Uint8Array): Promise<{ sign(options: object): Promise<{ bytes: Uint8Array }> }> };
  P12Signer: { create(bytes: Uint8Array, password: string): Promise<object> };
}

export const libpdf: Contestant = async (file, container) => {
  const path = join(PEERS, 'node_modules/@libpdf/core/dist/index.mjs');
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

export const cantooWithSignPdf: Contestant = async (file, container) => {
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

export const signPdfPlain: Contestant = async (file, container) => {
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
