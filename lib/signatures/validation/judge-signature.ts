import type { PdfDocument } from '../../pdf/document.ts';
import { isString, type PdfDict } from '../../pdf/objects.ts';
import { decodeTextString, parseDateString } from '../../pdf/text-string.ts';
import { type Certificate, fingerprint, keyBits, publicKeyOf } from '../../pki/certificate.ts';
import { describeSteps } from '../changes/later-revision.ts';
import { checkPermissions } from '../changes/permissions.ts';
import type { History } from '../changes/revision-history.ts';
import type { PadesLevel } from '../levels/pades-level.ts';
import { transformParameters } from '../signature-dictionary.ts';
import { attackOf, attackOnSignature } from './attacks.ts';
import { judgeChain, type RevocationFinding, type ValidationContext } from './judge-chain.ts';
import { judgeSignatureTimestamps, type TokenFindings } from './judge-timestamps.ts';
import { indication, type Reason, reason } from './reasons.ts';
import { reportRevocation, reportTimestamp } from './report-evidence.ts';
import type { SignatureInFile } from './signature-in-file.ts';
import type { Coverage, SignatureVerdict } from './verdict.ts';
import { type SignedDataFindings, verifySignedData } from './verify-signed-data.ts';

/** What the verdict on each signature of a file depends on. */
export interface JudgeContext extends ValidationContext {
  readonly document: PdfDocument;
  readonly history: History;
  /** What was found of the document timestamps of the file. */
  readonly documentTimestamps: ReadonlyMap<SignatureInFile, TokenFindings>;
  /** The level that a signature reaches, by its field. */
  readonly levels: ReadonlyMap<string, PadesLevel | null>;
}

/** Clocks of signers and verifiers differ by this much without harm, ms. */
const CLOCK_TOLERANCE = 10 * 60_000;

/**
 * The verdict on one signature (EN 319 102-1 §5.6.3): form, proofs of its age, cryptography, certificate and revocation at that time, claimed time,
 * and what came after.
 */
export async function judgeSignature(
  signature: SignatureInFile,
  digest: Uint8Array | undefined,
  context: JudgeContext,
): Promise<SignatureVerdict> {
  const { document, at } = context;
  const { dict, covered } = signature;
  const steps = covered ? context.history.steps.filter(({ offset }) => offset >= covered.end) : [];
  const findings = signature.isTimestamp
    ? timestampFindings(signature, context)
    : await signatureFindings(signature, digest, context);
  const claimedTime = await claimedTimeOf(document, dict);
  const kind = await kindOf(document, signature);
  const forbidden = covered ? await checkPermissions(covered.revision, signature.field, steps) : [];
  const laterRevisions = describeSteps(steps, forbidden, kind === 'certification');
  const reasons: Reason[] = [
    ...signature.reasons,
    ...findings.reasons,
    ...checkClaimedTime(claimedTime, findings.certificate, at),
    ...laterRevisions.flatMap((revision) => revision.reasons),
    ...(covered && covered.end < document.source.length ? context.history.reasons : []),
  ];
  return {
    field: signature.field.name,
    kind,
    ...indication(reasons),
    reasons,
    ...describeCertificate(findings.certificate),
    path: findings.path.map(fingerprint),
    claimedTime: claimedTime === undefined ? null : new Date(claimedTime).toISOString(),
    provenTime: findings.proof ? new Date(findings.proof.time).toISOString() : null,
    provenBy: findings.proof?.by ?? null,
    level: context.levels.get(signature.field.name) ?? null,
    algorithm: findings.algorithm,
    coverage: coverageOf(signature, digest, document.source.length),
    laterRevisions,
    ...attackOf(attackOnSignature(dict, covered, signature.reasons), laterRevisions),
    timestamps: findings.timestamps.map(reportTimestamp),
    revocation: findings.revocation.map(reportRevocation),
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
  readonly revocation: readonly RevocationFinding[];
  readonly timestamps: readonly TokenFindings[];
  /** Since when it is proven to have been there, epoch ms, and by what. */
  readonly proof: { readonly time: number; readonly by: NonNullable<SignatureVerdict['provenBy']> } | undefined;
}

const NOTHING: Findings = {
  reasons: [],
  certificate: undefined,
  algorithm: null,
  path: [],
  revocation: [],
  timestamps: [],
  proof: undefined,
};

/** A document timestamp proves its own time, when it is good. */
function timestampFindings(signature: SignatureInFile, { documentTimestamps }: JudgeContext): Findings {
  const found = documentTimestamps.get(signature);
  if (!found) return NOTHING;
  const { reasons, token, certificate, path, revocation, algorithm } = found;
  const key = certificate && publicKeyOf(certificate);
  const time = reasons.length === 0 ? token?.info.time : undefined;
  return {
    ...NOTHING,
    reasons,
    certificate,
    path,
    revocation,
    algorithm: key && algorithm ? { ...algorithm, keyBits: keyBits(key) } : null,
    proof: time === undefined ? undefined : { time, by: 'document_timestamp' },
  };
}

/** What cryptography and trust say of a signature, at the earliest time at which it is proven to have been there. */
async function signatureFindings(
  signature: SignatureInFile,
  digest: Uint8Array | undefined,
  context: JudgeContext,
): Promise<Findings> {
  const { opened, covered } = signature;
  if (!opened || !covered || !digest) return NOTHING;
  const timestamps = await judgeSignatureTimestamps(signature, context);
  const proof = earliestProof(timestamps, covered.end, context);
  const provenAt = proof?.time ?? context.at;
  const { reasons, certificate, intermediates, algorithm } = verifySignedData(opened, digest, provenAt);
  const time = { usedAt: provenAt, provenAt };
  const chain = certificate && (await judgeChain(certificate, intermediates, time, context));
  return {
    reasons: [...reasons, ...(chain?.reasons ?? [])],
    certificate,
    algorithm,
    path: chain?.path ?? [],
    revocation: chain?.revocation ?? [],
    timestamps,
    proof,
  };
}

/** The earliest of the good timestamps inside the signature and over the document. */
function earliestProof(
  timestamps: readonly TokenFindings[],
  end: number,
  { proofs }: Pick<JudgeContext, 'proofs'>,
): Findings['proof'] {
  const inside = timestamps.flatMap(({ reasons, token }) => (token && reasons.length === 0 ? [token.info.time] : []));
  const found = [
    ...inside.map((time) => ({ time, by: 'signature_timestamp' }) as const),
    ...(proofs.has(end) ? [{ time: proofs.of(end), by: 'document_timestamp' } as const] : []),
  ];
  return found.toSorted((a, b) => a.time - b.time)[0];
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
