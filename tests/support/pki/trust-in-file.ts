import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import { signatureFields } from '../../../lib/pdf/signature-permissions.ts';
import type { Certificate } from '../../../lib/pki/certificate.ts';
import type { TrustAnchor } from '../../../lib/pki/certificate-path.ts';
import { readableCertificates } from '../../../lib/pki/cms-signer.ts';
import { DerError, equalBytes } from '../../../lib/pki/der.ts';
import { readTimestampToken, type TimestampToken } from '../../../lib/pki/timestamp-token.ts';
import { isProblem } from '../../../lib/platform/errors.ts';
import { readSignatureInFile, type SignatureInFile } from '../../../lib/signatures/validation/signature-in-file.ts';
import { ValidationEvidence } from '../../../lib/signatures/validation/validation-evidence.ts';
import type { SignatureVerdict } from '../../../lib/signatures/validation/verdict.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';

const FALLBACK = Date.UTC(2026, 0);
/** Where no signature claims a time. */
const FALLBACK_FIRST = Date.UTC(2010, 0);

/**
 * Trust and time under which a file of unknown origin can be judged: an anchor where a chain ends, as far as the file brings it, and
 * a minute after the latest time that the file claims (epoch ms).
 */
export async function trustInFile(bytes: Uint8Array): Promise<{ trust: TrustAnchor[]; at: number }> {
  const { signatures } = await verifyPdf(memorySource(bytes), { trust: [], at: FALLBACK });
  const at = Math.max(...claimedTimes(signatures).map((time) => Date.parse(time)), FALLBACK_FIRST) + 60_000;
  const certificates = topmost(await certificatesOf(bytes, at));
  return { at, trust: certificates.map((certificate) => ({ certificate, from: 0, until: null })) };
}

const claimedTimes = (signatures: readonly SignatureVerdict[]) =>
  signatures.flatMap(({ claimedTime, provenTime }) => [claimedTime, provenTime].flatMap((time) => time ?? []));

/** Every certificate that the file brings, in signatures, timestamps and security store. */
async function certificatesOf(bytes: Uint8Array, at: number): Promise<Certificate[]> {
  const source = memorySource(bytes);
  try {
    const document = await openPdf(source);
    const signed = (await signatureFields(document)).filter(({ signature }) => signature);
    const signatures = [];
    for (const field of signed) signatures.push(await readSignatureInFile(source, field, signed));
    const { certificates } = await ValidationEvidence.gather(document, signatures, { at });
    const found = [...certificates.map(({ der }) => der), ...signatures.flatMap(certificatesIn)];
    return readableCertificates(found);
  } catch (error) {
    if (!isProblem(error)) throw error;
    return [];
  }
}

/** Those that none of the others issued: the end of each chain, as far as the file brings it. */
function topmost(certificates: readonly Certificate[]): Uint8Array[] {
  const ends = certificates.filter(
    ({ der, issuer }) =>
      !certificates.some((other) => !equalBytes(other.der, der) && equalBytes(other.subject, issuer)),
  );
  return ends.map(({ der }) => der);
}

function certificatesIn({ opened, token }: SignatureInFile): Uint8Array[] {
  const tokens = [...(token ? [token] : []), ...(opened?.signerInfo.signatureTimestamps ?? []).flatMap(readable)];
  return [opened, ...tokens].flatMap((one) => [...(one?.signedData.certificates ?? [])]);
}

function readable(der: Uint8Array): TimestampToken[] {
  try {
    return [readTimestampToken(der)];
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}
