import { createHash } from 'node:crypto';
import type { ByteSource } from '../../pdf/byte-source.ts';
import { parseCertificate } from '../../pki/certificate.ts';
import { readableCertificates } from '../../pki/cms-signer.ts';
import { completeSigning, type SignedPdf, type UnsignedPdf } from '../prepare-signing.ts';
import { appendTimestamp, contentsKey } from './append-revisions.ts';
import { addMaterial, climb } from './extend-pdf.ts';
import { type GoodTimestamp, signatureTimestamps } from './file-signatures.ts';
import { GrowingFile } from './growing-file.ts';
import type { Authorities, PadesLevel, ReachedLevel } from './pades-level.ts';
import { subjectsOf } from './read-levels.ts';

/** The level that is wanted, with whom that needs. */
export type LevelChoice =
  | { readonly level?: 'B-B' }
  | { readonly level: Exclude<PadesLevel, 'B-B'>; readonly authorities: Authorities };

/**
 * Completes a signature at the level that is wanted, or at the one that the authorities allow now. `unsigned` must have been prepared with
 * room for their largest token.
 *
 * @throws ProblemError `certificate_revoked`, `certificate_untrusted` where validation data is wanted; `pdf_signature_room`
 */
export async function signAtLevel(
  source: ByteSource,
  unsigned: UnsignedPdf,
  signature: Uint8Array,
  choice: LevelChoice,
): Promise<SignedPdf & ReachedLevel> {
  if (!('authorities' in choice)) return { ...completeSigning(unsigned, signature), level: 'B-B', wanted: 'B-B' };
  const { level, authorities } = choice;
  let signed = completeSigning(unsigned, signature);
  let timestamp: readonly GoodTimestamp[] = [];
  let file = growing(source, unsigned, signed);
  const reached = await climb(level, 'B-B', {
    async 'B-T'() {
      const token = await authorities.timestamps.stamp(createHash('sha256').update(signature).digest());
      signed = completeSigning(unsigned, signature, token);
      timestamp = signatureTimestamps({ signature, signatureTimestamps: [token] }, authorities.trust);
      file = growing(source, unsigned, signed);
    },
    async 'B-LT'() {
      const key = contentsKey(contentsIn(signed.tail, unsigned));
      await addMaterial(file, subjectsOf(signatureOf(unsigned, key, timestamp), [], authorities.now()), authorities);
    },
    async 'B-LTA'() {
      await appendTimestamp(file, authorities.timestamps);
    },
  });
  const sha256 = Buffer.from(file.digestWith()).toString('hex');
  const { hashState: _, ...rest } = signed;
  const hashState = file.saveDigest();
  return {
    ...rest,
    tail: file.tail,
    length: file.source.length,
    sha256,
    ...(hashState ? { hashState } : {}),
    ...reached,
  };
}

function growing(source: ByteSource, { sourceSha256 }: UnsignedPdf, { tail }: SignedPdf): GrowingFile {
  const file = new GrowingFile(source, sourceSha256);
  file.append(tail);
  return file;
}

/** The decoded /Contents of the signature. */
function contentsIn(tail: Uint8Array, { prepared }: UnsignedPdf): Uint8Array {
  const start = prepared.contentsOffset - prepared.tailOffset + 1;
  const hex = Buffer.from(tail.subarray(start, start + prepared.contentsBytes * 2)).toString('latin1');
  return Buffer.from(hex, 'hex');
}

function signatureOf({ identity, prepared }: UnsignedPdf, key: string, timestamps: readonly GoodTimestamp[]) {
  return {
    field: prepared.fieldName,
    key,
    end: prepared.tailOffset + prepared.tail.length,
    certificate: parseCertificate(identity.certificate),
    intermediates: readableCertificates(identity.chain),
    isBaseline: true,
    isAccepted: true,
    timestamps,
  };
}
