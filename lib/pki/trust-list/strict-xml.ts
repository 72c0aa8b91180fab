import { DOMParser, type XmlDocument, type XmlElement, type XmlNode } from './xml-engine.ts';

/** Larger than any national list (the largest are some 10 MB), and what a strange one may cost. */
const MOST_OCTETS = 32 * 1024 * 1024;
/** A list is about fifteen deep, its signature some ten more. */
const DEEPEST = 60;
const MOST_NODES = 2_000_000;

/**
 * Parses a document without a DTD, and so without entities of its own: UTF-8, well-formed without any mending, bounded in size
 * and depth.
 * @throws Error that says what is wrong
 */
export function parseStrictXml(bytes: Uint8Array): {
  readonly text: string;
  readonly document: ReturnType<typeof parseText>;
} {
  if (bytes.length > MOST_OCTETS) throw new Error('the document is too large');
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  // Also in comments: nothing that follows need tell them apart.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new Error('a document type definition is not accepted');
  return { text, document: parseText(text) };
}

/** The same for text that is at hand. */
export function parseText(text: string): XmlDocument & { readonly documentElement: XmlElement } {
  const refuse = (_: string, message: unknown) => {
    throw new Error(`not well-formed: ${String(message).split('\n')[0]}`);
  };
  const document = new DOMParser({ errorHandler: refuse }).parseFromString(text, 'text/xml');
  if (!document?.documentElement) throw new Error('there is no element');
  checkBounds(document.documentElement);
  return document as XmlDocument & { readonly documentElement: XmlElement };
}

/** Walks without recursion: canonicalisation, which comes after, does recurse. */
function checkBounds(root: XmlNode): void {
  let [node, depth, nodes]: [XmlNode | null, number, number] = [root, 1, 0];
  while (node) {
    if (depth > DEEPEST) throw new Error('elements are nested too deep');
    if (++nodes > MOST_NODES) throw new Error('there are too many nodes');
    if (node.firstChild) {
      node = node.firstChild;
      depth++;
      continue;
    }
    while (node && node !== root && !node.nextSibling) {
      node = node.parentNode;
      depth--;
    }
    node = node === root ? null : (node?.nextSibling ?? null);
  }
}

/** Child elements of a namespace with this local name. */
export function childrenOf(parent: XmlNode | undefined, namespace: string, name: string): XmlElement[] {
  const found: XmlElement[] = [];
  for (let child = parent?.firstChild ?? null; child; child = child.nextSibling) {
    const element = child as XmlElement;
    if (child.nodeType === 1 && element.namespaceURI === namespace && element.localName === name) found.push(element);
  }
  return found;
}

/** The elements that a path of local names leads to, all in one namespace. */
export function elementsAt(from: XmlNode | undefined, namespace: string, ...path: readonly string[]): XmlElement[] {
  let found: XmlNode[] = from ? [from] : [];
  for (const name of path) found = found.flatMap((parent) => childrenOf(parent, namespace, name));
  return found as XmlElement[];
}

/** Text of the first element that a path leads to, without blanks around it. */
export function textAt(from: XmlNode | undefined, namespace: string, ...path: readonly string[]): string | undefined {
  return elementsAt(from, namespace, ...path)[0]?.textContent?.trim();
}
