import { createHash, type Hash } from 'node:crypto';
import type { ByteSource } from '../pdf/byte-source.ts';
import { openPdf } from '../pdf/document.ts';
import {
  fillContents,
  type PreparedSignature,
  prepareSignature,
  type SignatureRequest,
  signedTail,
} from '../pdf/prepare-signature.ts';
import { assembleSignedData, largestSignedData, messageToSign } from '../pki/cms-builder.ts';
import type { SignerIdentity } from '../pki/signer.ts';

/** What a signature says and where it shows; see `SignatureRequest` for each part. */
export interface SigningOptions
  extends Pick<
    SignatureRequest,
    'fieldName' | 'visible' | 'reason' | 'location' | 'name' | 'contactInfo' | 'certify' | 'lock'
  > {
  /** Epoch ms: stands in /M, and the signer's certificate must be valid then. */
  readonly signingTime: number;
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
  readonly sourceSha256: Hash;
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
 * Everything of a PAdES baseline B-B signature but its value (EN 319 142-1 §6.3), wherever the key may be. The file is read
 * once to be hashed; nothing is written.
 *
 * @throws ProblemError `pdf_*` for a file that cannot be signed, `certificate_*` for the signer's certificate
 */
export async function prepareSigning(
  source: ByteSource,
  identity: SignerIdentity,
  options: SigningOptions,
): Promise<UnsignedPdf> {
  const contentsBytes = largestSignedData(identity, options.signingTime, options.timestampBytes);
  const document = await openPdf(source);
  const prepared = await prepareSignature(document, { ...options, subFilter: 'ETSI.CAdES.detached', contentsBytes });
  const { sourceSha256, content } = await hashSource(source, identity.algorithm.hash);
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
  return {
    tail,
    byteRange: prepared.byteRange,
    fieldName: prepared.fieldName,
    length: prepared.tailOffset + tail.length,
    sourceSha256: sourceSha256.copy().digest('hex'),
    sha256: sourceSha256.copy().update(tail).digest('hex'),
  };
}

/** One read of the source: its SHA-256, and the running hash of the content to sign. */
async function hashSource(source: ByteSource, hash: string): Promise<{ sourceSha256: Hash; content: Hash }> {
  const sourceSha256 = createHash('sha256');
  const signing = hash === 'sha256' ? undefined : createHash(hash);
  for (let offset = 0; offset < source.length; offset += CHUNK) {
    const chunk = await source.read(offset, Math.min(CHUNK, source.length - offset));
    sourceSha256.update(chunk);
    signing?.update(chunk);
  }
  return { sourceSha256, content: signing ?? sourceSha256.copy() };
}
