import type { Certificate } from './certificate.ts';
import { contextTag, type DerElement, DerError, DerSequence, enter, readOid, TAG } from './der.ts';
import { extensionValue } from './extensions.ts';
import { OID } from './oids.ts';

/** Where a certificate says that its issuer and its state can be asked for. The addresses are the certificate's word: not to be trusted. */
export interface AuthorityAddresses {
  /** OCSP responders. */
  readonly ocsp: readonly string[];
  /** The issuer's certificate. */
  readonly issuers: readonly string[];
  /** Revocation lists. */
  readonly lists: readonly string[];
}

/** uniformResourceIdentifier of GeneralName, and fullName of DistributionPointName (RFC 5280 §4.2.1.6, §4.2.1.13). */
const URI = contextTag(6, false);
const MAX_ADDRESSES = 10;

/** Reads authorityInfoAccess and cRLDistributionPoints (RFC 5280 §4.2.2.1, §4.2.1.13). Malformed ones name nothing. */
export function authorityAddresses(certificate: Pick<Certificate, 'extensions'>): AuthorityAddresses {
  const access = lenient(() =>
    accessDescriptions(extensionValue(certificate.extensions, OID.authorityInformationAccess)),
  );
  const lists = lenient(() => distributionPoints(extensionValue(certificate.extensions, OID.crlDistributionPoints)));
  const of = (method: string) => access.flatMap(([oid, url]) => (oid === method ? [url] : [])).slice(0, MAX_ADDRESSES);
  return { ocsp: of(OID.accessOcsp), issuers: of(OID.accessCaIssuers), lists: lists.slice(0, MAX_ADDRESSES) };
}

function accessDescriptions(extension: DerElement | undefined): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  const list = extension && enter(extension);
  while (list && !list.done) {
    const description = enter(list.next(TAG.sequence));
    const method = readOid(description.next(TAG.oid));
    const location = description.next();
    if (location.tag === URI) found.push([method, textOf(location)]);
  }
  return found;
}

/** Only points that hold all reasons and are signed by the certificate's own issuer are of use here. */
function distributionPoints(extension: DerElement | undefined): string[] {
  const found: string[] = [];
  const list = extension && enter(extension);
  while (list && !list.done) {
    const point = enter(list.next(TAG.sequence));
    const name = point.optional(contextTag(0));
    if (name && point.done) found.push(...readFullName(name));
  }
  return found;
}

/** Addresses in a DistributionPointName (`[0] EXPLICIT` choice); names relative to the issuer hold none. @throws DerError */
export function readFullName(distributionPoint: DerElement): string[] {
  const found: string[] = [];
  const fullName = new DerSequence(distributionPoint.content).optional(contextTag(0));
  const names = fullName && new DerSequence(fullName.content);
  while (names && !names.done) {
    const one = names.next();
    if (one.tag === URI) found.push(textOf(one));
  }
  return found;
}

function textOf({ content }: DerElement): string {
  return Buffer.from(content).toString('latin1');
}

function lenient<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}
