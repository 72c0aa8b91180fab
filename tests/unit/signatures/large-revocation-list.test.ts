import { createHash, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodeSignatureAlgorithm } from '../../../lib/pki/algorithms.ts';
import { type Certificate, parseCertificate } from '../../../lib/pki/certificate.ts';
import { checkRevocationList } from '../../../lib/pki/check-crl.ts';
import { equalBytes } from '../../../lib/pki/der.ts';
import { encodeBitString, encodeInteger, encodeSequence, encodeTime } from '../../../lib/pki/der-writer.ts';
import type { RevocationPort } from '../../../lib/pki/revocation-client.ts';
import { ProblemError } from '../../../lib/platform/errors.ts';
import { collectMaterial, LARGEST_KEPT_LIST } from '../../../lib/signatures/levels/validation-material.ts';
import { acceptsSignature } from '../../../lib/signatures/validation/algorithm-policy.ts';
import { createAuthority, DAY, keyPair, NOW } from '../../support/pki/authority.ts';

const ca = createAuthority();
const [root, issuer] = [ca.root, ca.intermediate].map(parseCertificate) as [Certificate, Certificate];
const certificate = parseCertificate(ca.issue({ subject: { commonName: 'A' }, publicKey: keyPair('p256').publicKey }));

const ENTRY_OCTETS = 35;

const entry = (serial: Uint8Array) => encodeSequence(encodeInteger(serial), encodeTime(NOW - DAY));

const OTHERS = Array.from({ length: LARGEST_KEPT_LIST / ENTRY_OCTETS + 1 }, (_, index) =>
  entry(createHash('md5').update(`${index}`).digest().fill(1, 0, 1)),
);

/** A list of about `octets`, signed by its issuer: made-up serial numbers, and these. */
function listOf(by: Certificate, label: string, octets: number, ...revoked: readonly Uint8Array[]): Uint8Array {
  const algorithm = encodeSignatureAlgorithm({ scheme: 'ecdsa', hash: 'sha256' });
  const tbs = encodeSequence(
    encodeInteger(1),
    algorithm,
    by.subject,
    encodeTime(NOW),
    encodeTime(NOW + DAY),
    encodeSequence(...OTHERS.slice(0, Math.ceil(octets / ENTRY_OCTETS) + 1), ...revoked.map(entry)),
  );
  return encodeSequence(tbs, algorithm, encodeBitString(sign('sha256', tbs, keyPair('p256', label).privateKey)));
}

/** Authorities without OCSP: their lists are all there is. */
function authorityWith(list: Uint8Array): RevocationPort {
  const lists = new Map([
    [issuer, list],
    [root, listOf(root, 'ca-root', 0)],
  ]);
  return {
    async ask(pair, now) {
      const [by, der] = [...lists].find(([one]) => equalBytes(one.der, pair.issuer.der))!;
      const question = { certificate: pair.certificate, issuer: by, now, freshAt: now, accepts: acceptsSignature };
      const state = checkRevocationList(der, question);
      if (!state.ok) throw new ProblemError('revocation_invalid', { detail: state.fault });
      return { kind: 'crl', der, state };
    },
    issuersOf: async () => [],
  };
}

const NOTHING = { certificates: [], ocsps: [], lists: [] as Uint8Array[], entries: new Set<string>(), readable: [] };

function collect(list: Uint8Array, { held = NOTHING, at = NOW } = {}) {
  const subject = { certificate, intermediates: [issuer], at, key: 'A' };
  return collectMaterial([subject], { held, trust: ca.trust, now: NOW, revocation: authorityWith(list) });
}

test('a list is kept in a file up to its bound; a larger one says what it says and is not', async () => {
  const small = listOf(issuer, 'ca-intermediate', LARGEST_KEPT_LIST / 2);
  expect((await collect(small)).additions.get('A')?.lists).toContain(small);

  const large = listOf(issuer, 'ca-intermediate', LARGEST_KEPT_LIST);
  expect(large.length).toBeGreaterThan(LARGEST_KEPT_LIST);
  await expect(collect(large)).rejects.toMatchObject({ code: 'revocation_unavailable' });
  // A file that holds it already is not made larger.
  await expect(collect(large, { held: { ...NOTHING, lists: [large] } })).resolves.toMatchObject({ complete: true });

  const revoking = listOf(issuer, 'ca-intermediate', LARGEST_KEPT_LIST, certificate.serialNumber);
  await expect(collect(revoking)).rejects.toMatchObject({ code: 'certificate_revoked' });
  await expect(collect(revoking, { at: NOW - 2 * DAY })).rejects.toMatchObject({ code: 'revocation_unavailable' });
});
