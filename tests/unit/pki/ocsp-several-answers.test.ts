import { sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodeSignatureAlgorithm } from '../../../lib/pki/algorithms.ts';
import { parseCertificate } from '../../../lib/pki/certificate.ts';
import { checkOcsp } from '../../../lib/pki/check-ocsp.ts';
import { contextTag, enter, readWhole, TAG } from '../../../lib/pki/der.ts';
import { encode, encodeBitString, encodeOctetString, encodeOid, encodeSequence } from '../../../lib/pki/der-writer.ts';
import { encodeOcspRequest } from '../../../lib/pki/ocsp.ts';
import { OID } from '../../../lib/pki/oids.ts';
import { acceptsSignature } from '../../../lib/signatures/validation/algorithm-policy.ts';
import { createAuthority, keyPair, NOW } from '../../support/pki/authority.ts';

const HOUR = 3_600_000;

const ca = createAuthority();
const issuer = parseCertificate(ca.intermediate);
const certificate = parseCertificate(ca.issue({ subject: { commonName: 'A' }, publicKey: keyPair('p256').publicKey }));

const STATUS = {
  good: encode(contextTag(0, false)),
  unknown: encode(contextTag(2, false)),
  revoked: encode(contextTag(1), generalizedTime(NOW - HOUR)),
};

function generalizedTime(at: number): Uint8Array {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return encode(TAG.generalizedTime, Buffer.from(digits, 'latin1'));
}

/** CertID as the request names the certificate. */
function certId(): Uint8Array {
  const tbs = enter(readWhole(encodeOcspRequest({ certificate, issuer }))).next(TAG.sequence);
  const request = enter(enter(tbs).next(TAG.sequence)).next(TAG.sequence);
  return enter(request).next(TAG.sequence).bytes;
}

type State = readonly [keyof typeof STATUS, number];

/** An answer that the issuer signed, with these states of the one certificate and when each was known. */
function check(...states: State[]) {
  const tbs = encodeSequence(
    encode(contextTag(1), issuer.subject),
    generalizedTime(NOW),
    encodeSequence(...states.map(([status, at]) => encodeSequence(certId(), STATUS[status], generalizedTime(at)))),
  );
  const signature = sign('sha256', tbs, keyPair('p256', 'ca-intermediate').privateKey);
  const algorithm = encodeSignatureAlgorithm({ scheme: 'ecdsa', hash: 'sha256' });
  const basic = encodeSequence(tbs, algorithm, encodeBitString(signature));
  const bytes = encodeSequence(encodeOid(OID.ocspBasic), encodeOctetString(basic));
  const der = encodeSequence(encode(TAG.enumerated, Uint8Array.of(0)), encode(contextTag(0), bytes));
  return checkOcsp(der, { certificate, issuer, now: NOW, freshAt: NOW, accepts: acceptsSignature });
}

const BOTH_ORDERS = [check, (...states: State[]) => check(...states.toReversed())];

test('an OCSP answer that speaks twice of a certificate: revoked is believed, wherever it stands and however old', () => {
  expect(check(['good', NOW])).toMatchObject({ ok: true, status: 'good' });
  for (const said of BOTH_ORDERS) {
    expect(said(['good', NOW], ['revoked', NOW])).toMatchObject({ ok: true, status: 'revoked' });
    expect(said(['good', NOW], ['revoked', NOW - HOUR])).toMatchObject({ ok: true, status: 'revoked' });
    // Too old to be believed by itself, it still takes the other's word away.
    expect(said(['good', NOW], ['revoked', NOW - 48 * HOUR])).toEqual({ ok: false, fault: 'out_of_date' });
  }
});

test('among equals the newest is believed, and of one time that which knows nothing', () => {
  for (const said of BOTH_ORDERS) {
    expect(said(['good', NOW - HOUR], ['good', NOW])).toMatchObject({ status: 'good', thisUpdate: NOW });
    expect(said(['revoked', NOW - HOUR], ['revoked', NOW])).toMatchObject({ status: 'revoked', thisUpdate: NOW });
    expect(said(['good', NOW - HOUR], ['unknown', NOW])).toEqual({ ok: false, fault: 'unknown_certificate' });
    expect(said(['unknown', NOW - HOUR], ['good', NOW])).toMatchObject({ status: 'good' });
    expect(said(['good', NOW], ['unknown', NOW])).toEqual({ ok: false, fault: 'unknown_certificate' });
  }
});
