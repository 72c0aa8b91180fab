import { isName, isRef, isString, type PdfDict } from '../../pdf/objects.ts';
import { decodeTextString, parseDateString } from '../../pdf/text-string.ts';
import type { SignedAttributes } from '../../pki/cms-reader.ts';
import { OID } from '../../pki/oids.ts';

interface Signed {
  /** The signature dictionary. */
  readonly dict: PdfDict;
  readonly attributes: SignedAttributes;
}

/**
 * What every PAdES baseline signature has to be, whatever its level (EN 319 142-1 §6.3 table 1, which takes the attributes from EN 319
 * 122-1 §5). That SignedData.certificates holds the signer's certificate is left out: without it nothing can be verified.
 */
const REQUIREMENTS = {
  /** content-type: present, id-data (requirement c). */
  content_type: ({ attributes }) => attributes.contentType === OID.data,
  /** message-digest: present. */
  message_digest: ({ attributes }) => attributes.messageDigest !== undefined,
  /** One reference to the signer's certificate: ESS signing-certificate with SHA-1, signing-certificate-v2 with any other hash. */
  signing_certificate: ({ attributes: { types, signingCertificate } }) => {
    const [v1, v2] = [types.includes(OID.signingCertificate), types.includes(OID.signingCertificateV2)];
    return v1 !== v2 && signingCertificate?.hash !== undefined && v1 === (signingCertificate.hash === 'sha1');
  },
  /** signing-time: not present; the claimed time is that of /M. */
  no_signing_time: ({ attributes: { types } }) => !types.includes(OID.signingTime),
  /** signer-attributes and -v2: one of them at most. */
  signer_attributes: ({ attributes: { types } }) =>
    !(types.includes(OID.signerAttributes) && types.includes(OID.signerAttributesV2)),
  /** /M: present, a date. */
  claimed_time: ({ dict }) => {
    const value = dict.get('M');
    return isRef(value) || (isString(value) && parseDateString(decodeTextString(value)) !== undefined);
  },
  /** /Filter: present. */
  filter: ({ dict }) => isPresent(dict, 'Filter'),
  /** /SubFilter: ETSI.CAdES.detached (requirement l). */
  sub_filter: ({ dict }) => isName(dict.get('SubFilter'), 'ETSI.CAdES.detached'),
  /** /Cert: not present. */
  no_certificate_entry: ({ dict }) => !isPresent(dict, 'Cert'),
  /** /Reason: not beside commitment-type-indication or signature-policy-identifier (requirements d, m). */
  reason_said_once: ({ dict, attributes: { types } }) =>
    !hasText(dict, 'Reason') || !(types.includes(OID.commitmentType) || types.includes(OID.signaturePolicy)),
} satisfies Record<string, (signed: Signed) => boolean>;

export type BaselineRequirement = keyof typeof REQUIREMENTS;

/** The requirements of PAdES baseline that a signature misses; none: it has a baseline level. */
export function missedRequirements(signed: Signed): BaselineRequirement[] {
  return (Object.keys(REQUIREMENTS) as BaselineRequirement[]).filter((key) => !REQUIREMENTS[key](signed));
}

/** An entry whose value is null is none (ISO 32000-2 §7.3.7). */
function isPresent(dict: PdfDict, key: string): boolean {
  return (dict.get(key) ?? null) !== null;
}

function hasText(dict: PdfDict, key: string): boolean {
  const value = dict.get(key);
  return isRef(value) || (isString(value) && value.bytes.length > 0);
}
