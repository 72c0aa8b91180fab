import { children, type DerElement, DerError, enter, readOid, readText, readWhole, TAG } from './der.ts';
import { encode, encodeOid, encodeSequence, encodeSetOf, encodeUtf8 } from './der-writer.ts';
import { OID } from './oids.ts';

/** The attributes of a name that people are shown or that a certificate is asked for with (X.520). */
export interface DistinguishedName {
  readonly countryName?: string;
  readonly stateOrProvinceName?: string;
  readonly localityName?: string;
  readonly organizationName?: string;
  readonly organizationIdentifier?: string;
  readonly organizationalUnitName?: string;
  readonly title?: string;
  readonly serialNumber?: string;
  readonly commonName?: string;
}

type Attribute = keyof DistinguishedName;

/** From the widest to the narrowest, the order in which a name is written. */
const ORDER: readonly Attribute[] = [
  'countryName',
  'stateOrProvinceName',
  'localityName',
  'organizationName',
  'organizationIdentifier',
  'organizationalUnitName',
  'title',
  'serialNumber',
  'commonName',
];

/** RDNSequence (RFC 5280 §4.1.2.4): one attribute per RDN, UTF8String except where X.520 wants PrintableString. */
export function encodeName(name: DistinguishedName): Uint8Array {
  const relative = ORDER.flatMap((attribute) => {
    const value = name[attribute];
    if (value === undefined) return [];
    const printable = attribute === 'countryName' || attribute === 'serialNumber';
    const text = printable ? encode(TAG.printableString, Buffer.from(value, 'latin1')) : encodeUtf8(value);
    return [encodeSetOf([encodeSequence(encodeOid(OID[attribute]), text)])];
  });
  return encodeSequence(...relative);
}

/** Reads the known attributes of an RDNSequence; of one that is repeated the last counts. */
export function readName(der: Uint8Array): DistinguishedName {
  const found: { -readonly [K in Attribute]?: string } = {};
  for (const relative of children(readWhole(der, TAG.sequence), 100)) {
    if (relative.tag !== TAG.set) throw new DerError('a relative distinguished name was expected');
    for (const pair of children(relative, 20)) readAttribute(pair, found);
  }
  return found;
}

function readAttribute(pair: DerElement, found: { -readonly [K in Attribute]?: string }): void {
  const fields = enter(pair);
  const oid = readOid(fields.next(TAG.oid));
  const value = fields.next();
  fields.end();
  const attribute = ORDER.find((name) => OID[name] === oid);
  if (attribute) found[attribute] = readText(value);
}
