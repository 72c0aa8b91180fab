import { verifySignature } from './algorithms.ts';
import { authorityAddresses } from './authority-addresses.ts';
import { publicKeyOf } from './certificate.ts';
import { findRevoked, type RevocationList, readRevocationList, scopeOf } from './crl.ts';
import { DerError, equalBytes } from './der.ts';
import { timeIn, unprocessedCritical } from './extensions.ts';
import { OID } from './oids.ts';
import {
  checkUpdates,
  mayBeDropped,
  noAnswer,
  type RevocationFault,
  type RevocationFindings,
  type RevocationQuestion,
} from './revocation.ts';

/**
 * What a revocation list says about a certificate (RFC 5280 §6.3.3, complete lists of the issuer itself): signed by the issuer, of
 * the time asked for, and meant for such certificates. Delta and indirect lists and unknown critical extensions are refused. Hostile bytes
 * are a fault.
 */
export function checkRevocationList(der: Uint8Array, question: RevocationQuestion): RevocationFindings {
  try {
    const list = readRevocationList(der);
    const fault = checkScope(list, question) ?? checkSignature(list, question) ?? checkUpdates(list, question);
    if (fault) return noAnswer(fault);
    const entry = findRevoked(list, question.certificate.serialNumber);
    const { thisUpdate, nextUpdate } = list;
    const common = { ok: true, thisUpdate, nextUpdate, signer: question.issuer } as const;
    if (!entry && mayBeDropped(thisUpdate, question.certificate, timeIn(list.extensions, OID.expiredCertsOnCrl)))
      return noAnswer('expired_certificate');
    if (!entry) return { ...common, status: 'good' };
    const { revokedAt, reason } = entry;
    return { ...common, status: 'revoked', revokedAt, ...(reason === undefined ? {} : { reason }) };
  } catch (error) {
    if (error instanceof DerError) return noAnswer('malformed');
    throw error;
  }
}

function checkScope(list: RevocationList, { certificate }: RevocationQuestion): RevocationFault | undefined {
  if (list.extensions.has(OID.deltaCrlIndicator)) return 'out_of_scope';
  if (unprocessedCritical(list.extensions, [OID.issuingDistributionPoint]).length > 0) return 'critical_extension';
  const scope = scopeOf(list);
  if (!scope) return undefined;
  const isAuthority = certificate.basicConstraints?.ca === true;
  if (scope.partial || (scope.only && (scope.only === 'authorities') !== isAuthority)) return 'out_of_scope';
  const own = authorityAddresses(certificate).lists;
  return scope.addresses && !scope.addresses.some((url) => own.includes(url)) ? 'out_of_scope' : undefined;
}

function checkSignature(list: RevocationList, { issuer, accepts }: RevocationQuestion): RevocationFault | undefined {
  if (!equalBytes(list.issuer, issuer.subject)) return 'unknown_certificate';
  if (issuer.keyUsage && !issuer.keyUsage.has('cRLSign')) return 'signer_not_authorised';
  const key = publicKeyOf(issuer);
  const { signatureAlgorithm } = list;
  if (!key || !signatureAlgorithm?.hash || !accepts(list, issuer, list.thisUpdate)) return 'algorithm_not_accepted';
  const algorithm = { ...signatureAlgorithm, hash: signatureAlgorithm.hash };
  return verifySignature(algorithm, key, list.tbs, list.signature) ? undefined : 'signature_wrong';
}
