const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A finished piece of XML. */
export interface Element {
  readonly xml: string;
}

type Content = string | number | boolean | readonly (Element | undefined)[];

function escapeText(text: string): string {
  // Control characters are legal in keys but not in XML 1.0; S3 writes them as references all the same.
  return (
    text
      .replace(/[&<>"]/g, (c) => ENTITIES[c] ?? c)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are meant
      .replace(/[\u0000-\u001f]/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`)
  );
}

/** `<name>…</name>` around text (escaped) or elements. */
export function element(name: string, content: Content): Element {
  const inner = Array.isArray(content)
    ? content.map((child: Element | undefined) => child?.xml ?? '').join('')
    : escapeText(String(content));
  return { xml: `<${name}>${inner}</${name}>` };
}

/** Like `element`, but nothing at all where there is no content. */
export function optional(name: string, content: string | number | undefined): Element | undefined {
  return content === undefined ? undefined : element(name, content);
}

export function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}`;
}

/** A result document in the namespace of S3. */
export function resultDocument(name: string, content: readonly (Element | undefined)[]): string {
  return xmlDocument(element(name, content)).replace(`<${name}>`, `<${name} ${NAMESPACE}>`);
}
