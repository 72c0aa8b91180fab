import { createHash, sign } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSignatureAlgorithm } from '../../../lib/pki/algorithms.ts';
import { authorityAddresses } from '../../../lib/pki/authority-addresses.ts';
import { parseCertificate } from '../../../lib/pki/certificate.ts';
import { checkRevocationList } from '../../../lib/pki/check-crl.ts';
import { checkOcsp } from '../../../lib/pki/check-ocsp.ts';
import { contextTag } from '../../../lib/pki/der.ts';
import {
  encode,
  encodeBitString,
  encodeBoolean,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeTime,
} from '../../../lib/pki/der-writer.ts';
import { type CertificatePair, encodeOcspRequest } from '../../../lib/pki/ocsp.ts';
import { createRevocationClient, type RevocationDeps } from '../../../lib/pki/revocation-client.ts';
import { acceptsSignature } from '../../../lib/signatures/validation/algorithm-policy.ts';
import type { Fault, Service } from '../../../local/authority/faults.ts';
import { answerOcsp } from '../../../local/authority/ocsp-responder.ts';
import { createAuthority, DAY, issueCertificate, keyPair, NOW } from '../../support/pki/authority.ts';
import {
  BASE_URL,
  chainOf,
  counted,
  type DevelopmentAuthority,
  openDevelopmentAuthority,
  serviceWith,
} from '../../support/pki/development-authority.ts';

const HOUR = 3_600_000;

let development: DevelopmentAuthority;
let good: CertificatePair;
let revoked: CertificatePair;
let authority: CertificatePair;
let deps: RevocationDeps;
beforeAll(async () => {
  development = await openDevelopmentAuthority();
  good = chainOf(development.authority, await development.signer());
  const stolen = await development.signer({ label: 'stolen' });
  revoked = chainOf(development.authority, stolen);
  await development.authority.revoke(stolen.certificate, 1);
  const { issuer, root } = chainOf(development.authority, stolen);
  authority = { certificate: issuer, issuer: root };
  deps = { send: development.send, attempts: 1, wait: async () => {}, random: counted(), accepts: acceptsSignature };
});
afterAll(() => development.close());

async function withFaults<T>(faults: Partial<Record<Service, Fault>>, run: () => Promise<T>): Promise<T> {
  for (const [service, fault] of Object.entries(faults)) development.authority.faults.set(service as Service, fault);
  try {
    return await run();
  } finally {
    development.authority.faults.clear();
  }
}

describe('the client', () => {
  const ask = (pair: CertificatePair) => createRevocationClient(deps).ask(pair, NOW);

  test('learns from OCSP whether a certificate is revoked, when and why', async () => {
    expect(await ask(good)).toMatchObject({ kind: 'ocsp', state: { status: 'good', thisUpdate: NOW } });
    expect(await ask(revoked)).toMatchObject({ kind: 'ocsp', state: { status: 'revoked', revokedAt: NOW, reason: 1 } });
  });

  test('learns it from the list where OCSP does not answer or is not offered', async () => {
    await withFaults({ ocsp: 'down' }, async () => {
      expect(await ask(good)).toMatchObject({ kind: 'crl', state: { status: 'good' } });
      expect(await ask(revoked)).toMatchObject({
        kind: 'crl',
        state: { status: 'revoked', revokedAt: NOW, reason: 1 },
      });
    });
    expect(await ask(authority)).toMatchObject({ kind: 'crl', state: { status: 'good' } });
  });

  test.each([
    ['garbage', 'revocation_invalid', 'malformed'],
    ['refused', 'revocation_invalid', 'refused'],
    ['wrong_nonce', 'revocation_invalid', 'nonce_wrong'],
    ['wrong_key', 'revocation_invalid', 'signature_wrong'],
    ['out_of_date', 'revocation_invalid', 'out_of_date'],
    ['down', 'revocation_unavailable', 'status 503'],
  ] as const)('OCSP that is %s, without a list, is %s', async (fault, code, detail) => {
    await withFaults({ ocsp: fault, crl: 'down' }, async () => {
      const failure = code === 'revocation_invalid' ? detail : `${detail}, ${detail}`;
      await expect(ask(good)).rejects.toMatchObject({ code, detail: failure });
    });
  });

  test('a list that has run out is no answer', async () => {
    await withFaults({ ocsp: 'down', crl: 'out_of_date' }, () =>
      expect(ask(good)).rejects.toMatchObject({ code: 'revocation_invalid', detail: 'out_of_date' }),
    );
  });

  test('a certificate that names no service cannot be asked about', async () => {
    const own = createAuthority();
    const pair = { certificate: parseCertificate(own.intermediate), issuer: parseCertificate(own.root) };
    await expect(ask(pair)).rejects.toMatchObject({ code: 'revocation_unavailable' });
  });

  test('finds the issuer where the certificate says it is', async () => {
    const found = await createRevocationClient(deps).issuersOf(good.certificate);
    expect(found.map(({ der }) => Buffer.from(der))).toEqual([Buffer.from(good.issuer.der)]);
    const nowhere = createRevocationClient({ ...deps, send: async () => Buffer.from('nothing') });
    expect(await nowhere.issuersOf(good.certificate)).toEqual([]);
  });

  test('addresses stand in the certificate', () => {
    expect(authorityAddresses(good.certificate)).toEqual({
      ocsp: [`${BASE_URL}/ocsp`],
      issuers: [`${BASE_URL}/issuing.cer`],
      lists: [`${BASE_URL}/issuing.crl`],
    });
  });
});

