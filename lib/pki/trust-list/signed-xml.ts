import { verify, X509Certificate } from 'node:crypto';
import { parseStrictXml, parseText } from './strict-xml.ts';
import { SignedXml, type XmlDocument, type XmlElement, type XmlSignatureChecker } from './xml-engine.ts';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const RSA = [`${MORE}rsa-sha256`, `${MORE}rsa-sha512`, 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1'];
const DIGESTS = ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512'];
const MOST_REFERENCES = 5;

/**
 * The element that is signed as a whole by `signer`, read from the very octets that the signature covers: one enveloped XMLDSig
 * signature, a child of the root, over the whole document (TS 119 612 §5.7.1; XAdES properties may be signed with it). Keys that
 * the document brings are not looked at; no SHA-1, no DTD.
 * @param signer DER of the certificate that must have signed
 * @throws Error that says what is wrong
 */
export function signedElement(bytes: Uint8Array, signer: Uint8Array): XmlElement {
  const { text, document } = parseStrictXml(bytes);
  const signatures = [...elementsIn(document, 'Signature')];
  const [signature] = signatures;
  if (!signature || signatures.length > 1) throw new Error('there is not exactly one signature');
  if (signature.parentNode !== document.documentElement) throw new Error('the signature is not a child of the root');
  const checked = checker(signer);
  checked.loadSignature(signature);
  // Each is digested before the signature itself is looked at.
  if (checked.getReferences().length > MOST_REFERENCES) throw new Error('there are too many references');
  if (!checked.checkSignature(text)) throw new Error('what is signed was changed');
  const signed = parseText(whole(checked, document.documentElement)).documentElement;
  const { localName, namespaceURI } = document.documentElement;
  if (signed.localName !== localName || signed.namespaceURI !== namespaceURI)
    throw new Error('another element is signed');
  return signed;
}

/** The signed octets of the root; what else is signed with it, such as XAdES properties, is not used. */
function whole(checked: XmlSignatureChecker, root: XmlElement): string {
  const id = root.getAttribute('Id') ?? '';
  const isRoot = ({ uri }: { uri: string }) => uri === '' || (id !== '' && uri === `#${id}`);
  const [reference, ...more] = checked.getReferences().filter(isRoot);
  if (!reference?.signedReference || more.length > 0) {
    throw new Error('the signature does not cover the document as a whole');
  }
  return reference.signedReference;
}

function* elementsIn(document: XmlDocument, name: string): Generator<XmlElement> {
  const found = document.getElementsByTagNameNS(DSIG, name);
  for (let n = 0; n < found.length; n++) yield found[n] as XmlElement;
}

/** Knows algorithms that are still good, and one key. */
function checker(signer: Uint8Array): XmlSignatureChecker {
  const certificate = new X509Certificate(signer);
  const checked = new SignedXml({ publicCert: certificate.toString(), getCertFromKeyInfo: () => null });
  const { SignatureAlgorithms, HashAlgorithms } = checked;
  const rsa = Object.entries(SignatureAlgorithms).filter(([name]) => RSA.includes(name));
  // An algorithm of the other kind of key must not be tried with this one.
  checked.SignatureAlgorithms = certificate.publicKey.asymmetricKeyType === 'ec' ? ECDSA : Object.fromEntries(rsa);
  checked.HashAlgorithms = Object.fromEntries(
    Object.entries(HashAlgorithms).filter(([name]) => DIGESTS.includes(name)),
  );
  return checked;
}

/** As the verifier takes an algorithm. XMLDSig has r and s one after the other (RFC 4050 §3.3). */
function ecdsa(hash: string) {
  return class {
    getAlgorithmName = () => `${MORE}ecdsa-${hash}`;
    verifySignature(material: string, key: string, value: string): boolean {
      const options = { key, dsaEncoding: 'ieee-p1363' } as const;
      return verify(hash, Buffer.from(material), options, Buffer.from(value, 'base64'));
    }
  };
}

const ECDSA = Object.fromEntries(['sha256', 'sha384', 'sha512'].map((hash) => [`${MORE}ecdsa-${hash}`, ecdsa(hash)]));
