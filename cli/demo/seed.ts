import { createHash, X509Certificate } from 'node:crypto';
import type { ApiClient } from '../client.ts';
import { DEMO_PEOPLE, DEMO_UNITS, type DemoPerson, type DemoUnit } from './people.ts';

/** A certification authority as the seed needs it. */
export interface CertificationAuthority {
  /** PEM of the root. */
  readonly root: string;
  /** Certifies a PKCS#10 request (PEM); answers PEM, the certificate first, then its issuers. */
  certify(csr: string, profile: 'person' | 'agency'): Promise<string>;
}

/** Units exist since the two-tier reform; staff hold their places since then. */
const IN_OFFICE_SINCE = '2025-07-01';

/**
 * Enters the demo units, people, keys and certificates as an operator would, over the API. Everything is a PUT or keyed by
 * what it makes, so a seed that was interrupted is simply run again.
 */
export async function seed(operator: ApiClient, authority: CertificationAuthority): Promise<void> {
  await trust(operator, authority.root);
  await Promise.all(DEMO_UNITS.map((unit) => enterUnit(operator, authority, unit)));
  const staff = Object.values<DemoPerson>(DEMO_PEOPLE).filter((person) => person.place);
  await Promise.all(staff.map((person) => enterPerson(operator, authority, person)));
}

async function trust(operator: ApiClient, root: string): Promise<void> {
  const certificate = new X509Certificate(root);
  const sha256 = createHash('sha256').update(certificate.raw).digest('hex');
  const from = new Date(certificate.validFrom).toISOString();
  await operator.put(`/api/trust/${sha256}`, { certificate: root, from });
}

async function enterUnit(operator: ApiClient, authority: CertificationAuthority, unit: DemoUnit): Promise<void> {
  const { code, name, notation, place, tier, email, formerCodes } = unit;
  await operator.put(`/api/units/${code}`, { name, notation, place, tier, email, formerCodes, from: IN_OFFICE_SINCE });
  await certifyKey(operator, authority, `/api/units/${code}`, 'agency');
}

async function enterPerson(operator: ApiClient, authority: CertificationAuthority, person: DemoPerson): Promise<void> {
  const { sub, name, email, place } = person;
  if (!place) return;
  const assignment = {
    unit: place.unit,
    role: place.role,
    title: place.title,
    from: IN_OFFICE_SINCE,
    ...(place.role === 'leader' ? { capacity: 'head' } : {}),
  };
  await operator.put(`/api/people/${sub}`, { name, email, assignments: [assignment] });
  if (place.role === 'leader') await certifyKey(operator, authority, `/api/people/${sub}`, 'person');
}

async function certifyKey(
  operator: ApiClient,
  authority: CertificationAuthority,
  path: string,
  profile: 'person' | 'agency',
): Promise<void> {
  const { csr } = await operator.post<{ csr: string }>(`${path}/key`);
  await operator.put(`${path}/certificate`, { certificate: await authority.certify(csr, profile) });
}
