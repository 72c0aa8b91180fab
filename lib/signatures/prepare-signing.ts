import { type ByteSource, chunksOf } from '../pdf/byte-source.ts';
import { openPdf, type PdfDocument } from '../pdf/document.ts';
import {
  fillContents,
  type PreparedSignature,
  prepareSignature,
  type SignatureRequest,
  signedTail,
} from '../pdf/prepare-signature.ts';
import { assembleSignedData, largestSignedData, messageToSign } from '../pki/cms-builder.ts';
import type { SignerIdentity } from '../pki/signer.ts';
import { type ResumableHash, type RunningHash, runningHash } from '../platform/running-hash.ts';

/** What a signature says and where it shows; see `SignatureRequest` for each part. */
export interface SigningOptions
  extends Pick<
    SignatureRequest,
    'fieldName' | 'visible' | 'reason' | 'location' | 'name' | 'contactInfo' | 'certify' | 'lock'
  > {
  /** Epoch ms: stands in /M, and the signer's certificate must be valid then. */
  readonly signingTime: number;
  /**
   * SHA-256 over all bytes of the source, as it was left when they were hashed before: then they are not read again for it.
   * The caller answers for its being that of this source (`resumeSha256`).
   */
  readonly hashed?: ResumableHash;
  /** The source, where it has been opened already. */
  readonly opened?: PdfDocument;
  /** Octets of the largest timestamp token that `completeSigning` may be given; default: none will be. */
  readonly timestampBytes?: number;
}

/** A file that lacks nothing but the signature value over `message`. */
export interface UnsignedPdf {
  readonly identity: SignerIdentity;
  readonly prepared: PreparedSignature;
  /** Hash of the bytes that /ByteRange covers, under the signer's hash. */
  readonly contentDigest: Uint8Array;
  /** The signed attributes in DER, as SET OF: what the key signs (RFC 5652 §5.4). */
  readonly message: Uint8Array;
  /** SHA-256 over the source's bytes as they were read for signing. */
  readonly sourceSha256: RunningHash;
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
  /** State of the SHA-256 of the signed file, for the next signature on it; only where it began with one (`hashed`). */
  readonly hashState?: Uint8Array;
}

/**
 * Everything of a PAdES baseline B-B signature but its value (EN 319 142-1 §6.3), wherever the key may be. The file is read
 * once to be hashed, or not at all for SHA-256 when it has been `hashed`; nothing is written.
 *
 * @throws ProblemError `pdf_*` for a file that cannot be signed, `certificate_*` for the signer's certificate
 */
export async function prepareSigning(
  source: ByteSource,
  identity: SignerIdentity,
  { hashed, opened, ...options }: SigningOptions,
): Promise<UnsignedPdf> {
  const contentsBytes = largestSignedData(identity, options.signingTime, options.timestampBytes);
  const document = opened ?? (await openPdf(source));
  const prepared = await prepareSignature(document, { ...options, subFilter: 'ETSI.CAdES.detached', contentsBytes });
  const { sourceSha256, content } = await hashSource(source, identity.algorithm.hash, hashed);
  for (const part of signedTail(prepared)) content.update(part);
  const contentDigest = content.digest();
  return { identity, prepared, contentDigest, message: messageToSign(identity, contentDigest), sourceSha256 };
}

/**
 * The signed file from a signature value over `message`. That the value is right is the caller's to have checked
 * (`signChecked`).
 * @param timestamp token over the signature value: makes it a B-T (EN 319 142-1 §6.3)
 * @throws ProblemError `pdf_signature_room` when the signature does not fit
 */
export function completeSigning(unsigned: UnsignedPdf, signature: Uint8Array, timestamp?: Uint8Array): SignedPdf {
  const { identity, prepared, contentDigest, sourceSha256 } = unsigned;
  const tail = fillContents(prepared, assembleSignedData(identity, contentDigest, signature, timestamp));
  const signed = sourceSha256.fork().update(tail);
  return {
    tail,
    byteRange: prepared.byteRange,
    fieldName: prepared.fieldName,
    length: prepared.tailOffset + tail.length,
    sourceSha256: hex(sourceSha256.digest()),
    sha256: hex(signed.digest()),
    ...(signed.save ? { hashState: signed.save() } : {}),
  };
}

function hex(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex');
}

/** At most one read of the source: its SHA-256, and the running hash of the content to sign. */
async function hashSource(
  source: ByteSource,
  hash: string,
  hashed: ResumableHash | undefined,
): Promise<{ sourceSha256: RunningHash; content: RunningHash }> {
  if (hashed && hash === 'sha256') return { sourceSha256: hashed, content: hashed.fork() };
  const sha256 = hashed ? undefined : runningHash('sha256');
  const signing = hash === 'sha256' ? undefined : runningHash(hash);
  for await (const chunk of chunksOf(source)) {
    sha256?.update(chunk);
    signing?.update(chunk);
  }
  const sourceSha256 = hashed ?? sha256 ?? runningHash('sha256');
  return { sourceSha256, content: signing ?? sourceSha256.fork() };
}
