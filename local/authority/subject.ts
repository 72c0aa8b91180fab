import { PrintableString, Utf8String } from 'asn1js';
import { AttributeTypeAndValue, RelativeDistinguishedNames } from 'pkijs';

/** Attribute types of a name (X.520), by their usual short names. */
const TYPES = {
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  title: '2.5.4.12',
  organizationIdentifier: '2.5.4.97',
  UID: '0.9.2342.19200300.100.1.1',
} as const;

/** One part of a distinguished name. */
export interface SubjectPart {
  readonly type: keyof typeof TYPES;
  readonly value: string;
}

/** A name in the given order; text is UTF8String, a country and a serial number PrintableString (RFC 5280 app. A). */
export function distinguishedName(parts: readonly SubjectPart[]): RelativeDistinguishedNames {
  return new RelativeDistinguishedNames({
    typesAndValues: parts.map(({ type, value }) => {
      const Text = type === 'C' || type === 'serialNumber' ? PrintableString : Utf8String;
      return new AttributeTypeAndValue({ type: TYPES[type], value: new Text({ value }) });
    }),
  });
}
