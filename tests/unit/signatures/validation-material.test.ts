import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseCertificate } from '../../../lib/pki/certificate.ts';
import { checkRevocationList } from '../../../lib/pki/check-crl.ts';
import type { RevocationPort } from '../../../lib/pki/revocation-client.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import { collectMaterial, type Subject } from '../../../lib/signatures/levels/validation-material.ts';
import { acceptsSignature } from '../../../lib/signatures/validation/algorithm-policy.ts';
import { DAY, NOW } from '../../support/pki/authority.ts';
import { type DevelopmentAuthority, openDevelopmentAuthority } from '../../support/pki/development-authority.ts';

let development: DevelopmentAuthority;
let other: DevelopmentAuthority;
beforeAll(async () => {
  development = await openDevelopmentAuthority();
  other = await openDevelopmentAuthority();
});
afterAll(() => Promise.all([development.close(), other.close()]));

const NOTHING = { certificates: [], ocsps: [], lists: [], entries: new Set<string>(), readable: [] };

function subject({ certificate, chain }: Pick<Signer, 'certificate' | 'chain'>, key: string, at: number): Subject {
  return { certificate: parseCertificate(certificate), intermediates: chain.map(parseCertificate), at, key };
}

test('finds the issuers although they are kept in another order than that of the path', async () => {
  const { revocation, trust, authority } = development;
  const chain = authority.chain.map(parseCertificate);
  const kept: RevocationPort = { ask: revocation.ask, issuersOf: async () => chain.toReversed() };
  const alone = { ...(await development.signer({ label: 'alone' })), chain: [] };
  const context = { held: NOTHING, trust, now: NOW, revocation: kept };
  const { additions } = await collectMaterial([subject(alone, 'A', NOW)], context);
  expect(additions.get('A')?.certificates).toHaveLength(4);
});

test('an answer that was new enough for an older signature does not do for a later one of another entry', async () => {
  const root = parseCertificate(development.authority.rootCertificate);
  const list = await development.authority.revocationList('root');
  const now = NOW + 20 * DAY;
  const subjects = [
    subject(await other.signer(), 'A', now),
    subject(await development.signer({ label: 'early' }), 'A', NOW),
    subject(await development.signer({ label: 'late' }), 'B', NOW + 10 * DAY),
  ];
  for (const one of [development, other]) one.clock.now = now;
  const revocation: RevocationPort = {
    ask: (pair, at) =>
      [development, other]
        .find(({ authority }) => authority.chain.some((der) => Buffer.from(pair.issuer.der).equals(der)))!
        .revocation.ask(pair, at),
    issuersOf: async () => [],
  };
  const { additions } = await collectMaterial(subjects, {
    held: { ...NOTHING, lists: [list] },
    trust: [...development.trust, ...other.trust],
    now,
    revocation,
  });
  const issuing = parseCertificate(development.authority.chain[0]!);
  const question = { certificate: issuing, issuer: root, now, freshAt: NOW + 10 * DAY, accepts: acceptsSignature };
  const states = additions.get('B')!.lists.map((der) => checkRevocationList(der, question));
  expect(states).toMatchObject([{ ok: true, status: 'good' }]);
});
