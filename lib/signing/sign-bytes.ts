import type { SignerFacts } from '../directory/certificates.ts';
import { appendedSource, memorySource } from '../pdf/byte-source.ts';
import { openPdf } from '../pdf/document.ts';
import { shownSize } from '../pdf/page-geometry.ts';
import { pageAt } from '../pdf/page-tree.ts';
import type { Signer } from '../pki/signer.ts';
import type { EpochMs } from '../platform/clock.ts';
import { signPdf } from '../signatures/sign-pdf.ts';
import { signaturePlace } from './signature-place.ts';
import type { Stationery } from './stationery.ts';

export interface SignBytesDeps {
  readonly stationery: Pick<Stationery, 'look'>;
  /** The holder's key in KMS, with its certificate. */
  readonly signerFor: (facts: SignerFacts) => Signer;
}

export interface SignatureText {
  readonly role: 'person' | 'agency';
  /** What the appearance shows. */
  readonly lines: readonly string[];
  /** What the signature dictionary says: why, and where. */
  readonly reason: string;
  readonly location: string;
}

/**
 * The whole file with one more signature, appended as a revision and shown on the last page.
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
  const box = signaturePlace(text.role, shownSize(await pageAt(await openPdf(source), -1)));
  const drawing = await deps.stationery.look({ role: text.role, lines: text.lines, width: box.width, height: box.height });
  const { tail, length } = await signPdf(source, {
    signer: deps.signerFor(facts),
    signingTime: at,
    name: facts.name,
    reason: text.reason,
    location: text.location,
    visible: { page: -1, box, drawing },
  });
  return appendedSource(source, tail).read(0, length);
}
