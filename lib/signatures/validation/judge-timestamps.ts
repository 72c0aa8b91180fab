import { hashWith } from '../../pki/algorithms.ts';
import type { Certificate } from '../../pki/certificate.ts';
import { DerError } from '../../pki/der.ts';
import { CLOCK_TOLERANCE } from '../../pki/revocation.ts';
import { readTimestampToken, type TimestampToken } from '../../pki/timestamp-token.ts';
import type { TimestampFindings } from '../../pki/verify-timestamp-token.ts';
import { judgeChain, type RevocationFinding, type ValidationContext } from './judge-chain.ts';
import { type Reason, reason } from './reasons.ts';
import type { SignatureInFile } from './signature-in-file.ts';
import { judgeTimestamp } from './verify-document-timestamp.ts';

/** One is usual, a few more come from several authorities. */
const MOST_TOKENS = 10;

/** What was found of one timestamp token. */
export interface TokenFindings {
  /** Empty: it proves that its data were there at `time`. */
  readonly reasons: readonly Reason[];
  readonly token: TimestampToken | undefined;
  readonly certificate: Certificate | undefined;
  readonly path: readonly Certificate[];
  readonly revocation: readonly RevocationFinding[];
  readonly algorithm: TimestampFindings['algorithm'];
}

/**
 * Validates a timestamp token over data with the given digest (EN 319 102-1 §5.4). Its authority's certificate must have been
 * good when it stated the time, and its key in good hands until the token is proven to have been there.
 * @param provenAt since when the token is proven to have been there, epoch ms
 */
export async function judgeToken(
  token: TimestampToken,
  digest: Uint8Array | undefined,
  provenAt: number,
  context: ValidationContext,
): Promise<TokenFindings> {
  const { reasons, certificate, intermediates, algorithm } = judgeTimestamp(token, digest, { at: provenAt });
  const { time } = token.info;
  const chain = certificate && (await judgeChain(certificate, intermediates, { usedAt: time, provenAt }, context));
  const tolerance = provenAt === context.at ? CLOCK_TOLERANCE : 0;
  return {
    reasons: [
      ...reasons,
      ...(chain?.reasons ?? []),
      ...(time > provenAt + tolerance ? [reason('timestamp_time_wrong')] : []),
    ],
    token,
    certificate,
    path: chain?.path ?? [],
    revocation: chain?.revocation ?? [],
    algorithm,
  };
}

/**
 * Validates the document timestamps of a file, the last one first, so that each is judged by what the later ones prove. Those that are
 * found good are added to the proofs of the context.
 */
export async function judgeDocumentTimestamps(
  timestamps: readonly { readonly signature: SignatureInFile; readonly digest: Uint8Array | undefined }[],
  context: ValidationContext,
): Promise<Map<SignatureInFile, TokenFindings>> {
  const endOf = ({ covered }: SignatureInFile) => covered?.end ?? 0;
  const findings = new Map<SignatureInFile, TokenFindings>();
  for (const { signature, digest } of timestamps.toSorted((a, b) => endOf(b.signature) - endOf(a.signature))) {
    const { token, covered } = signature;
    if (!token || !covered) continue;
    const found = await judgeToken(token, digest, context.proofs.of(covered.end), context);
    findings.set(signature, found);
    if (found.reasons.length === 0 && signature.reasons.length === 0) context.proofs.add(covered.end, token.info.time);
  }
  return findings;
}

/** Validates the timestamps inside a signature: over its value (EN 319 122-1 §5.3). */
export async function judgeSignatureTimestamps(
  { opened, covered }: SignatureInFile,
  context: ValidationContext,
): Promise<TokenFindings[]> {
  if (!opened || !covered) return [];
  const { signature, signatureTimestamps } = opened.signerInfo;
  const findings: TokenFindings[] = [];
  for (const der of signatureTimestamps.slice(0, MOST_TOKENS)) {
    const token = readToken(der);
    if (!('info' in token)) {
      findings.push({ ...NOTHING_FOUND, reasons: [token] });
      continue;
    }
    const { hash } = token.info;
    const digest = hash && hashWith(hash).update(signature).digest();
    const unknown = hash ? [] : [reason('algorithm_unknown')];
    const found = await judgeToken(token, digest, context.proofs.of(covered.end), context);
    findings.push({ ...found, reasons: [...unknown, ...found.reasons] });
  }
  return findings;
}

const NOTHING_FOUND = { token: undefined, certificate: undefined, path: [], revocation: [], algorithm: undefined };

function readToken(der: Uint8Array): TimestampToken | Reason {
  try {
    return readTimestampToken(der);
  } catch (error) {
    if (error instanceof DerError) return reason('cms_malformed', error.message);
    throw error;
  }
}
