import { BitString, Integer, Null, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import {
  AccessDescription,
  AuthorityKeyIdentifier,
  BasicConstraints,
  CRLDistributionPoints,
  DistributionPoint,
  Extension,
  ExtKeyUsage,
  GeneralName,
  InfoAccess,
} from 'pkijs';

/** Bits of keyUsage (RFC 5280 §4.2.1.3), most significant first. */
const KEY_USAGE = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5, cRLSign: 6 } as const;

export type KeyUsage = keyof typeof KEY_USAGE;

/** id-kp-documentSigning (RFC 9336). */
const DOCUMENT_SIGNING = '1.3.6.1.5.5.7.3.36';
/** QcType of ETSI EN 319 412-5 §4.2.3: signatures of persons, seals of legal persons. */
const QC_TYPES = { person: '0.4.0.1862.1.6.1', agency: '0.4.0.1862.1.6.2' } as const;

/** Who a certificate is for: a person who signs, or an agency that seals. */
export type Profile = keyof typeof QC_TYPES;

export function basicConstraints(cA: boolean, pathLength?: number): Extension {
  const constraints = new BasicConstraints({
    cA,
    ...(pathLength === undefined ? {} : { pathLenConstraint: pathLength }),
  });
  return extension('2.5.29.19', true, constraints.toSchema().toBER());
}

export function keyUsage(...usages: readonly KeyUsage[]): Extension {
  const bits = usages.map((usage) => KEY_USAGE[usage]);
  const byte = bits.reduce((sum: number, bit) => sum | (0x80 >> bit), 0);
  const unusedBits = 7 - Math.max(...bits);
  return extension('2.5.29.15', true, new BitString({ valueHex: new Uint8Array([byte]).buffer, unusedBits }).toBER());
}

export function documentSigning(): Extension {
  return extension('2.5.29.37', false, new ExtKeyUsage({ keyPurposes: [DOCUMENT_SIGNING] }).toSchema().toBER());
}

/** For timestamps and nothing else: critical, as RFC 3161 §2.3 wants it. */
export function timestampingOnly(): Extension {
  return extension('2.5.29.37', true, new ExtKeyUsage({ keyPurposes: ['1.3.6.1.5.5.7.3.8'] }).toSchema().toBER());
}

/** For OCSP answers (RFC 6960 §4.2.2.2). */
export function ocspSigning(): Extension {
  return extension('2.5.29.37', false, new ExtKeyUsage({ keyPurposes: ['1.3.6.1.5.5.7.3.9'] }).toSchema().toBER());
}

/** id-pkix-ocsp-nocheck: the responder itself is not asked about (RFC 6960 §4.2.2.2.1). */
export function ocspNoCheck(): Extension {
  return extension('1.3.6.1.5.5.7.48.1.5', false, new Null().toBER());
}

export function subjectKeyIdentifier(keyId: Uint8Array<ArrayBuffer>): Extension {
  return extension('2.5.29.14', false, new OctetString({ valueHex: keyId.buffer }).toBER());
}

export function authorityKeyIdentifier(keyId: Uint8Array<ArrayBuffer>): Extension {
  const identifier = new AuthorityKeyIdentifier({ keyIdentifier: new OctetString({ valueHex: keyId.buffer }) });
  return extension('2.5.29.35', false, identifier.toSchema().toBER());
}

/** Where the issuer's certificate can be fetched (id-ad-caIssuers) and, where there is one, its OCSP responder asked (id-ad-ocsp). */
export function authorityAccess({ issuer, ocsp }: { readonly issuer: string; readonly ocsp?: string }): Extension {
  const access = (method: string, url: string) =>
    new AccessDescription({ accessMethod: method, accessLocation: uri(url) });
  const accessDescriptions = [
    ...(ocsp === undefined ? [] : [access('1.3.6.1.5.5.7.48.1', ocsp)]),
    access('1.3.6.1.5.5.7.48.2', issuer),
  ];
  return extension('1.3.6.1.5.5.7.1.1', false, new InfoAccess({ accessDescriptions }).toSchema().toBER());
}

/** Where the list of revoked certificates can be fetched. */
export function revocationList(url: string): Extension {
  const points = new CRLDistributionPoints({
    distributionPoints: [new DistributionPoint({ distributionPoint: [uri(url)] })],
  });
  return extension('2.5.29.31', false, points.toSchema().toBER());
}

/** Says whether it is a certificate for signatures or for seals (qcStatements with QcType alone). */
export function certificateType(profile: Profile): Extension {
  const types = new Sequence({ value: [new ObjectIdentifier({ value: QC_TYPES[profile] })] });
  const statement = new Sequence({ value: [new ObjectIdentifier({ value: '0.4.0.1862.1.6' }), types] });
  return extension('1.3.6.1.5.5.7.1.3', false, new Sequence({ value: [statement] }).toBER());
}

export function crlNumber(number: number): Extension {
  return extension('2.5.29.20', false, new Integer({ value: number }).toBER());
}

function uri(url: string): GeneralName {
  return new GeneralName({ type: 6, value: url });
}

function extension(extnID: string, critical: boolean, extnValue: ArrayBuffer): Extension {
  return new Extension({ extnID, critical, extnValue });
}
