import type { PdfDocument } from '../pdf/document.ts';
import { isString, type PdfDict } from '../pdf/objects.ts';
import { decodeTextString, parseDateString } from '../pdf/text-string.ts';
import { type Certificate, fingerprint, keyBits, publicKeyOf } from '../pki/certificate.ts';
import { buildPath, type TrustAnchor } from '../pki/certificate-path.ts';
import { acceptsSignature } from './algorithm-policy.ts';
import { attackOf, attackOnSignature } from './attacks.ts';
import { describeStep } from './later-revision.ts';
import { checkPermissions } from './permissions.ts';
import { indication, type Reason, reason } from './reasons.ts';
import type { History } from './revision-history.ts';
import { transformParameters } from './signature-dictionary.ts';
import type { SignatureInFile } from './signature-in-file.ts';
import type { Coverage, SignatureVerdict } from './verdict.ts';
import { judgeTimestamp } from './verify-document-timestamp.ts';
import { type SignedDataFindings, verifySignedData } from './verify-signed-data.ts';

/** What the verdict on each signature of a file depends on. */
export interface JudgeContext {
  readonly document: PdfDocument;
  readonly history: History;
  readonly trust: readonly TrustAnchor[];
  readonly at: number;
}

/** Clocks of signers and verifiers differ by this much without harm, ms. */
const CLOCK_TOLERANCE = 10 * 60_000;

/** The verdict on one signature: form, cryptography, certificate, claimed time, and what came after (EN 319 102-1 §5.3). */
export async function judgeSignature(
  signature: SignatureInFile,
  digest: Uint8Array | undefined,
  context: JudgeContext,
): Promise<SignatureVerdict> {
  const { document, at } = context;
  const { dict, covered } = signature;
  const steps = covered ? context.history.steps.filter(({ offset }) => offset >= covered.end) : [];
  const findings = digest && findingsOn(signature, digest, context);
  const claimedTime = await claimedTimeOf(document, dict);
  const kind = await kindOf(document, signature);
  const forbidden = covered ? await checkPermissions(covered.revision, signature.field, steps) : [];
  const laterRevisions = steps.map((step, n) => describeStep(step, forbidden[n] ?? [], kind === 'certification'));
  const reasons: Reason[] = [
    ...signature.reasons,
    ...(findings?.reasons ?? []),
    ...checkClaimedTime(claimedTime, findings?.certificate, at),
    ...laterRevisions.flatMap((revision) => revision.reasons),
    ...(covered && covered.end < document.source.length ? context.history.reasons : []),
  ];
  return {
    field: signature.field.name,
    kind,
    ...indication(reasons),
    reasons,
    ...describeCertificate(findings?.certificate),
    path: (findings?.path ?? []).map(fingerprint),
    claimedTime: claimedTime === undefined ? null : new Date(claimedTime).toISOString(),
    algorithm: findings?.algorithm ?? null,
    coverage: coverageOf(signature, digest, document.source.length),
    laterRevisions,
    ...attackOf(attackOnSignature(dict, covered, signature.reasons), laterRevisions),
    revocation: 'not_checked',
  };
}

async function kindOf(
  document: PdfDocument,
  { isTimestamp, dict }: SignatureInFile,
): Promise<SignatureVerdict['kind']> {
  if (isTimestamp) return 'document_timestamp';
  return (await transformParameters(document, dict, 'DocMDP')) === undefined ? 'approval' : 'certification';
}

interface Findings extends Pick<SignedDataFindings, 'reasons' | 'certificate' | 'algorithm'> {
  readonly path: readonly Certificate[];
}

/** What cryptography and trust say of a signature or a document timestamp. */
function findingsOn(
  { opened, token }: SignatureInFile,
  digest: Uint8Array,
  context: JudgeContext,
): Findings | undefined {
  if (token) {
    const { reasons, certificate, path, algorithm } = judgeTimestamp(token, digest, context);
    const key = certificate && publicKeyOf(certificate);
    return { reasons, certificate, path, algorithm: key && algorithm ? { ...algorithm, keyBits: keyBits(key) } : null };
  }
  if (!opened) return undefined;
  const { trust, at } = context;
  const { reasons, certificate, intermediates, algorithm } = verifySignedData(opened, digest, at);
  if (!certificate) return { reasons, certificate, algorithm, path: [] };
  const chain = buildPath({ certificate, intermediates, trust, at, accepts: acceptsSignature });
  if (chain.ok) return { reasons, certificate, algorithm, path: chain.path };
  return { reasons: [...reasons, reason(chain.failure)], certificate, algorithm, path: [] };
}

async function claimedTimeOf(document: PdfDocument, dict: PdfDict): Promise<number | undefined> {
  const value = await document.value(dict, 'M');
  return isString(value) ? parseDateString(decodeTextString(value)) : undefined;
}

/** A claimed time proves nothing, but one that cannot be true is a reason to doubt. */
function* checkClaimedTime(
  claimed: number | undefined,
  certificate: Certificate | undefined,
  at: number,
): Generator<Reason> {
  if (claimed === undefined) return;
  if (claimed > at + CLOCK_TOLERANCE) yield reason('claimed_time_in_future');
  const outside = certificate && (claimed < certificate.notBefore - CLOCK_TOLERANCE || claimed > certificate.notAfter);
  if (outside) yield reason('claimed_time_outside');
}

function describeCertificate(
  certificate: Certificate | undefined,
): Pick<SignatureVerdict, 'signer' | 'issuer' | 'certificate'> {
  if (!certificate) return { signer: null, issuer: null, certificate: null };
  const { subjectName, issuerName, notBefore, notAfter } = certificate;
  return {
    signer: {
      name: subjectName.commonName ?? null,
      organization: subjectName.organizationName ?? null,
      title: subjectName.title ?? null,
    },
    issuer: { name: issuerName.commonName ?? null, organization: issuerName.organizationName ?? null },
    certificate: {
      sha256: fingerprint(certificate),
      notBefore: new Date(notBefore).toISOString(),
      notAfter: new Date(notAfter).toISOString(),
    },
  };
}

function coverageOf({ covered }: SignatureInFile, digest: Uint8Array | undefined, length: number): Coverage | null {
  if (!covered) return null;
  const { byteRange, end } = covered;
  return {
    byteRange,
    revisionBytes: end,
    wholeFile: end === length,
    digest: digest ? Buffer.from(digest).toString('hex') : null,
  };
}