describe('an OCSP answer', () => {
  const question = () => ({ ...good, now: NOW, freshAt: NOW, accepts: acceptsSignature });

  test('about another certificate, of another time, or under a weak algorithm says nothing', async () => {
    const der = await development.authority.ocsp(encodeOcspRequest(good));
    const faultOf = (change: object) => checkOcsp(der, { ...question(), ...change });
    expect(faultOf({})).toMatchObject({ ok: true, status: 'good' });
    expect(faultOf({ certificate: revoked.certificate })).toEqual({ ok: false, fault: 'unknown_certificate' });
    expect(faultOf({ issuer: authority.issuer })).toEqual({ ok: false, fault: 'unknown_certificate' });
    expect(faultOf({ freshAt: NOW + 2 * DAY, now: NOW + 2 * DAY })).toEqual({ ok: false, fault: 'out_of_date' });
    expect(faultOf({ now: NOW - DAY })).toEqual({ ok: false, fault: 'from_the_future' });
    expect(faultOf({ accepts: () => false })).toMatchObject({ ok: false });
    expect(faultOf({ nonce: Buffer.from('none came') })).toMatchObject({ ok: true });
  });

  test('of a responder that another authority certified is not believed', async () => {
    const other = await openDevelopmentAuthority();
    try {
      // Same names, other keys: the answer is for a certificate of the same serial number under the other authority.
      const issuer = parseCertificate(other.authority.chain[0]!);
      const der = await other.authority.ocsp(encodeOcspRequest({ certificate: good.certificate, issuer }));
      expect(checkOcsp(der, { ...question(), issuer })).toMatchObject({ ok: true });
      expect(checkOcsp(der, question())).toEqual({ ok: false, fault: 'unknown_certificate' });
    } finally {
      await other.close();
    }
  });

  test('is believed of a delegate only that the very issuer certified for it, and that was valid then', async () => {
    const ca = createAuthority();
    const { privateKey, publicKey } = keyPair('p256', 'responder');
    const pair = {
      certificate: parseCertificate(ca.issue({ subject: { commonName: 'A' }, publicKey: keyPair('p256').publicKey })),
      issuer: parseCertificate(ca.intermediate),
    };
    const spec = { subject: { commonName: 'Responder' }, publicKey, extendedKeyUsage: ['1.3.6.1.5.5.7.3.9'] };
    const validity = { notBefore: NOW - DAY, notAfter: NOW + DAY };
    const forger = {
      name: pair.issuer.subjectName,
      key: privateKey,
      algorithm: { scheme: 'ecdsa', hash: 'sha256' },
    } as const;
    const issuer = await serviceWith(ca.intermediate, keyPair('p256', 'ca-intermediate').privateKey);
    const revocations = { find: () => undefined, all: () => [], add: async () => {} };
    const judged = async (
      delegate: Uint8Array,
      { producedAt = NOW, freshAt = NOW, thisUpdate = producedAt }: Record<string, number> = {},
    ) => {
      const times = [thisUpdate, producedAt];
      const now = () => times.shift() as number;
      const responder = { issuer, delegate: await serviceWith(delegate, privateKey), revocations, now };
      const der = answerOcsp(responder, encodeOcspRequest(pair));
      return checkOcsp(der, { ...pair, now: NOW, freshAt, accepts: acceptsSignature });
    };
    const refused = { ok: false, fault: 'signer_not_authorised' };
    expect(await judged(ca.issue({ ...spec, ...validity }))).toMatchObject({ ok: true, status: 'good' });
    expect(await judged(ca.issue({ ...spec, extendedKeyUsage: ['1.3.6.1.5.5.7.3.8'] }))).toEqual(refused);
    expect(await judged(ca.issue({ ...spec, notAfter: NOW - 1 }))).toEqual(refused);
    expect(await judged(ca.issue({ ...spec, criticalExtension: '1.2.3.4' }))).toEqual(refused);
    expect(await judged(issueCertificate({ ...spec, ...validity }, forger))).toEqual(refused);
    expect(await judged(createAuthority(NOW, 'another').issue({ ...spec, ...validity }))).toEqual(refused);
    // The key of a delegate that has expired cannot go on answering by naming an earlier time.
    const expired = ca.issue({ ...spec, notAfter: NOW - HOUR });
    const before = NOW - 2 * HOUR;
    expect(await judged(expired, { producedAt: before, freshAt: before })).toMatchObject({ ok: true });
    expect(await judged(expired, { producedAt: before })).toEqual(refused);
    const impossible = { ok: false, fault: 'malformed' };
    expect(await judged(expired, { producedAt: before, thisUpdate: NOW, freshAt: before })).toEqual(impossible);
    const future = { ok: false, fault: 'from_the_future' };
    expect(await judged(ca.issue({ ...spec, ...validity }), { producedAt: NOW + HOUR, thisUpdate: NOW })).toEqual(
      future,
    );
  });

  test('says nothing good of a certificate that had expired: its state may have been dropped', async () => {
    const later = await openDevelopmentAuthority();
    try {
      const short = await later.signer({ label: 'short', days: 1 });
      const pair = chainOf(later.authority, short);
      const asked = (at: number) => ({ ...pair, now: at, freshAt: NOW, accepts: acceptsSignature });
      expect(checkOcsp(await later.authority.ocsp(encodeOcspRequest(pair)), asked(NOW))).toMatchObject({ ok: true });
      later.clock.now = NOW + 3 * DAY;
      const der = await later.authority.ocsp(encodeOcspRequest(pair));
      expect(checkOcsp(der, asked(later.clock.now))).toEqual({ ok: false, fault: 'expired_certificate' });
      await later.authority.revoke(short.certificate, 1);
      const revokedThen = await later.authority.ocsp(encodeOcspRequest(pair));
      expect(checkOcsp(revokedThen, asked(later.clock.now))).toMatchObject({ ok: true, status: 'revoked' });
    } finally {
      await later.close();
    }
  });

  test('cut or changed anywhere is never believed for another state', async () => {
    const der = await development.authority.ocsp(encodeOcspRequest(revoked));
    const asked = { ...question(), ...revoked };
    expect(checkOcsp(der, asked)).toMatchObject({ status: 'revoked' });
    for (let length = 0; length < der.length; length += 1)
      expect(checkOcsp(der.subarray(0, length), asked)).toEqual({ ok: false, fault: 'malformed' });
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(der);
        changed[at]! ^= change;
        const found = checkOcsp(changed, asked);
        return !found.ok || found.status === 'revoked';
      }),
      { numRuns: 500 },
    );
  });
});

