import type { Certificate } from './certificate.ts';
import { equalBytes } from './der.ts';
import type { RevocationPort } from './revocation-client.ts';

const MOST_LEVELS = 3;

/** Issuers that a signature should have brought with it, one above the other, from where the certificates say. None is trusted. */
export async function fetchIssuers(port: RevocationPort, certificate: Certificate): Promise<Certificate[]> {
  const found: Certificate[] = [];
  let below = certificate;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const kept = await port.issuersOf(below);
    // A certs-only CMS holds them in any order.
    const issuer = kept.find(({ subject }) => equalBytes(subject, below.issuer));
    if (!issuer) break;
    found.push(...kept);
    below = issuer;
  }
  return found;
}
