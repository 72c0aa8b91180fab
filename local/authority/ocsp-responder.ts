import { createHash, sign } from 'node:crypto';
import { Enumerated } from 'asn1js';
import { type CertID, OCSPRequest } from 'pkijs';
import {
  algorithm,
  bits,
  ECDSA_SHA256,
  element,
  encoded,
  octets,
  oid,
  own,
  sequence,
  tagged,
  taggedNull,
  time,
} from './asn1.ts';
import { derOf, type Issuer, keyIdOf } from './certificates.ts';
import type { Fault } from './faults.ts';
import { type Revocations, serialText } from './revocations.ts';

export interface Responder {
  /** The authority whose certificates are asked about. */
  readonly issuer: Issuer;
  /** Whom it delegated to, certified with id-kp-OCSPSigning. */
  readonly delegate: Issuer;
  readonly revocations: Revocations;
  readonly now: () => number;
}

const VALID_FOR = 24 * 3_600_000;
const MALFORMED_REQUEST = 1;
const UNAUTHORIZED = 6;
const NONCE = '1.3.6.1.5.5.7.48.1.2';
const BASIC = '1.3.6.1.5.5.7.48.1.1';

/** Answers an OCSPRequest (RFC 6960 §4.2), both in DER: real states, signed by the delegated responder. */
export function answerOcsp(responder: Responder, request: Uint8Array, fault?: Fault): Uint8Array {
  if (fault === 'refused') return refusal(UNAUTHORIZED);
  const parsed = readRequest(request);
  if (!parsed) return refusal(MALFORMED_REQUEST);
  const { delegate, now } = responder;
  const thisUpdate = now() - (fault === 'out_of_date' ? 2 * VALID_FOR : 0);
  const nonce = fault === 'wrong_nonce' ? Buffer.alloc(16, 7) : parsed.nonce;
  const content = encoded(
    sequence(
      tagged(2, octets(keyIdOf(delegate.certificate.subjectPublicKeyInfo))),
      time(now()),
      sequence(...parsed.certIds.map((certId) => singleResponse(responder, certId, thisUpdate))),
      ...(nonce ? [tagged(1, sequence(sequence(oid(NONCE), octets(encoded(octets(nonce))))))] : []),
    ),
  );
  const key = fault === 'wrong_key' ? responder.issuer.privateKey : delegate.privateKey;
  const basic = sequence(
    element(content),
    algorithm(ECDSA_SHA256),
    bits(sign('sha256', content, key)),
    tagged(0, sequence(element(derOf(delegate.certificate)))),
  );
  return encoded(sequence(new Enumerated({ value: 0 }), tagged(0, sequence(oid(BASIC), octets(encoded(basic))))));
}

function refusal(status: number): Uint8Array {
  return encoded(sequence(new Enumerated({ value: status })));
}

function readRequest(der: Uint8Array): { certIds: CertID[]; nonce: Uint8Array | undefined } | undefined {
  try {
    const { tbsRequest } = OCSPRequest.fromBER(own(der));
    const extension = tbsRequest.requestExtensions?.find(({ extnID }) => extnID === NONCE);
    const inner = extension && element(extension.extnValue.valueBlock.valueHexView);
    const nonce = inner && (inner as unknown as { valueBlock: { valueHexView: Uint8Array } }).valueBlock.valueHexView;
    return { certIds: tbsRequest.requestList.map(({ reqCert }) => reqCert), nonce };
  } catch {
    return undefined;
  }
}

function singleResponse({ issuer, revocations }: Responder, certId: CertID, thisUpdate: number) {
  const revoked = revocations.find(serialText(certId.serialNumber.valueBlock.valueHexView));
  const status = !isAbout(certId, issuer)
    ? taggedNull(2)
    : revoked
      ? tagged(1, time(revoked.revokedAt), tagged(0, new Enumerated({ value: revoked.reason })))
      : taggedNull(0);
  return sequence(certId.toSchema(), status, time(thisUpdate), tagged(0, time(thisUpdate + VALID_FOR)));
}

/** The responder knows SHA-1 names alone, as RFC 5019 §2.1.1 has it. */
function isAbout({ issuerNameHash, issuerKeyHash }: CertID, { certificate }: Issuer): boolean {
  const name = createHash('sha1').update(encoded(certificate.subject.toSchema())).digest();
  const key = keyIdOf(certificate.subjectPublicKeyInfo);
  return (
    name.equals(issuerNameHash.valueBlock.valueHexView) &&
    Buffer.from(key).equals(issuerKeyHash.valueBlock.valueHexView)
  );
}
