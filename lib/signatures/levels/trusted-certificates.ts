import type { ByteSource } from '../../pdf/byte-source.ts';
import { openPdf } from '../../pdf/document.ts';
import { signatureFields } from '../../pdf/signature-permissions.ts';
import type { Certificate } from '../../pki/certificate.ts';
import { buildPath, type TrustAnchor } from '../../pki/certificate-path.ts';
import { signerCertificate } from '../../pki/cms-signer.ts';
import { acceptsSignature } from '../validation/algorithm-policy.ts';
import { readSignatureInFile, type SignatureInFile } from '../validation/signature-in-file.ts';
import { signatureTimestamps } from './file-signatures.ts';

/**
 * The certificates that the signatures and timestamps of a file were made with, and those on the way from them to a trusted root: the ones
 * whose word on where to ask for their state is an issuer's and not a stranger's. Only what is needed is read; whether the
 * signatures hold is not looked at.
 * @throws ProblemError `pdf_*` for a file that cannot be read
 */
export async function trustedCertificates(
  source: ByteSource,
  { trust, now }: { readonly trust: readonly TrustAnchor[]; readonly now: number },
): Promise<Certificate[]> {
  const fields = (await signatureFields(await openPdf(source))).filter(({ signature }) => signature);
  const found: Certificate[] = [];
  for (const field of fields) {
    for (const { certificate, others } of madeWith(await readSignatureInFile(source, field, fields), trust)) {
      // That it has expired since does not make it a stranger's.
      const at = Math.min(now, certificate.notAfter);
      const chain = buildPath({ certificate, intermediates: others, trust, at, accepts: acceptsSignature });
      if (chain.ok) found.push(...chain.path);
    }
  }
  return found;
}

function madeWith({ opened, token }: SignatureInFile, trust: readonly TrustAnchor[]) {
  const stamps = opened ? signatureTimestamps(opened.signerInfo, trust) : [];
  const inside = stamps.map(({ certificate, intermediates: others }) => ({ certificate, others }));
  const signed = opened?.signedData ?? token?.signedData;
  const signerInfo = opened?.signerInfo ?? token?.signedData.signerInfos[0];
  if (!signed || !signerInfo) return inside;
  const { certificate, others } = signerCertificate(signed, signerInfo);
  return certificate ? [...inside, { certificate, others }] : inside;
}
