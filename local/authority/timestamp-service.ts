import { createHash, randomBytes, sign } from 'node:crypto';
import { type BaseBlock, Integer } from 'asn1js';
import { TimeStampReq } from 'pkijs';
import {
  algorithm,
  ECDSA_SHA256,
  element,
  encoded,
  octets,
  oid,
  own,
  SHA256,
  sequence,
  setOf,
  tagged,
  time,
} from './asn1.ts';
import { derOf, type Issuer } from './certificates.ts';
import type { Fault } from './faults.ts';

export interface TimestampService {
  /** Certified for timestamps alone. */
  readonly signer: Issuer;
  /** Certificates above it that readers may lack. */
  readonly chain: readonly Uint8Array[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The policy under which the development authority makes timestamps: an arc that is nobody's (ITU-T X.660 UUIDs). */
export const TIMESTAMP_POLICY = '2.25.77182026';

const OIDS = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;
const GRANTED = 0;
const REJECTION = 2;

/** Answers a TimeStampReq with a TimeStampResp (RFC 3161 §2.4), both in DER. */
export function answerTimestamp(service: TimestampService, request: Uint8Array, fault?: Fault): Uint8Array {
  const parsed = fault === 'refused' ? undefined : readRequest(request);
  if (!parsed || (parsed.reqPolicy && parsed.reqPolicy !== TIMESTAMP_POLICY)) {
    return encoded(sequence(sequence(new Integer({ value: REJECTION }))));
  }
  const token = makeToken(service, tstInfo(parsed, service.now, fault), parsed.certReq === true, fault);
  return encoded(sequence(sequence(new Integer({ value: GRANTED })), token));
}

function readRequest(der: Uint8Array): TimeStampReq | undefined {
  try {
    return TimeStampReq.fromBER(own(der));
  } catch {
    return undefined;
  }
}

function tstInfo(request: TimeStampReq, now: number, fault: Fault | undefined): Uint8Array {
  const { hashAlgorithm, hashedMessage } = request.messageImprint;
  const digest = hashedMessage.valueBlock.valueHexView;
  const imprint = fault === 'other_hash' ? createHash('sha256').update(digest).digest() : digest;
  const nonce = request.nonce && integer(request.nonce.valueBlock.valueHexView);
  return encoded(
    sequence(
      new Integer({ value: 1 }),
      oid(fault === 'other_policy' ? `${TIMESTAMP_POLICY}.1` : TIMESTAMP_POLICY),
      sequence(hashAlgorithm.toSchema(), octets(imprint)),
      integer(Uint8Array.of(1, ...randomBytes(15))),
      time(now),
      sequence(new Integer({ value: 1 })),
      ...(nonce ? [fault === 'wrong_nonce' ? new Integer({ value: 7 }) : nonce] : []),
    ),
  );
}

const integer = (content: Uint8Array) => new Integer({ valueHex: own(content) });

/** ContentInfo with SignedData over the TSTInfo (RFC 5652 §5), one signer, ESS reference to its certificate (RFC 5816). */
function makeToken(
  { signer, chain }: TimestampService,
  info: Uint8Array,
  withCertificates: boolean,
  fault: Fault | undefined,
) {
  const certificate = derOf(signer.certificate);
  const attributes = setOf(
    attribute(OIDS.contentType, oid(OIDS.tstInfo)),
    attribute(OIDS.messageDigest, octets(createHash('sha256').update(info).digest())),
    attribute(
      OIDS.signingCertificateV2,
      sequence(sequence(sequence(octets(createHash('sha256').update(certificate).digest())))),
    ),
  );
  const signed = fault === 'wrong_key' ? Buffer.from('another content') : encoded(attributes);
  const signerInfo = sequence(
    new Integer({ value: 1 }),
    sequence(signer.certificate.issuer.toSchema(), signer.certificate.serialNumber),
    algorithm(SHA256),
    tagged(0, ...attributes.valueBlock.value),
    algorithm(ECDSA_SHA256),
    octets(sign('sha256', signed, signer.privateKey)),
  );
  const certificates = setOf(...[certificate, ...chain].map(element));
  const signedData = sequence(
    new Integer({ value: 3 }),
    setOf(algorithm(SHA256)),
    sequence(oid(OIDS.tstInfo), tagged(0, octets(info))),
    ...(withCertificates ? [tagged(0, ...certificates.valueBlock.value)] : []),
    setOf(signerInfo),
  );
  return sequence(oid(OIDS.signedData), tagged(0, signedData));
}

function attribute(type: string, value: BaseBlock) {
  return sequence(oid(type), setOf(value));
}
