import { createHash } from 'node:crypto';
import type { ByteSource } from '../pdf/byte-source.ts';
import { openPdf } from '../pdf/document.ts';
import { fillContents, prepareSignature, type SignatureRequest, signedTail } from '../pdf/prepare-signature.ts';
import { buildSignedData, largestSignedData } from '../pki/cms-builder.ts';
import type { Signer } from '../pki/signer.ts';

/** What a signature says and where it shows; see `SignatureRequest` for each part. */
export interface SignPdfOptions
  extends Pick<
    SignatureRequest,
    'fieldName' | 'visible' | 'reason' | 'location' | 'name' | 'contactInfo' | 'certify' | 'lock'
  > {
  readonly signer: Signer;
  /** Epoch ms: stands in /M, and the signer's certificate must be valid then. */
  readonly signingTime: number;
}

/** The signed file is the source's bytes, unchanged, followed by `tail`. */
export interface SignedPdf {
  readonly tail: Uint8Array;
  readonly byteRange: readonly [0, number, number, number];
  readonly fieldName: string;
  /** Length of source and tail together. */
  readonly length: number;
  /** SHA-256 of the signed file, lower-case hex. */
  readonly sha256: string;
  /** SHA-256 of the source as it was read for signing: what was signed is what was meant only if this is as expected. */
  readonly sourceSha256: string;
}

const CHUNK = 4 * 1024 * 1024;

/**
 * Signs a PDF as PAdES baseline B-B (EN 319 142-1 §6.3), appended as one incremental revision, so that signatures that are
 * there stay valid. The file is read once to be hashed; nothing is written: the caller stores source and tail.
 *
 * @throws ProblemError `pdf_*` for a file that cannot be signed, `certificate_*` and `signing_key_unavailable` for the
 *   signer, `pdf_signature_room` when the signature does not fit: all before there is anything to store
 */
export async function signPdf(source: ByteSource, { signer, ...options }: SignPdfOptions): Promise<SignedPdf> {
  const { signingTime } = options;
  const contentsBytes = largestSignedData(signer, signingTime);
  const document = await openPdf(source);
  const prepared = await prepareSignature(document, { ...options, subFilter: 'ETSI.CAdES.detached', contentsBytes });

  const signing = createHash(signer.algorithm.hash);
  const sha256 = createHash('sha256');
  for (let offset = 0; offset < source.length; offset += CHUNK) {
    const chunk = await source.read(offset, Math.min(CHUNK, source.length - offset));
    sha256.update(chunk);
    if (signer.algorithm.hash !== 'sha256') signing.update(chunk);
  }
  const content = signer.algorithm.hash === 'sha256' ? sha256.copy() : signing;
  for (const part of signedTail(prepared)) content.update(part);

  const cms = await buildSignedData(signer, content.digest(), signingTime);
  const tail = fillContents(prepared, cms);
  return {
    tail,
    byteRange: prepared.byteRange,
    fieldName: prepared.fieldName,
    length: source.length + tail.length,
    sourceSha256: sha256.copy().digest('hex'),
    sha256: sha256.update(tail).digest('hex'),
  };
}
