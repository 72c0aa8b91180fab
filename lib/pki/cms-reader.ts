import { type FoundAlgorithm, type HashName, readHashAlgorithm, readSignatureAlgorithm } from './algorithms.ts';
import {
  children,
  childrenOfSet,
  contextTag,
  type DerElement,
  DerError,
  enter,
  readIntegerBytes,
  readOid,
  readSmallInteger,
  readWhole,
  TAG,
} from './der.ts';
import { OID } from './oids.ts';

/** ESSCertID or ESSCertIDv2 (RFC 5035): which certificate the signer says it signed with. */
export interface SigningCertificateReference {
  /** undefined: a hash that is not known here. */
  readonly hash: HashName | undefined;
  readonly certHash: Uint8Array;
}

export interface SignedAttributes {
  /** What is signed: the attributes as a SET OF in DER (RFC 5652 §5.4). */
  readonly encoded: Uint8Array;
  readonly contentType: string | undefined;
  readonly messageDigest: Uint8Array | undefined;
  readonly signingCertificate: SigningCertificateReference | undefined;
  /** What the signer's software knew of revocation when it signed, in DER. */
  readonly revocation: { readonly ocsps: readonly Uint8Array[]; readonly lists: readonly Uint8Array[] };
  /** Types of all signed attributes, in order of occurrence. */
  readonly types: readonly string[];
}

export interface SignerInfo {
  readonly issuer: Uint8Array | undefined;
  readonly serialNumber: Uint8Array | undefined;
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  readonly digestAlgorithm: HashName | undefined;
  readonly signedAttributes: SignedAttributes | undefined;
  /** undefined: an algorithm that is not known here. */
  readonly signatureAlgorithm: FoundAlgorithm | undefined;
  readonly signature: Uint8Array;
  /** Types of the unsigned attributes. */
  readonly unsignedTypes: readonly string[];
  /** Timestamp tokens over the signature value (RFC 3161 app. A), as they stand. */
  readonly signatureTimestamps: readonly Uint8Array[];
}

/** A SignedData as it was found; nothing in it has been verified. */
export interface SignedData {
  /** Encapsulated content, which a detached signature must not have. */
  readonly content: Uint8Array | undefined;
  readonly contentType: string;
  /** X.509 certificates in DER; other kinds are left out. */
  readonly certificates: readonly Uint8Array[];
  /** Revocation lists in DER (RFC 5652 §10.2.1); other kinds are left out. */
  readonly lists: readonly Uint8Array[];
  readonly signerInfos: readonly SignerInfo[];
}

const MAX_CERTIFICATES = 100;
const MAX_LISTS = 100;
const MAX_ATTRIBUTES = 100;

/** Reads a ContentInfo with SignedData (RFC 5652 §5), in strict DER. @throws DerError */
export function readSignedData(der: Uint8Array): SignedData {
  const contentInfo = enter(readWhole(der, TAG.sequence));
  if (readOid(contentInfo.next(TAG.oid)) !== OID.signedData) throw new DerError('the content is not SignedData');
  const explicit = contentInfo.next(contextTag(0));
  contentInfo.end();

  const fields = enter(readWhole(explicit.content, TAG.sequence));
  readSmallInteger(fields.next(TAG.integer));
  fields.next(TAG.set);
  const encapsulated = enter(fields.next(TAG.sequence));
  const certificates = fields.optional(contextTag(0));
  const lists = fields.optional(contextTag(1));
  const signerInfos = fields.next(TAG.set);
  fields.end();

  const contentType = readOid(encapsulated.next(TAG.oid));
  const content = encapsulated.optional(contextTag(0));
  encapsulated.end();
  return {
    content: content?.content,
    contentType,
    certificates: sequencesIn(certificates, MAX_CERTIFICATES),
    lists: sequencesIn(lists, MAX_LISTS),
    signerInfos: children(signerInfos, 10).map(readSignerInfo),
  };
}

/** The choices that are plain SEQUENCEs: X.509 certificates, revocation lists. */
function sequencesIn(set: DerElement | undefined, most: number): Uint8Array[] {
  return set ? children(set, most).flatMap((one) => (one.tag === TAG.sequence ? [one.bytes] : [])) : [];
}

function readSignerInfo(element: DerElement): SignerInfo {
  const fields = enter(element);
  const version = readSmallInteger(fields.next(TAG.integer));
  const subjectKeyIdentifier = fields.optional(contextTag(0, false))?.content;
  const issuerAndSerial = subjectKeyIdentifier ? undefined : enter(fields.next(TAG.sequence));
  if (version !== (subjectKeyIdentifier ? 3 : 1)) throw new DerError('a signer info of another version');
  const digestAlgorithm = readHashAlgorithm(fields.next(TAG.sequence));
  const signedAttributes = fields.optional(contextTag(0));
  const signatureAlgorithm = readSignatureAlgorithm(fields.next(TAG.sequence));
  const signature = fields.next(TAG.octetString).content;
  const unsignedAttributes = fields.optional(contextTag(1));
  fields.end();

  const issuer = issuerAndSerial?.next(TAG.sequence).bytes;
  const serialNumber = issuerAndSerial && readIntegerBytes(issuerAndSerial.next(TAG.integer));
  issuerAndSerial?.end();
  return {
    issuer,
    serialNumber,
    subjectKeyIdentifier,
    digestAlgorithm,
    signedAttributes: signedAttributes && readSignedAttributes(signedAttributes),
    signatureAlgorithm,
    signature,
    ...readUnsignedAttributes(unsignedAttributes),
  };
}

