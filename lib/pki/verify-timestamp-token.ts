import { type HashName, hashWith, verifySignature } from './algorithms.ts';
import { type Certificate, publicKeyOf } from './certificate.ts';
import { buildPath, type PathFailure, type PathRequest } from './certificate-path.ts';
import type { SignerInfo } from './cms-reader.ts';
import { checkCertificateReference, signerCertificate } from './cms-signer.ts';
import { DerError, equalBytes } from './der.ts';
import { encodeInteger } from './der-writer.ts';
import { OID } from './oids.ts';
import { CLOCK_TOLERANCE } from './revocation.ts';
import { readTimestampToken, type TimestampInfo, type TimestampToken } from './timestamp-token.ts';

/** Why a timestamp is not what was asked for or is not to be believed. */
export type TimestampFault =
  | 'malformed'
  | 'signer_count'
  | 'imprint_wrong'
  | 'nonce_wrong'
  | 'policy_wrong'
  | 'time_wrong'
  | 'attributes_wrong'
  | 'certificate_missing'
  | 'certificate_reference_wrong'
  | 'certificate_not_for_timestamps'
  | 'algorithm_unknown'
  | 'signature_wrong'
  | 'outside_certificate_validity'
  | PathFailure;

/** What a token must be. */
export interface TimestampExpectation {
  /** The digest that must have been timestamped, by hash function; undefined when the data cannot be had under that hash. */
  readonly digest: (hash: HashName) => Uint8Array | undefined;
  /** As it was sent. */
  readonly nonce?: Uint8Array;
  readonly policy?: string;
  /** The present, epoch ms, for a token that was just asked for: it must state about this time. */
  readonly now?: number;
  /** Where given, the authority's certificate must chain to this trust at `at` (epoch ms; default: the time that the token states). */
  readonly trust?: Pick<PathRequest, 'trust' | 'accepts'> & {
    readonly intermediates?: readonly Certificate[];
    readonly at?: number;
  };
}

export interface TimestampFindings {
  /** Empty: the token is good. */
  readonly faults: readonly TimestampFault[];
  /** undefined: it could not be read. */
  readonly info: TimestampInfo | undefined;
  readonly certificate: Certificate | undefined;
  readonly intermediates: readonly Certificate[];
  /** From the authority's certificate to the anchor; empty when trust was not asked for or no path holds. */
  readonly path: readonly Certificate[];
  readonly algorithm: { readonly hash: HashName; readonly scheme: string } | undefined;
}

/**
 * Verifies a timestamp token (RFC 3161 §2.2 steps 1–6, §2.3, §2.4.2; RFC 5816): what it is over, that it answers the request,
 * exactly one signer, the ESS reference to its certificate, a certificate for timestamps alone, valid when it was made, and
 * the signature. Hostile bytes are a fault, never an exception.
 */
export function verifyTimestampToken(der: Uint8Array, expected: TimestampExpectation): TimestampFindings {
  let token: TimestampToken;
  try {
    token = readTimestampToken(der);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return {
      faults: ['malformed'],
      info: undefined,
      certificate: undefined,
      intermediates: [],
      path: [],
      algorithm: undefined,
    };
  }
  const { info, signedData } = token;
  const faults: TimestampFault[] = [...checkAnswer(info, expected)];
  const [signerInfo] = signedData.signerInfos;
  if (!signerInfo || signedData.signerInfos.length !== 1) faults.push('signer_count');
  const { certificate, others } = signerInfo
    ? signerCertificate(signedData, signerInfo)
    : { certificate: undefined, others: [] };
  if (signerInfo) faults.push(...checkSigner(token, signerInfo, certificate));
  const path = certificate && expected.trust ? findPath(certificate, others, info, expected.trust) : [];
  if (typeof path === 'string') faults.push(path);
  const hash = signerInfo?.digestAlgorithm;
  const scheme = signerInfo?.signatureAlgorithm?.scheme;
  return {
    faults,
    info,
    certificate,
    intermediates: others,
    path: typeof path === 'string' ? [] : path,
    algorithm: hash && scheme ? { hash, scheme } : undefined,
  };
}

function* checkAnswer(
  info: TimestampInfo,
  { digest, nonce, policy, now }: TimestampExpectation,
): Generator<TimestampFault> {
  const wanted = info.hash && digest(info.hash);
  if (!wanted || !equalBytes(wanted, info.imprint)) yield 'imprint_wrong';
  // Both are INTEGERs in their shortest form: equal numbers have equal octets.
  if (nonce && !(info.nonce && equalBytes(encodeInteger(info.nonce), encodeInteger(nonce)))) yield 'nonce_wrong';
  if (policy !== undefined && info.policy !== policy) yield 'policy_wrong';
  if (now !== undefined && Math.abs(info.time - now) > CLOCK_TOLERANCE) yield 'time_wrong';
}

function* checkSigner(
  { content, info }: TimestampToken,
  signerInfo: SignerInfo,
  certificate: Certificate | undefined,
): Generator<TimestampFault> {
  const { signedAttributes, digestAlgorithm, signatureAlgorithm } = signerInfo;
  const attributesHold =
    signedAttributes?.messageDigest !== undefined &&
    digestAlgorithm !== undefined &&
    signedAttributes.contentType === OID.tstInfo &&
    equalBytes(signedAttributes.messageDigest, hashWith(digestAlgorithm).update(content).digest());
  if (!attributesHold) yield 'attributes_wrong';
  if (!certificate) {
    yield 'certificate_missing';
    return;
  }
  if (checkCertificateReference(signerInfo, certificate) !== 'matches') yield 'certificate_reference_wrong';
  if (!isForTimestamps(certificate)) yield 'certificate_not_for_timestamps';
  if (info.time < certificate.notBefore || info.time > certificate.notAfter) yield 'outside_certificate_validity';
  const key = publicKeyOf(certificate);
  const hash = signatureAlgorithm?.hash ?? digestAlgorithm;
  if (!signatureAlgorithm || !key || !hash || !digestAlgorithm) yield 'algorithm_unknown';
  else if (
    hash !== digestAlgorithm ||
    !signedAttributes ||
    !verifySignature({ ...signatureAlgorithm, hash }, key, signedAttributes.encoded, signerInfo.signature)
  )
    yield 'signature_wrong';
}

/** RFC 3161 §2.3: extendedKeyUsage is critical and has timeStamping alone; keyUsage, where there is one, lets it sign. */
function isForTimestamps({ extensions, extendedKeyUsage, keyUsage }: Certificate): boolean {
  const sole = extendedKeyUsage?.length === 1 && extendedKeyUsage[0] === OID.timeStamping;
  const critical = extensions.get(OID.extendedKeyUsage)?.critical === true;
  const maySign = keyUsage === undefined || keyUsage.has('digitalSignature') || keyUsage.has('nonRepudiation');
  return sole && critical && maySign;
}

function findPath(
  certificate: Certificate,
  others: readonly Certificate[],
  info: TimestampInfo,
  { trust, accepts, intermediates = [], at = info.time }: NonNullable<TimestampExpectation['trust']>,
): readonly Certificate[] | PathFailure {
  const result = buildPath({ certificate, intermediates: [...others, ...intermediates], trust, accepts, at });
  return result.ok ? result.path : result.failure;
}
