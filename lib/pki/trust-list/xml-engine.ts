import { createRequire } from 'node:module';

/** What is used of the DOM. The packages' own types would bring all that a browser has into every file of the program. */
export interface XmlNode {
  readonly nodeType: number;
  readonly parentNode: XmlNode | null;
  readonly firstChild: XmlNode | null;
  readonly nextSibling: XmlNode | null;
  readonly textContent: string | null;
}
export interface XmlElement extends XmlNode {
  readonly localName: string;
  readonly namespaceURI: string | null;
  getAttribute(name: string): string | null;
}
export interface XmlDocument extends XmlNode {
  readonly documentElement: XmlElement | null;
  getElementsByTagNameNS(namespace: string, name: string): ArrayLike<XmlElement>;
}

interface Reference {
  readonly uri: string;
  /** The canonical octets that the digest was made of, once the signature is verified. */
  readonly signedReference?: string;
}

/** Verifies a signature with one key (PEM) and the algorithms that it knows by URI. */
export interface XmlSignatureChecker {
  SignatureAlgorithms: Record<string, unknown>;
  HashAlgorithms: Record<string, unknown>;
  loadSignature(signature: XmlNode): void;
  /** @throws Error when the signature is not made by the key */
  checkSignature(text: string): boolean;
  getReferences(): readonly Reference[];
}

type Refuse = (level: string, message: unknown) => void;
const load = createRequire(import.meta.url);

export const { DOMParser } = load('@xmldom/xmldom') as {
  readonly DOMParser: new (options: {
    readonly errorHandler: Refuse;
  }) => { parseFromString(text: string, type: 'text/xml'): XmlDocument | undefined };
};

export const { SignedXml } = load('xml-crypto') as {
  readonly SignedXml: new (options: {
    readonly publicCert: string;
    readonly getCertFromKeyInfo: () => null;
  }) => XmlSignatureChecker;
};
