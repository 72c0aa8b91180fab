import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { DEMO_PEOPLE, type DemoName } from '../../cli/demo/people.ts';
import { buildCertificationRequest } from '../../lib/pki/certification-request.ts';
import { createMemorySigningKey } from '../../lib/pki/memory-signing-key.ts';
import { encodePem } from '../../lib/pki/pem.ts';
import type { DemoStack } from './demo-stack.ts';

/** Has a request certified by the development authority; PEM, the certificate first. */
export async function certify(demo: DemoStack, csr: string, profile: 'person' | 'agency'): Promise<string> {
  const answer = await fetch(`${demo.authorityUrl}/certificates?profile=${profile}`, {
    method: 'POST',
    headers: { 'content-type': 'application/pkcs10' },
    body: csr,
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

/** Lets a person of the demo sign with a P-256 key that stays here: certified, and installed by the operator. */
export async function giveOwnKey(
  demo: DemoStack,
  who: DemoName,
): Promise<{ readonly privateKey: KeyObject; readonly certificate: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = createMemorySigningKey(privateKey, { scheme: 'ecdsa', hash: 'sha256' });
  const { sub, name } = DEMO_PEOPLE[who];
  const subject = { countryName: 'VN', commonName: name };
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const request = encodePem('CERTIFICATE REQUEST', await buildCertificationRequest(key, subject, spki));
  const certificate = await certify(demo, request, 'person');
  await (await demo.as('operator')).put(`/api/people/${sub}/certificate`, { certificate, request });
  return { privateKey, certificate };
}