function encodeGeneralizedTime(at: number): Uint8Array {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return encode(0x18, Buffer.from(digits, 'latin1'));
}

describe('a revocation list', () => {
  const question = () => ({ ...revoked, now: NOW, freshAt: NOW, accepts: acceptsSignature });

  test('cut or changed anywhere is never believed', async () => {
    const der = await development.authority.revocationList('issuing');
    expect(checkRevocationList(der, question())).toMatchObject({ status: 'revoked' });
    for (let length = 0; length < der.length; length += 1)
      expect(checkRevocationList(der.subarray(0, length), question())).toEqual({ ok: false, fault: 'malformed' });
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(der);
        changed[at]! ^= change;
        return !checkRevocationList(changed, question()).ok;
      }),
      { numRuns: 500 },
    );
  });

  test('of another issuer says nothing', async () => {
    const der = await development.authority.revocationList('root');
    expect(checkRevocationList(der, question())).toEqual({ ok: false, fault: 'unknown_certificate' });
  });

  /** A list by the tests' own authority with the given extensions and entries. */
  const ca = createAuthority();
  const issuer = parseCertificate(ca.intermediate);
  const certificate = parseCertificate(
    ca.issue({ subject: { commonName: 'A' }, publicKey: keyPair('p256').publicKey }),
  );
  function list(extensions: readonly Uint8Array[] = [], entries: readonly Uint8Array[] = []): Uint8Array {
    const algorithm = encodeSignatureAlgorithm({ scheme: 'ecdsa', hash: 'sha256' });
    const tbs = encodeSequence(
      encodeInteger(1),
      algorithm,
      issuer.subject,
      encodeTime(NOW),
      encodeTime(NOW + DAY),
      ...(entries.length > 0 ? [encodeSequence(...entries)] : []),
      ...(extensions.length > 0 ? [encode(contextTag(0), encodeSequence(...extensions))] : []),
    );
    const { privateKey } = keyPair('p256', 'ca-intermediate');
    return encodeSequence(tbs, algorithm, encodeBitString(sign('sha256', tbs, privateKey)));
  }
  const extension = (oid: string, critical: boolean, value: Uint8Array) =>
    encodeSequence(encodeOid(oid), ...(critical ? [encodeBoolean(true)] : []), encodeOctetString(value));
  const entry = (serial: Uint8Array, ...extensions: readonly Uint8Array[]) =>
    encodeSequence(
      encode(0x02, serial),
      encodeTime(NOW - DAY),
      ...(extensions.length ? [encodeSequence(...extensions)] : []),
    );
  const scope = (...fields: readonly Uint8Array[]) => extension('2.5.29.28', true, encodeSequence(...fields));
  const yes = (number: number) => encode(contextTag(number, false), Uint8Array.of(0xff));
  const check = (der: Uint8Array) =>
    checkRevocationList(der, { certificate, issuer, now: NOW, freshAt: NOW, accepts: acceptsSignature });

  test('finds one entry among very many', () => {
    const others = Array.from({ length: 20_000 }, (_, index) =>
      entry(createHash('md5').update(`${index}`).digest().fill(1, 0, 1)),
    );
    expect(check(list([], others))).toMatchObject({ ok: true, status: 'good' });
    expect(check(list([], [...others, entry(certificate.serialNumber)]))).toMatchObject({
      status: 'revoked',
      revokedAt: NOW - DAY,
    });
  });

  test.each([
    ['a delta', extension('2.5.29.27', true, encodeInteger(1)), 'out_of_scope'],
    ['indirect', scope(yes(4)), 'out_of_scope'],
    ['for attribute certificates', scope(yes(5)), 'out_of_scope'],
    ['for authorities alone', scope(yes(2)), 'out_of_scope'],
    ['for some reasons', scope(encode(contextTag(3, false), Uint8Array.of(0, 0x80))), 'out_of_scope'],
    [
      'of another distribution point',
      scope(
        encode(contextTag(0), encode(contextTag(0), encode(contextTag(6, false), Buffer.from('http://x.example/')))),
      ),
      'out_of_scope',
    ],
    ['marked with something unknown', extension('1.2.3.4', true, encodeInteger(1)), 'critical_extension'],
  ])('that is %s is refused', (_name, one, fault) => {
    expect(check(list([one]))).toEqual({ ok: false, fault });
  });

  test('says nothing good of a certificate that had expired, unless it keeps those that expired since before', () => {
    const gone = parseCertificate(
      ca.issue({ subject: { commonName: 'B' }, publicKey: keyPair('p256').publicKey, notAfter: NOW - DAY }),
    );
    const of = (der: Uint8Array) =>
      checkRevocationList(der, { certificate: gone, issuer, now: NOW, freshAt: NOW - DAY, accepts: acceptsSignature });
    const expired = { ok: false, fault: 'expired_certificate' };
    const keeps = (since: number) => extension('2.5.29.60', false, encodeGeneralizedTime(since));
    expect(of(list())).toEqual(expired);
    expect(of(list([keeps(NOW - 1000)]))).toEqual(expired);
    expect(of(list([keeps(NOW - 2 * DAY)]))).toMatchObject({ ok: true, status: 'good' });
    expect(of(list([], [entry(gone.serialNumber)]))).toMatchObject({ ok: true, status: 'revoked' });
  });

  test('for certificates of users is about this one; an entry with a critical extension spoils it', () => {
    expect(check(list([scope(yes(1))]))).toMatchObject({ ok: true, status: 'good' });
    const spoilt = entry(Uint8Array.of(5), extension('2.5.29.29', true, encodeSequence()));
    expect(check(list([], [spoilt]))).toEqual({ ok: false, fault: 'malformed' });
  });
});
