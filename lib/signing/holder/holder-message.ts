import type { SignerFacts } from '../../directory/certificates.ts';
import type { EpochMs } from '../../platform/clock.ts';
import type { PersonText } from '../appearance.ts';
import type { FileToSign } from '../file-to-sign.ts';
import { type SignBytesDeps, signBytes } from '../sign-bytes.ts';
import { messageFor } from './given-signature.ts';

/**
 * What a holder's key is asked to sign. It follows from the file and from what is given here alone: whoever has both can make it
 * again, the service when it prepares and the holder before the key is used.
 * @param at the time of signing
 * @param timestampBytes octets that are kept free for a timestamp
 * @returns the signed attributes in DER
 * @throws ProblemError `pdf_*`, `certificate_*`
 */
export function holderMessage(
  { fonts }: Pick<SignBytesDeps, 'fonts'>,
  file: Pick<FileToSign, 'source' | 'hashed'>,
  identity: Pick<SignerFacts, 'algorithm' | 'certificate' | 'chain'>,
  text: PersonText,
  { at, timestampBytes }: { readonly at: EpochMs; readonly timestampBytes: number },
): Promise<Uint8Array> {
  return messageFor(identity, (signer) =>
    signBytes({ fonts, signerFor: () => signer }, file, text, text, at, { timestampBytes }),
  );
}
