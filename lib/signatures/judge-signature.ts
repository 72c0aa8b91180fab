import type { PdfDocument } from '../pdf/document.ts';
import { isString, type PdfDict } from '../pdf/objects.ts';
import { decodeTextString, parseDateString } from '../pdf/text-string.ts';
import { type Certificate, fingerprint } from '../pki/certificate.ts';
import { buildPath, type TrustAnchor } from '../pki/certificate-path.ts';
import { acceptsSignature } from './algorithm-policy.ts';
import { checkPermissions } from './permissions.ts';
import { indication, type Reason, reason } from './reasons.ts';
import type { History, LaterStep } from './revision-history.ts';
import { isDocumentTimestamp, transformParameters } from './signature-dictionary.ts';
import type { SignatureInFile } from './signature-in-file.ts';
import type { Coverage, LaterRevision, SignatureVerdict } from './verdict.ts';
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
  const { dict, covered, opened } = signature;
  const steps = covered ? context.history.steps.filter(({ offset }) => offset >= covered.end) : [];
  const findings = opened && digest ? verifySignedData(opened, digest, at) : undefined;
  const claimedTime = await claimedTimeOf(document, dict);
  const chain = findings?.certificate && checkChain(findings.certificate, findings, context);
  const reasons: Reason[] = [
    ...signature.reasons,
    ...(findings?.reasons ?? []),
    ...(chain?.reasons ?? []),
    ...checkClaimedTime(claimedTime, findings?.certificate, at),
    ...steps.flatMap((step) => step.reasons),
    ...(covered && covered.end < document.source.length ? context.history.reasons : []),
    ...(await checkPermissions(document, dict, steps)),
  ];
  return {
    field: signature.field.name,
    kind: await kindOf(document, signature),
    ...indication(reasons),
    reasons,
    ...describeCertificate(findings?.certificate),
    path: (chain?.path ?? []).map(fingerprint),
    claimedTime: claimedTime === undefined ? null : new Date(claimedTime).toISOString(),
    algorithm: findings?.algorithm ?? null,
    coverage: coverageOf(signature, digest, document.source.length),
    laterRevisions: steps.map(describeStep),
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

function checkChain(certificate: Certificate, { intermediates }: SignedDataFindings, { trust, at }: JudgeContext) {
  const result = buildPath({ certificate, intermediates, trust, at, accepts: acceptsSignature });
  if (result.ok) return { path: result.path, reasons: [] };
  return { path: [], reasons: [reason(result.failure)] };
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

function describeStep({ end, signed, hasValidationData, reasons }: LaterStep): LaterRevision {
  const signatures = signed.flatMap(({ signature }) => signature ?? []);
  const isTimestamp = signatures.length > 0 && signatures.every(isDocumentTimestamp);
  const added = isTimestamp
    ? 'document_timestamp'
    : signatures.length > 0
      ? 'signature'
      : hasValidationData
        ? 'validation_data'
        : 'other';
  return { end, added, fields: signed.map(({ name }) => name), reasons };
}
