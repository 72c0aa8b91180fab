import { type HashName, readHashAlgorithm } from './algorithms.ts';
import { readSignedData, type SignedData } from './cms-reader.ts';
import {
  contextTag,
  type DerElement,
  DerError,
  enter,
  readBoolean,
  readIntegerBytes,
  readOid,
  readSmallInteger,
  readTime,
  readWhole,
  TAG,
} from './der.ts';
import { NO_EXTENSIONS, readExtensions, unprocessedCritical } from './extensions.ts';
import { OID } from './oids.ts';

/** What a timestamp says (TSTInfo, RFC 3161 §2.4.2). */
export interface TimestampInfo {
  readonly policy: string;
  /** undefined: a hash that is not known here. */
  readonly hash: HashName | undefined;
  readonly imprint: Uint8Array;
  readonly serialNumber: Uint8Array;
  /** Epoch ms. */
  readonly time: number;
  /** Content octets of the INTEGER. */
  readonly nonce: Uint8Array | undefined;
}

/** A timestamp token as it was found; nothing in it has been verified. */
export interface TimestampToken {
  /** ContentInfo in DER. */
  readonly der: Uint8Array;
  readonly signedData: SignedData;
  /** TSTInfo in DER: what is signed. */
  readonly content: Uint8Array;
  readonly info: TimestampInfo;
}

/** An answer of an authority: a token, or the PKIStatus with which it refused. */
export type TimestampResponse =
  | { readonly token: Uint8Array }
  | { readonly status: number; readonly failure: number | undefined };

/** Reads a TimeStampResp (RFC 3161 §2.4.2). @throws DerError */
export function readTimestampResponse(der: Uint8Array): TimestampResponse {
  const fields = enter(readWhole(der, TAG.sequence));
  const statusInfo = enter(fields.next(TAG.sequence));
  const token = fields.done ? undefined : fields.next(TAG.sequence);
  fields.end();
  const status = readSmallInteger(statusInfo.next(TAG.integer));
  statusInfo.optional(TAG.sequence);
  const failInfo = statusInfo.optional(TAG.bitString);
  statusInfo.end();
  // granted and grantedWithMods come with a token, all others without.
  if (status <= 1) {
    if (!token) throw new DerError('a timestamp was granted and not given');
    return { token: token.bytes };
  }
  return { status, failure: failInfo && firstBit(failInfo) };
}

/** Number of the first bit that is set (PKIFailureInfo names at most one reason). */
function firstBit({ content }: DerElement): number | undefined {
  for (let bit = 0; bit < Math.min(content.length - 1, 8) * 8; bit += 1) {
    if ((content[1 + (bit >> 3)]! & (0x80 >> (bit & 7))) !== 0) return bit;
  }
  return undefined;
}

/** Reads a token: ContentInfo, SignedData, TSTInfo, in strict DER. @throws DerError */
export function readTimestampToken(der: Uint8Array): TimestampToken {
  const signedData = readSignedData(der);
  if (signedData.contentType !== OID.tstInfo || !signedData.content)
    throw new DerError('the content is not that of a timestamp');
  const { content } = readWhole(signedData.content, TAG.octetString);
  return { der, signedData, content, info: readInfo(content) };
}

function readInfo(der: Uint8Array): TimestampInfo {
  const fields = enter(readWhole(der, TAG.sequence));
  if (readSmallInteger(fields.next(TAG.integer)) !== 1) throw new DerError('a timestamp of another version');
  const policy = readOid(fields.next(TAG.oid));
  const messageImprint = enter(fields.next(TAG.sequence));
  const hash = readHashAlgorithm(messageImprint.next(TAG.sequence));
  const imprint = messageImprint.next(TAG.octetString).content;
  messageImprint.end();
  const serialNumber = readIntegerBytes(fields.next(TAG.integer));
  const time = readGenTime(fields.next(TAG.generalizedTime));
  fields.optional(TAG.sequence);
  const ordering = fields.optional(TAG.boolean);
  if (ordering) readBoolean(ordering);
  const nonce = fields.optional(TAG.integer);
  fields.optional(contextTag(0));
  const extensions = fields.optional(contextTag(1));
  fields.end();
  // Extensions are IMPLICIT: the tag stands where SEQUENCE would.
  const read = extensions ? readExtensions({ ...extensions, tag: TAG.sequence }) : NO_EXTENSIONS;
  if (unprocessedCritical(read, []).length > 0) throw new DerError('a critical extension that is not known');
  return { policy, hash, imprint, serialNumber, time, nonce: nonce && readIntegerBytes(nonce) };
}

/** GeneralizedTime with fractions of a second that do not end in zero (RFC 3161 §2.4.2) → epoch ms. */
function readGenTime(element: DerElement): number {
  const match = /^(\d{14})(\.\d{0,20}[1-9])?Z$/.exec(Buffer.from(element.content).toString('latin1'));
  if (!match) throw new DerError('a time in UTC was expected');
  const whole = readTime({ ...element, content: Buffer.from(`${match[1]}Z`, 'latin1') });
  return whole + Math.floor(Number(match[2] ?? 0) * 1000);
}
