import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { authorityAddresses } from '../../lib/pki/authority-addresses.ts';
import type { Certificate } from '../../lib/pki/certificate.ts';
import type { TrustAnchor } from '../../lib/pki/certificate-path.ts';
import { readableCertificates } from '../../lib/pki/cms-signer.ts';
import { createRevocationClient, type RevocationDeps, type RevocationPort } from '../../lib/pki/revocation-client.ts';
import { createTimestampClient } from '../../lib/pki/timestamp-client.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { createHttpClient } from '../../lib/platform/http-client.ts';
import type { Authorities } from '../../lib/signatures/levels/pades-level.ts';
import { acceptsSignature } from '../../lib/signatures/validation/algorithm-policy.ts';

export interface AuthorityOrder {
  /** Timestamp services, the first that answers is taken. */
  readonly tsa: readonly string[];
  /** Hosts besides those of the services and of the certificates: of a timestamp service's OCSP, for example. */
  readonly allow: readonly string[];
  /** Root certificates, DER. */
  readonly trust: readonly Uint8Array[];
}

const TIME_LIMIT_MS = 20_000;
/** Room for one token with its certificates. */
const LARGEST_TOKEN = 12_000;

/**
 * Whom a level above B-B needs. Only hosts are called that the command line names, and those in certificates of the signers
 * and in the roots; addresses of this machine only where one of the services named stands there.
 * @param known of whose word on where to ask we are sure: the signer's own, or what leads to a trusted root
 */
export function authoritiesFor({ tsa, allow, trust }: AuthorityOrder, known: readonly Certificate[]): Authorities {
  const named = [...known, ...readableCertificates(trust)].flatMap((certificate) => {
    const { ocsp, issuers, lists } = authorityAddresses(certificate);
    return [...ocsp, ...issuers, ...lists];
  });
  const hosts = [...tsa, ...named].flatMap((url) => (URL.canParse(url) ? [new URL(url).host] : []));
  const deps = depsFor([...hosts, ...allow], tsa.some(isHere));
  const anchors = anchorsOf(trust);
  const services = tsa.map((url) => ({ url, largestToken: LARGEST_TOKEN }));
  return {
    timestamps: createTimestampClient(services, { ...deps, trust: anchors, now: systemClock.now }),
    revocation: createRevocationClient(deps),
    trust: anchors,
    now: systemClock.now,
  };
}

/** Asks for revocation at these hosts and no others; at an address of this machine only where it is one of them. */
export function revocationAt(hosts: readonly string[]): RevocationPort {
  return createRevocationClient(
    depsFor(
      hosts,
      hosts.some((host) => isHere(`http://${host}`)),
    ),
  );
}

function depsFor(allowedHosts: readonly string[], allowPrivateAddresses: boolean): RevocationDeps {
  return {
    send: createHttpClient({ allowedHosts, allowPrivateAddresses, timeLimit: TIME_LIMIT_MS }),
    attempts: 2,
    wait: (attempt: number) => wait(500 * attempt),
    random: (octets: number) => randomBytes(octets),
    accepts: acceptsSignature,
  };
}

/** Roots that the command line names are trusted whenever. */
export function anchorsOf(trust: readonly Uint8Array[]): TrustAnchor[] {
  return trust.map((certificate) => ({ certificate, from: 0, until: null }));
}

function isHere(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}
