import { createHash } from 'node:crypto';
import { verifySignature } from './algorithms.ts';
import { type Certificate, publicKeyOf } from './certificate.ts';
import { isSignedBy } from './certificate-path.ts';
import { readableCertificates } from './cms-signer.ts';
import { DerError, equalBytes, readWhole, TAG } from './der.ts';
import { timeIn, unprocessedCritical } from './extensions.ts';
import { type OcspResponse, publicKeyBits, readOcspResponse, type SingleResponse, speaksOf } from './ocsp.ts';
import { OID } from './oids.ts';
import {
  CLOCK_TOLERANCE,
  checkUpdates,
  mayBeDropped,
  noAnswer,
  type RevocationFault,
  type RevocationFindings,
  type RevocationQuestion,
} from './revocation.ts';

export interface OcspQuestion extends RevocationQuestion {
  /** As it was sent. An answer without a nonce is accepted (RFC 9654 §2.1: many are made in advance), one with another is not. */
  readonly nonce?: Uint8Array;
}

/**
 * What an OCSP answer says about a certificate (RFC 6960 §3.2): it speaks of that certificate, is signed by its issuer or by a
 * responder that the issuer certified for it (§4.2.2.2), and is of the time asked for. Hostile bytes are a fault.
 */
export function checkOcsp(der: Uint8Array, question: OcspQuestion): RevocationFindings {
  try {
    const response = readOcspResponse(der);
    return 'refused' in response ? noAnswer('refused') : judge(response, question);
  } catch (error) {
    if (error instanceof DerError) return noAnswer('malformed');
    throw error;
  }
}

function judge(response: OcspResponse, question: OcspQuestion): RevocationFindings {
  const single = gravest(response.responses.filter((one) => speaksOf(one, question)));
  if (!single || single.status === 'unknown') return noAnswer('unknown_certificate');
  const unknown = [response.extensions, single.extensions].flatMap((one) => unprocessedCritical(one, [OID.ocspNonce]));
  if (unknown.length > 0) return noAnswer('critical_extension');
  const nonce = response.extensions.get(OID.ocspNonce);
  if (question.nonce && nonce && !equalBytes(readWhole(nonce.value, TAG.octetString).content, question.nonce))
    return noAnswer('nonce_wrong');
  const signer = findSigner(response, question);
  if (typeof signer === 'string') return noAnswer(signer);
  const fault = checkUpdates(single, question) ?? checkProduced(response, single, question);
  if (fault) return noAnswer(fault);
  const { revokedAt, reason, thisUpdate, nextUpdate } = single;
  return {
    ok: true,
    status: single.status,
    ...(revokedAt === undefined ? {} : { revokedAt }),
    ...(reason === undefined ? {} : { reason }),
    thisUpdate,
    nextUpdate,
    signer,
  };
}

/** Of several about one certificate (RFC 6960 forbids none): "revoked" before all else, then the newest, then the one that knows nothing. */
function gravest(responses: readonly SingleResponse[]): SingleResponse | undefined {
  const rank = { revoked: 0, unknown: 1, good: 2 };
  return [...responses].sort(
    (a, b) =>
      Number(b.status === 'revoked') - Number(a.status === 'revoked') ||
      b.thisUpdate - a.thisUpdate ||
      rank[a.status] - rank[b.status],
  )[0];
}

/** When it was made: not later than now, not before what it reports; and a "good" that is about the certificate's own lifetime. */
function checkProduced(
  { producedAt }: OcspResponse,
  { status, thisUpdate, extensions }: SingleResponse,
  { certificate, now }: OcspQuestion,
): RevocationFault | undefined {
  if (producedAt > now + CLOCK_TOLERANCE) return 'from_the_future';
  if (thisUpdate > producedAt + CLOCK_TOLERANCE) return 'malformed';
  const dropped = mayBeDropped(thisUpdate, certificate, timeIn(extensions, OID.ocspArchiveCutoff));
  return status === 'good' && dropped ? 'expired_certificate' : undefined;
}

/** The issuer or its delegate, when the response is signed by it. */
function findSigner(response: OcspResponse, question: OcspQuestion): Certificate | RevocationFault {
  const { responder } = response;
  const candidates = [question.issuer, ...readableCertificates(response.certificates)];
  const signer = candidates.find((one) =>
    'name' in responder
      ? equalBytes(one.subject, responder.name)
      : equalBytes(createHash('sha1').update(publicKeyBits(one)).digest(), responder.keyHash),
  );
  if (!signer) return 'signer_missing';
  if (!equalBytes(signer.der, question.issuer.der) && !isDelegate(signer, response, question))
    return 'signer_not_authorised';
  const key = publicKeyOf(signer);
  const { signatureAlgorithm, tbs, signature, producedAt } = response;
  if (!key || !signatureAlgorithm?.hash) return 'algorithm_not_accepted';
  if (!question.accepts(response, signer, producedAt)) return 'algorithm_not_accepted';
  const algorithm = { ...signatureAlgorithm, hash: signatureAlgorithm.hash };
  return verifySignature(algorithm, key, tbs, signature) ? signer : 'signature_wrong';
}

/** Certified for OCSP by the very issuer, valid when it answered and at the time asked for: an answer speaks no longer than its signer. */
function isDelegate(
  signer: Certificate,
  { producedAt }: OcspResponse,
  { issuer, accepts, freshAt }: OcspQuestion,
): boolean {
  if (!equalBytes(signer.issuer, issuer.subject)) return false;
  if (signer.extendedKeyUsage?.includes(OID.ocspSigning) !== true || signer.unprocessedCritical.length > 0)
    return false;
  if (producedAt < signer.notBefore || Math.max(producedAt, freshAt) > signer.notAfter) return false;
  return accepts(signer, issuer, producedAt) && isSignedBy(signer, issuer);
}
