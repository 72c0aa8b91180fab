import { type DerElement, DerError, enter, readBoolean, readOid, readTime, readWhole, TAG } from './der.ts';

/** One extension of a certificate, a revocation list, an OCSP answer or a timestamp (RFC 5280 §4.1). */
export interface Extension {
  readonly critical: boolean;
  /** Content of extnValue: the DER of the extension itself. */
  readonly value: Uint8Array;
}

export type Extensions = ReadonlyMap<string, Extension>;

export const NO_EXTENSIONS: Extensions = new Map();
const MAX_EXTENSIONS = 100;

/** Reads an `Extensions` SEQUENCE. @throws DerError, also when one occurs twice */
export function readExtensions(sequence: DerElement): Extensions {
  const found = new Map<string, Extension>();
  const list = enter(sequence);
  while (!list.done) {
    const fields = enter(list.next(TAG.sequence));
    const oid = readOid(fields.next(TAG.oid));
    const critical = fields.optional(TAG.boolean);
    const value = fields.next(TAG.octetString).content;
    fields.end();
    if (found.has(oid)) throw new DerError('an extension occurs twice');
    if (found.size === MAX_EXTENSIONS) throw new DerError('too many extensions');
    found.set(oid, { critical: critical ? readBoolean(critical) : false, value });
  }
  return found;
}

/** The element that is the value of an extension; undefined when it is absent. @throws DerError */
export function extensionValue(extensions: Extensions, oid: string): DerElement | undefined {
  const extension = extensions.get(oid);
  return extension && readWhole(extension.value);
}

/** The GeneralizedTime that is the value of an extension, epoch ms. @throws DerError */
export function timeIn(extensions: Extensions, oid: string): number | undefined {
  const value = extensionValue(extensions, oid);
  if (value && value.tag !== TAG.generalizedTime) throw new DerError('a time was expected');
  return value && readTime(value);
}

/** Object identifiers of the critical extensions that are not among `processed`. */
export function unprocessedCritical(extensions: Extensions, processed: readonly string[]): string[] {
  return [...extensions].flatMap(([oid, { critical }]) => (critical && !processed.includes(oid) ? [oid] : []));
}
