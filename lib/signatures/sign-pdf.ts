import type { ByteSource } from '../pdf/byte-source.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { type Signer, signChecked } from '../pki/signer.ts';
import type { ReachedLevel } from './levels/pades-level.ts';
import { type LevelChoice, signAtLevel } from './levels/sign-at-level.ts';
import { prepareSigning, type SignedPdf, type SigningOptions } from './prepare-signing.ts';

export type { SignedPdf } from './prepare-signing.ts';

export type SignPdfOptions = SigningOptions & LevelChoice & { readonly signer: Signer };

/**
 * Signs a PDF as PAdES baseline (EN 319 142-1 §6.3), appended as incremental revisions, so that signatures that are there stay
 * valid. The file is read once to be hashed, for any level; nothing is written: the caller stores source and tail. When an
 * authority fails, the file is signed all the same, at the level that was reached, and the result says why.
 *
 * @throws ProblemError `pdf_*` for a file that cannot be signed, `certificate_*` and `signing_key_unavailable` for the
 *   signer, `pdf_signature_room` when the signature does not fit: all before there is anything to store
 */
export async function signPdf(
  source: ByteSource,
  { signer, ...options }: SignPdfOptions,
): Promise<SignedPdf & ReachedLevel> {
  const timestampBytes =
    'authorities' in options ? options.authorities.timestamps.largestToken : options.timestampBytes;
  const unsigned = await prepareSigning(source, signer, { ...options, timestampBytes: timestampBytes ?? 0 });
  const signature = await signChecked(signer, parseCertificate(signer.certificate), unsigned.message);
  return signAtLevel(source, unsigned, signature, options);
}
