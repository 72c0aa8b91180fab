import type { SignerFacts } from '../../directory/certificates.ts';
import type { EpochMs } from '../../platform/clock.ts';
import type { FileToSign } from '../file-to-sign.ts';
import { type SignBytesDeps, signBytes } from '../sign-bytes.ts';
import { messageFor } from './given-signature.ts';

/** What the signature of a holder shows. */
export interface ShownByHolder {
  readonly name: string;
  /** As printed, one line each. */
  readonly title: readonly string[];
  /** Place name of the unit. */
  readonly location: string;
}

/**
 * What a holder's key is asked to sign. It follows from the file and from what is given here alone: whoever has both can make it
 * again, the service when it prepares and the holder before the key is used.
 * @param at the time of signing
 * @returns the signed attributes in DER
 * @throws ProblemError `pdf_*`, `certificate_*`
 */
export function holderMessage(
  { fonts }: Pick<SignBytesDeps, 'fonts'>,
  file: Pick<FileToSign, 'source' | 'hashed'>,
  identity: Pick<SignerFacts, 'algorithm' | 'certificate' | 'chain'>,
  shown: ShownByHolder,
  at: EpochMs,
): Promise<Uint8Array> {
  const text = { role: 'person', ...shown } as const;
  return messageFor(identity, (signer) => signBytes({ fonts, signerFor: () => signer }, file, shown, text, at));
}
