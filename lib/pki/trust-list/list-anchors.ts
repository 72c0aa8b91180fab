import { type Certificate, fingerprint } from '../certificate.ts';
import type { TrustAnchor } from '../certificate-path.ts';
import type { TrustList } from './read-trust-list.ts';

/** A certificate of a list, and when it is trusted by it. */
export interface ListedAnchor {
  /** SHA-256 of the certificate, hex. */
  readonly sha256: string;
  readonly certificate: Certificate;
  readonly provider: string;
  readonly service: string;
  /** Oldest first, apart from each other; epoch ms, both inclusive; null: until further notice. */
  readonly periods: readonly { readonly from: number; readonly until: number | null }[];
}

/**
 * The anchors that a list makes. The issuer of a timestamp service's certificates is none: it is listed for timestamps, and
 * anchors hold for signatures as well; the certificate that makes timestamps itself signs nothing else.
 */
export function anchorsOf({ services }: Pick<TrustList, 'services'>): ListedAnchor[] {
  const found = new Map<string, ListedAnchor>();
  for (const { provider, name, certificates, periods } of services) {
    for (const certificate of certificates) {
      const fitting = periods.filter(({ type }) => !type.startsWith('TSA') || !certificate.basicConstraints?.ca);
      if (fitting.length === 0) continue;
      const sha256 = fingerprint(certificate);
      const before = found.get(sha256);
      const merged = united([...(before?.periods ?? []), ...fitting]);
      found.set(sha256, { ...(before ?? { sha256, certificate, provider, service: name }), periods: merged });
    }
  }
  return [...found.values()];
}

/** As path building takes them: one for each period. */
export function trustAnchorsOf(anchors: readonly ListedAnchor[]): TrustAnchor[] {
  return anchors.flatMap(({ certificate, periods }) =>
    periods.map((period) => ({ certificate: certificate.der, ...period })),
  );
}

/** A certificate may be listed for several services: it is trusted as long as it is by one of them. */
function united(periods: readonly { readonly from: number; readonly until: number | null }[]) {
  const joined: { from: number; until: number | null }[] = [];
  for (const { from, until } of [...periods].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (!last || (last.until !== null && last.until < from - 1)) joined.push({ from, until });
    else if (last.until !== null) last.until = until === null ? null : Math.max(last.until, until);
  }
  return joined;
}
