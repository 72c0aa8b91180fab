import type { SignerFacts } from '../directory/certificates.ts';
import type { FontFiles } from '../pdf/author/authored-document.ts';
import { openPdf } from '../pdf/document.ts';
import type { Signer } from '../pki/signer.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { ReachedLevel } from '../signatures/levels/pades-level.ts';
import type { LevelChoice } from '../signatures/levels/sign-at-level.ts';
import { type SignedPdf, type SignPdfOptions, signPdf } from '../signatures/sign-pdf.ts';
import { appearanceOf, type SignatureText } from './appearance.ts';
import type { FileToSign } from './file-to-sign.ts';

export interface SignBytesDeps {
  readonly fonts: () => Promise<FontFiles>;
  /** The holder's key, wherever it is, with its certificate. */
  readonly signerFor: (facts: SignerFacts) => Signer;
}

/**
 * What one more signature appends to the file, shown where its role puts it.
 * @throws ProblemError `pdf_*`, `certificate_*`, `signing_key_unavailable`, `remote_signing_*`; nothing is stored by then
 */
export async function signBytes<F extends Pick<SignerFacts, 'name'>>(
  deps: Pick<SignBytesDeps, 'fonts'> & { readonly signerFor: (facts: F) => Signer },
  file: Pick<FileToSign, 'source' | 'hashed'>,
  facts: F,
  text: SignatureText,
  at: EpochMs,
  level: LevelChoice & Pick<SignPdfOptions, 'timestampBytes'> = {},
): Promise<SignedPdf & ReachedLevel> {
  const opened = await openPdf(file.source);
  return signPdf(file.source, {
    ...level,
    signer: deps.signerFor(facts),
    signingTime: at,
    name: facts.name,
    location: text.location,
    visible: await appearanceOf(await deps.fonts(), opened, text, at),
    opened,
    ...(file.hashed ? { hashed: file.hashed } : {}),
  });
}
