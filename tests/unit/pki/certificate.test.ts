import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprint, maySignDocuments, parseCertificate } from '../../../lib/pki/certificate.ts';
import { buildPath, type PathRequest } from '../../../lib/pki/certificate-path.ts';
import { ProblemError } from '../../../lib/platform/errors.ts';
import {
  type CertificateSpec,
  createAuthority,
  DAY,
  issueCertificate,
  keyPair,
  NOW,
} from '../../support/pki/authority.ts';

const authority = createAuthority();
const { publicKey } = keyPair('p256');
const person = { commonName: 'Nguyễn Văn Ánh', organizationName: 'UBND xã Hoằng Hóa', countryName: 'VN' };

describe('a certificate', () => {
  test('is read as node:crypto reads it', () => {
    const der = authority.issue({ subject: person, publicKey });
    const ours = parseCertificate(der);
    const theirs = new X509Certificate(der);
    expect(ours.notBefore).toBe(Date.parse(theirs.validFrom));
    expect(ours.notAfter).toBe(Date.parse(theirs.validTo));
    expect(Buffer.from(ours.serialNumber).toString('hex').toUpperCase().replace(/^00/, '')).toBe(theirs.serialNumber);
    expect(Buffer.from(ours.publicKeyInfo)).toEqual(theirs.publicKey.export({ format: 'der', type: 'spki' }));
    expect(fingerprint(ours)).toBe(theirs.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(ours.subjectName).toEqual(person);
    expect([...ours.keyUsage!]).toEqual(['digitalSignature', 'nonRepudiation']);
  });

  test('that is damaged is refused with a code, never a crash', () => {
    const der = authority.issue({ subject: person, publicKey });
    fc.assert(
      fc.property(fc.nat({ max: der.length - 1 }), fc.nat({ max: 255 }), (at, octet) => {
        const copy = Buffer.from(der);
        copy[at] = octet;
        try {
          parseCertificate(copy);
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError);
          expect(error).toMatchObject({ code: 'certificate_invalid' });
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [true, { keyUsage: ['digitalSignature'] }],
    [true, { keyUsage: ['nonRepudiation'], extendedKeyUsage: ['1.3.6.1.5.5.7.3.36'] }],
    [false, { keyUsage: ['keyEncipherment'] }],
    [false, { keyUsage: ['digitalSignature'], extendedKeyUsage: ['1.3.6.1.5.5.7.3.8'] }],
  ] as const)('may sign documents (%s): %o', (may, spec) => {
    expect(maySignDocuments(parseCertificate(authority.issue({ subject: person, publicKey, ...spec })))).toBe(may);
  });
});

describe('a path to trust', () => {
  const validity = { notBefore: NOW - DAY, notAfter: NOW + DAY };
  const ecdsa = { scheme: 'ecdsa', hash: 'sha256' } as const;
  const nameOf = (label: string) => ({ commonName: label });
  const make = (subject: string, issuer: string, spec: Partial<CertificateSpec> = {}, issuerKey = issuer) =>
    parseCertificate(
      issueCertificate(
        { subject: nameOf(subject), publicKey: keyPair('p256', subject).publicKey, ...validity, ...spec },
        { name: nameOf(issuer), key: keyPair('p256', issuerKey).privateKey, algorithm: ecdsa },
      ),
    );
  const ca = { ca: {}, keyUsage: ['keyCertSign'] } as const;
  const root = make('root', 'root', ca);
  const middle = make('middle', 'root', ca);
  const leaf = make('leaf', 'middle', { keyUsage: ['digitalSignature'] });
  const request = (changes: Partial<PathRequest>): PathRequest => ({
    certificate: leaf,
    intermediates: [middle],
    trust: [{ certificate: root.der, from: 0, until: null }],
    at: NOW,
    accepts: () => true,
    ...changes,
  });

  test('goes from the certificate up to the anchor', () => {
    expect(buildPath(request({}))).toEqual({ ok: true, path: [leaf, middle, root] });
  });

  test('may end in an intermediate, or in the certificate itself, when these are anchors', () => {
    const anchor = (certificate: Uint8Array) => ({ trust: [{ certificate, from: 0, until: null }] });
    expect(buildPath(request(anchor(middle.der)))).toMatchObject({ ok: true, path: [leaf, middle] });
    expect(buildPath(request(anchor(leaf.der)))).toMatchObject({ ok: true, path: [leaf] });
  });

  test.each<[string, Partial<PathRequest>]>([
    ['no_path_to_trust', { intermediates: [] }],
    ['no_path_to_trust', { trust: [] }],
    ['no_path_to_trust', { intermediates: [make('middle', 'root', ca, 'someone else')] }],
    ['no_path_to_trust', { certificate: make('leaf', 'middle', {}, 'someone else') }],
    ['certificate_not_valid_then', { at: NOW + 2 * DAY }],
    ['certificate_not_valid_then', { intermediates: [make('middle', 'root', { ...ca, notAfter: NOW - 1 })] }],
    ['issuer_may_not_issue', { intermediates: [make('middle', 'root', { keyUsage: ['digitalSignature'] })] }],
    ['issuer_may_not_issue', { intermediates: [make('middle', 'root', { ca: {}, keyUsage: ['cRLSign'] })] }],
    [
      'path_too_long',
      { trust: [{ certificate: make('root', 'root', { ...ca, ca: { pathLength: 0 } }).der, from: 0, until: null }] },
    ],
    ['unknown_critical_extension', { certificate: make('leaf', 'middle', { criticalExtension: '1.2.3.4' }) }],
    ['anchor_not_trusted_then', { trust: [{ certificate: root.der, from: NOW + 1, until: null }] }],
    ['algorithm_not_accepted', { accepts: () => false }],
  ])('fails with %s', (failure, changes) => {
    expect(buildPath(request(changes))).toMatchObject({ ok: false, failure });
  });

  test('is searched within bounds when everyone has certified everyone', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const web = names.flatMap((subject) => names.map((issuer) => make(subject, issuer, ca)));
    const result = buildPath(request({ certificate: make('leaf', 'a'), intermediates: web }));
    expect(result).toMatchObject({ ok: false, failure: 'search_limit' });
  });
});
