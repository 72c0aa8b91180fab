import { publicKeyOf } from '../../pki/certificate.ts';
import type { TrustAnchor } from '../../pki/certificate-path.ts';
import { readTimestampToken, type TimestampToken } from '../../pki/timestamp-token.ts';
import { type TimestampFault, type TimestampFindings, verifyTimestampToken } from '../../pki/verify-timestamp-token.ts';
import { acceptedAt, acceptsSignature } from './algorithm-policy.ts';
import { openContainer } from './open-container.ts';
import { type Reason, type ReasonCode, reason } from './reasons.ts';

/** Opens the container of a document timestamp (ISO 32000-2 §12.8.5). */
export function openTimestamp(contents: Uint8Array): TimestampToken | Reason {
  return openContainer(contents, readTimestampToken);
}

export interface JudgedTimestamp extends TimestampFindings {
  readonly reasons: readonly Reason[];
}

/**
 * The verdict on a timestamp token over data with the given digest (under the token's own hash).
 * @param at the time at which its algorithms and, where `trust` is given, its certificate path must hold, epoch ms
 */
export function judgeTimestamp(
  token: TimestampToken,
  digest: Uint8Array | undefined,
  { trust, at }: { readonly trust?: readonly TrustAnchor[]; readonly at: number },
): JudgedTimestamp {
  const findings = verifyTimestampToken(token.der, {
    digest: () => digest,
    ...(trust ? { trust: { trust, accepts: acceptsSignature, at } } : {}),
  });
  const reasons = findings.faults.map((fault) => reason(reasonCode(fault)));
  const { certificate, algorithm } = findings;
  const key = certificate && publicKeyOf(certificate);
  const used = [algorithm?.hash, token.info.hash];
  if (key && !used.every((hash) => hash && acceptedAt(hash, key, at))) reasons.push(reason('algorithm_not_accepted'));
  return { ...findings, reasons };
}

function reasonCode(fault: TimestampFault): ReasonCode {
  switch (fault) {
    case 'malformed':
      return 'cms_malformed';
    case 'imprint_wrong':
      return 'digest_mismatch';
    case 'attributes_wrong':
      return 'signature_wrong';
    case 'certificate_missing':
      return 'certificate_not_found';
    case 'outside_certificate_validity':
      return 'certificate_not_valid_then';
    case 'nonce_wrong':
    case 'policy_wrong':
    case 'time_wrong':
      throw new Error('Neither nonce nor policy nor the present was asked for');
    default:
      return fault;
  }
}
