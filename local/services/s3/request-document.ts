import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { S3Error } from './s3-error.ts';

/** A parsed element: text, or children by name. */
export type XmlNode = string | { readonly [name: string]: XmlNode | readonly XmlNode[] | undefined };

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: true,
  processEntities: true,
  removeNSPrefix: true,
});

/** Parses a request document with the given root. Throws `MalformedXML`; documents with a DTD are refused. */
export function parseXml(text: string, root: string): XmlNode {
  if (/<!(DOCTYPE|ENTITY)/i.test(text) || XMLValidator.validate(text) !== true) throw new S3Error('MalformedXML');
  const document = parser.parse(text) as Record<string, XmlNode>;
  const node = document[root];
  if (node === undefined) throw new S3Error('MalformedXML');
  return node;
}

/** Text of a child, or `undefined`. */
export function textOf(node: XmlNode | undefined, name: string): string | undefined {
  if (node === undefined || typeof node === 'string') return undefined;
  const child = node[name];
  return typeof child === 'string' ? child : undefined;
}

/** Child element (the first, where there are several). */
export function childOf(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return childrenOf(node, name)[0];
}

/** All children of a name. */
export function childrenOf(node: XmlNode | undefined, name: string): readonly XmlNode[] {
  if (node === undefined || typeof node === 'string') return [];
  const child = node[name];
  if (child === undefined) return [];
  return (Array.isArray(child) ? child : [child]) as readonly XmlNode[];
}
