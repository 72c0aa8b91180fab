import type { SignerFacts } from '../directory/certificates.ts';
import type { FontFiles } from '../pdf/author/authored-document.ts';
import { appendedSource, memorySource } from '../pdf/byte-source.ts';
import { openPdf } from '../pdf/document.ts';
import type { Signer } from '../pki/signer.ts';
import type { EpochMs } from '../platform/clock.ts';
import { signPdf } from '../signatures/sign-pdf.ts';
import { appearanceOf, type SignatureText } from './appearance.ts';

export interface SignBytesDeps {
  readonly fonts: () => Promise<FontFiles>;
  /** The holder's key in KMS, with its certificate. */
  readonly signerFor: (facts: SignerFacts) => Signer;
}

/**
 * The whole file with one more signature, appended as a revision and shown on its last page.
 * @throws ProblemError `pdf_*`, `certificate_*`, `signing_key_unavailable`; nothing is stored by then
 */
export async function signBytes(
  deps: SignBytesDeps,
  bytes: Uint8Array,
  facts: SignerFacts,
  text: SignatureText,
  at: EpochMs,
): Promise<Uint8Array> {
  const source = memorySource(bytes);
  const { tail, length } = await signPdf(source, {
    signer: deps.signerFor(facts),
    signingTime: at,
    name: facts.name,
    location: text.location,
    visible: await appearanceOf(await deps.fonts(), await openPdf(source), text, at),
  });
  return appendedSource(source, tail).read(0, length);
}
