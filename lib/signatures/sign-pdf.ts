import type { ByteSource } from '../pdf/byte-source.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { type Signer, signChecked } from '../pki/signer.ts';
import { completeSigning, prepareSigning, type SignedPdf, type SigningOptions } from './prepare-signing.ts';

export type { SignedPdf } from './prepare-signing.ts';

export interface SignPdfOptions extends SigningOptions {
  readonly signer: Signer;
}

/**
 * Signs a PDF as PAdES baseline B-B (EN 319 142-1 §6.3), appended as one incremental revision, so that signatures that are
 * there stay valid. The file is read once to be hashed; nothing is written: the caller stores source and tail.
 *
 * @throws ProblemError `pdf_*` for a file that cannot be signed, `certificate_*` and `signing_key_unavailable` for the
 *   signer, `pdf_signature_room` when the signature does not fit: all before there is anything to store
 */
export async function signPdf(source: ByteSource, { signer, ...options }: SignPdfOptions): Promise<SignedPdf> {
  const unsigned = await prepareSigning(source, signer, options);
  const signature = await signChecked(signer, parseCertificate(signer.certificate), unsigned.message);
  return completeSigning(unsigned, signature);
}
