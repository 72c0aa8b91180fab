/** A request as it arrived: everything the signature can cover except the body. */
export interface SignedRequest {
  readonly method: string;
  /** Path as sent (percent-encoded), without the query. */
  readonly path: string;
  /** Query as sent, without the question mark. */
  readonly query: string;
  /** Header names in lower case; several of one name joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Percent-encodes as SigV4 asks: everything but RFC 3986 unreserved characters, upper-case hex. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The canonical URI. S3 signs the path encoded once, without normalising dot segments (they are part of a key);
 * every other service signs the already encoded path encoded again.
 */
export function canonicalPath(path: string, service: string): string {
  const segments = path.split('/');
  return segments.map((segment) => uriEncode(service === 's3' ? decode(segment) : segment)).join('/') || '/';
}

/** Query parameters encoded and sorted by name, then value; `without` names one that is left out. */
export function canonicalQuery(query: string, without?: string): string {
  const pairs: [string, string][] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = decode((at < 0 ? part : part.slice(0, at)).replaceAll('+', ' '));
    const value = at < 0 ? '' : decode(part.slice(at + 1).replaceAll('+', ' '));
    if (name !== without) pairs.push([uriEncode(name), uriEncode(value)]);
  }
  pairs.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function canonicalHeaders(headers: SignedRequest['headers'], signed: readonly string[]): string {
  return signed.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
}

/** The canonical request of SigV4 ("Create a canonical request"). */
export function canonicalRequest(
  request: SignedRequest,
  parts: { service: string; signedHeaders: readonly string[]; payloadHash: string; withoutParameter?: string },
): string {
  return [
    request.method,
    canonicalPath(request.path, parts.service),
    canonicalQuery(request.query, parts.withoutParameter),
    canonicalHeaders(request.headers, parts.signedHeaders),
    parts.signedHeaders.join(';'),
    parts.payloadHash,
  ].join('\n');
}
