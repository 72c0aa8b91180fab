import type { ByteSource } from '../../pdf/byte-source.ts';
import { openPdf } from '../../pdf/document.ts';
import { signatureFields } from '../../pdf/signature-permissions.ts';
import { signerCertificate } from '../../pki/cms-signer.ts';
import { ProblemError } from '../../platform/errors.ts';
import { readSignatureInFile } from '../validation/signature-in-file.ts';
import { appendTimestamp } from './append-revisions.ts';
import { addMaterial, climb, type ExtendedPdf, extended } from './extend-pdf.ts';
import { readFileSignatures } from './file-signatures.ts';
import { GrowingFile } from './growing-file.ts';
import type { Authorities } from './pades-level.ts';
import { timestampSubject } from './read-levels.ts';

/**
 * Keeps a B-LTA file provable beyond the certificate of its last document timestamp (EN 319 142-1 §5.4.3 note): validation data for
 * that timestamp, then a new one over everything. To be done while that certificate is valid.
 *
 * @throws ProblemError `invalid_state` without a good document timestamp; as `extendPdf`
 */
export async function renewTimestamp(source: ByteSource, authorities: Authorities): Promise<ExtendedPdf> {
  const { trust } = authorities;
  const { timestamps, digest } = await readFileSignatures(source, { trust, now: authorities.now() });
  const last = timestamps.at(-1);
  if (!last) throw new ProblemError('invalid_state', { detail: 'the file has no document timestamp to renew' });
  const file = new GrowingFile(source, digest);
  const reached = await climb('B-LTA', 'B-T', {
    'B-T': async () => {},
    'B-LT': () => addMaterial(file, [timestampSubject(last, last.key)], authorities),
    'B-LTA': async () => {
      await appendTimestamp(file, authorities.timestamps);
    },
  });
  return extended(file, digest, reached);
}

/**
 * When the last document timestamp of a file is to be renewed: `margin` (ms) before its certificate ends, epoch ms; null when the file
 * has none. Only what is needed is read; nothing is verified.
 * @throws ProblemError `pdf_*` for a file that cannot be read
 */
export async function renewalDue(source: ByteSource, margin: number): Promise<number | null> {
  const fields = (await signatureFields(await openPdf(source))).filter(({ signature }) => signature);
  let last: { readonly end: number; readonly notAfter: number } | undefined;
  for (const field of fields) {
    const { covered, token } = await readSignatureInFile(source, field, fields);
    const [signerInfo] = token?.signedData.signerInfos ?? [];
    const certificate = token && signerInfo && signerCertificate(token.signedData, signerInfo).certificate;
    if (covered && certificate && covered.end > (last?.end ?? 0))
      last = { end: covered.end, notAfter: certificate.notAfter };
  }
  return last ? last.notAfter - margin : null;
}
