import { type HashName, verifySignature } from '../../pki/algorithms.ts';
import { type Certificate, keyBits, maySignDocuments, publicKeyOf } from '../../pki/certificate.ts';
import { readSignedData, type SignedData, type SignerInfo } from '../../pki/cms-reader.ts';
import { checkCertificateReference, signerCertificate } from '../../pki/cms-signer.ts';
import { equalBytes } from '../../pki/der.ts';
import { OID } from '../../pki/oids.ts';
import { acceptedAt } from './algorithm-policy.ts';
import { openContainer } from './open-container.ts';
import { type Reason, reason } from './reasons.ts';

/** A container that is well-formed and has one signer: what can be said of it before the digest is known. */
export interface OpenedSignature {
  readonly signedData: SignedData;
  readonly signerInfo: SignerInfo;
  readonly hash: HashName;
}

/** Opens the container of a signature: detached, exactly one signer (EN 319 142-1 §6.2.1, RFC 5652 §5). */
export function openSignature(contents: Uint8Array): OpenedSignature | Reason {
  return openContainer(contents, (der) => {
    const signedData = readSignedData(der);
    if (signedData.content) return reason('cms_not_detached');
    const [signerInfo] = signedData.signerInfos;
    if (!signerInfo || signedData.signerInfos.length !== 1) return reason('signer_count');
    if (!signerInfo.digestAlgorithm) return reason('algorithm_unknown');
    return { signedData, signerInfo, hash: signerInfo.digestAlgorithm };
  });
}

/** What the cryptography says, apart from trust. */
export interface SignedDataFindings {
  readonly reasons: readonly Reason[];
  readonly certificate: Certificate | undefined;
  readonly intermediates: readonly Certificate[];
  readonly algorithm: { readonly scheme: string; readonly hash: HashName; readonly keyBits: number } | null;
}

/**
 * Verifies one signature over content whose digest is `contentDigest`: digest, signed attributes, signature value,
 * the ESS reference to the certificate, its key usage, and the algorithms at `at` (EN 319 102-1 §5.2.3–5.2.7).
 */
export function verifySignedData(
  { signedData, signerInfo, hash }: OpenedSignature,
  contentDigest: Uint8Array,
  at: number,
): SignedDataFindings {
  const reasons: Reason[] = [];
  const { certificate, others } = signerCertificate(signedData, signerInfo);
  const key = certificate && publicKeyOf(certificate);
  const found = signerInfo.signatureAlgorithm;

  reasons.push(...checkAttributes(signerInfo, signedData.contentType, contentDigest));
  if (!certificate) reasons.push(reason('certificate_not_found'));
  else reasons.push(...checkReference(signerInfo, certificate));
  if (certificate && !maySignDocuments(certificate)) reasons.push(reason('certificate_key_usage'));
  if (!found || (certificate && !key)) reasons.push(reason('algorithm_unknown'));

  let algorithm: SignedDataFindings['algorithm'] = null;
  if (found && key && signerInfo.signedAttributes) {
    const signatureHash = found.hash ?? hash;
    algorithm = { scheme: found.scheme, hash, keyBits: keyBits(key) };
    if (signatureHash !== hash) reasons.push(reason('algorithms_disagree'));
    const { encoded } = signerInfo.signedAttributes;
    if (!verifySignature({ ...found, hash: signatureHash }, key, encoded, signerInfo.signature))
      reasons.push(reason('signature_wrong'));
    if (!acceptedAt(hash, key, at) || !acceptedAt(signatureHash, key, at))
      reasons.push(reason('algorithm_not_accepted'));
  }
  return {
    reasons,
    certificate,
    intermediates: others,
    algorithm,
  };
}

function* checkAttributes(
  { signedAttributes }: SignerInfo,
  contentType: string,
  contentDigest: Uint8Array,
): Generator<Reason> {
  if (!signedAttributes) {
    yield reason('signed_attributes_missing');
    return;
  }
  const { messageDigest } = signedAttributes;
  if (signedAttributes.contentType !== OID.data || contentType !== OID.data) yield reason('content_type_wrong');
  if (!messageDigest) yield reason('message_digest_missing');
  else if (!equalBytes(messageDigest, contentDigest)) yield reason('digest_mismatch');
}

function checkReference(signerInfo: SignerInfo, certificate: Certificate): Reason[] {
  const found = checkCertificateReference(signerInfo, certificate);
  return found === 'matches' ? [] : [reason(`certificate_reference_${found}`)];
}
