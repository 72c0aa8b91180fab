import {
  Set as Asn1Set,
  type BaseBlock,
  BitString,
  Constructed,
  fromBER,
  GeneralizedTime,
  Null,
  ObjectIdentifier,
  OctetString,
  Primitive,
  Sequence,
} from 'asn1js';

/** The ASN.1 that OCSP answers and timestamps are made of, where pkijs has no class that writes it in DER. */

const CONTEXT = 3;

export const sequence = (...value: readonly BaseBlock[]) => new Sequence({ value: [...value] });
export const oid = (value: string) => new ObjectIdentifier({ value });
export const octets = (bytes: Uint8Array) => new OctetString({ valueHex: own(bytes) });
export const bits = (bytes: Uint8Array) => new BitString({ valueHex: own(bytes), unusedBits: 0 });

/** `[number]` EXPLICIT, or IMPLICIT over a constructed type. */
export const tagged = (tagNumber: number, ...value: readonly BaseBlock[]) =>
  new Constructed({ idBlock: { tagClass: CONTEXT, tagNumber }, value: [...value] });

/** `[number]` IMPLICIT NULL. */
export const taggedNull = (tagNumber: number) => new Primitive({ idBlock: { tagClass: CONTEXT, tagNumber } });

/** AlgorithmIdentifier; parameters are absent or NULL. */
export const algorithm = (value: string, withNull = false) => sequence(oid(value), ...(withNull ? [new Null()] : []));

/** GeneralizedTime in whole seconds. */
export const time = (at: number) => new GeneralizedTime({ valueDate: new Date(Math.floor(at / 1000) * 1000) });

/** SET OF in DER: ascending by encoding. */
export function setOf(...elements: readonly BaseBlock[]): Asn1Set {
  const sorted = [...elements].sort((a, b) => Buffer.compare(encoded(a), encoded(b)));
  return new Asn1Set({ value: sorted });
}

export function encoded(block: { toBER(): ArrayBuffer }): Uint8Array<ArrayBuffer> {
  return new Uint8Array(block.toBER());
}

/** An element that is there in DER already. */
export function element(der: Uint8Array): BaseBlock {
  return fromBER(own(der)).result as BaseBlock;
}

export function own(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

export const SHA256 = '2.16.840.1.101.3.4.2.1';
export const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
