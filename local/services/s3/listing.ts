import { S3Error } from './s3-error.ts';
import { compareKeys } from './version-record.ts';

/** Parameters that every listing shares. */
export interface ListingRequest {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** `encoding-type=url`: keys in the answer are percent-encoded. */
  readonly encoded: boolean;
}

const MAX_KEYS = 1000;

export function readListing(query: URLSearchParams, limit = 'max-keys'): ListingRequest {
  const encoding = query.get('encoding-type');
  if (encoding !== null && encoding !== 'url') {
    throw new S3Error('InvalidArgument', { message: 'Invalid Encoding Method specified in Request' });
  }
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: readLimit(query.get(limit), limit),
    encoded: encoding === 'url',
  };
}

function readLimit(value: string | null, name: string): number {
  if (value === null || value === '') return MAX_KEYS;
  if (!/^\d{1,10}$/.test(value) || Number(value) > 2 ** 31 - 1) {
    throw new S3Error('InvalidArgument', {
      message: `Provided ${name} not an integer or within integer range`,
      fields: { ArgumentName: name, ArgumentValue: value },
    });
  }
  return Math.min(Number(value), MAX_KEYS);
}

/** A key as it stands in the answer. */
export function shownKey(key: string, { encoded }: Pick<ListingRequest, 'encoded'>): string {
  return encoded ? encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+') : key;
}

/** The part of a key that a delimiter rolls up, or `undefined` where it stands for itself. */
export function commonPrefix(key: string, { prefix, delimiter }: ListingRequest): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly prefixes: readonly string[];
  readonly truncated: boolean;
  /** The key or prefix the page ends with, and its last item. */
  readonly lastName: string;
  readonly lastItem: T | undefined;
}

/**
 * Cuts one page from candidates in listing order. Keys that share a common prefix count once. The answer goes on
 * strictly after `after`; where that is a common prefix, after everything below it.
 */
export function page<T>(
  candidates: Iterable<T>,
  keyOf: (item: T) => string,
  listing: ListingRequest,
  after: string,
): Page<T> {
  const items: T[] = [];
  const prefixes: string[] = [];
  let lastName = '';
  let lastItem: T | undefined;
  if (listing.maxKeys === 0) return { items, prefixes, truncated: false, lastName, lastItem };
  for (const item of candidates) {
    const key = keyOf(item);
    if (!key.startsWith(listing.prefix)) {
      if (compareKeys(key, listing.prefix) > 0) break;
      continue;
    }
    const common = commonPrefix(key, listing);
    if (common !== undefined && (common === prefixes.at(-1) || isWithin(after, common, listing))) continue;
    if (items.length + prefixes.length === listing.maxKeys) {
      return { items, prefixes, truncated: true, lastName, lastItem };
    }
    if (common === undefined) items.push(item);
    else prefixes.push(common);
    lastName = common ?? key;
    lastItem = common === undefined ? item : undefined;
  }
  return { items, prefixes, truncated: false, lastName, lastItem };
}

/** Whether a listing that goes on after `after` has already shown `common`. */
function isWithin(after: string, common: string, listing: ListingRequest): boolean {
  return after !== '' && (after === common || (commonPrefix(after, listing) === common && after.startsWith(common)));
}