function readUnsignedAttributes(
  element: DerElement | undefined,
): Pick<SignerInfo, 'unsignedTypes' | 'signatureTimestamps'> {
  const unsignedTypes: string[] = [];
  const signatureTimestamps: Uint8Array[] = [];
  for (const attribute of element ? children(element, MAX_ATTRIBUTES) : []) {
    const fields = enter(attribute);
    const type = readOid(fields.next(TAG.oid));
    unsignedTypes.push(type);
    if (type !== OID.signatureTimeStampToken) continue;
    for (const value of children(fields.next(TAG.set), MAX_ATTRIBUTES)) signatureTimestamps.push(value.bytes);
  }
  return { unsignedTypes, signatureTimestamps };
}

const READ_ATTRIBUTES: readonly string[] = [
  ...[OID.contentType, OID.messageDigest, OID.signingTime, OID.signingCertificate, OID.signingCertificateV2],
  ...[
    OID.revocationInfoArchival,
    OID.signaturePolicy,
    OID.commitmentType,
    OID.signerAttributes,
    OID.signerAttributesV2,
  ],
];

/** Reads what a key is asked to sign: signed attributes as SET OF in DER (RFC 5652 §5.4). @throws DerError */
export function readMessage(der: Uint8Array): SignedAttributes {
  return readSignedAttributes(readWhole(der, TAG.set));
}

function readSignedAttributes(element: DerElement): SignedAttributes {
  const encoded = Buffer.from(element.bytes);
  encoded[0] = TAG.set;
  const values = new Map<string, DerElement>();
  for (const attribute of childrenOfSet(element, MAX_ATTRIBUTES)) {
    const fields = enter(attribute);
    const type = readOid(fields.next(TAG.oid));
    const set = fields.next(TAG.set);
    fields.end();
    // Of those that say something here there is one each (RFC 5652 §11, RFC 5035 §5.4); of private ones some writers have several.
    if (values.has(type) && READ_ATTRIBUTES.includes(type)) throw new DerError('a signed attribute occurs twice');
    values.set(type, set);
  }
  const single = (type: string) => {
    const set = values.get(type);
    return set && readWhole(set.content);
  };
  const contentType = single(OID.contentType);
  const messageDigest = single(OID.messageDigest);
  if (messageDigest && messageDigest.tag !== TAG.octetString)
    throw new DerError('the message digest is not an octet string');
  return {
    encoded,
    contentType: contentType && readOid(contentType),
    messageDigest: messageDigest?.content,
    signingCertificate: readSigningCertificate(single(OID.signingCertificateV2), single(OID.signingCertificate)),
    revocation: readRevocationArchive(single(OID.revocationInfoArchival)),
    types: [...values.keys()],
  };
}

/** RevocationInfoArchival: `{ [0] lists, [1] OCSP responses, [2] other }`, all optional (ISO 32000-2 §12.8.3.3.2). */
function readRevocationArchive(attribute: DerElement | undefined): SignedAttributes['revocation'] {
  if (!attribute) return { ocsps: [], lists: [] };
  const fields = enter(attribute);
  const [lists, ocsps] = [contextTag(0), contextTag(1)].map((tag) => {
    const explicit = fields.optional(tag);
    return explicit && readWhole(explicit.content, TAG.sequence);
  });
  return { ocsps: sequencesIn(ocsps, MAX_LISTS), lists: sequencesIn(lists, MAX_LISTS) };
}

/** The first certificate reference of either version of the attribute: the signer's own (RFC 5035 §3, §5). */
function readSigningCertificate(
  v2: DerElement | undefined,
  v1: DerElement | undefined,
): SigningCertificateReference | undefined {
  const attribute = v2 ?? v1;
  if (!attribute) return undefined;
  if (attribute.tag !== TAG.sequence) throw new DerError('a signing certificate attribute is not a sequence');
  const certId = enter(enter(enter(attribute).next(TAG.sequence)).next(TAG.sequence));
  const algorithm = v2 ? certId.optional(TAG.sequence) : undefined;
  const certHash = certId.next(TAG.octetString).content;
  const hash = algorithm ? readHashAlgorithm(algorithm) : v2 ? 'sha256' : 'sha1';
  return { hash, certHash };
}
