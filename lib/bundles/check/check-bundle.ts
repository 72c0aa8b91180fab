import type { ByteSource } from '../../pdf/byte-source.ts';
import type { TrustAnchor } from '../../pki/certificate-path.ts';
import type { Manifest } from '../bundle-format.ts';
import { type CheckedVersion, checkDocuments } from './check-documents.ts';
import { checkRecords } from './check-records.ts';
import { type CheckedRoot, checkRoots } from './check-roots.ts';
import { FINDINGS, type Finding } from './findings.ts';
import { checkFiles, openBundle } from './open-bundle.ts';

/** What came of checking a bundle. Plain JSON. */
export interface BundleReport {
  /** `altered`: something is not what it was. `unconfirmed`: not everything is proven. */
  readonly status: 'intact' | 'unconfirmed' | 'altered';
  readonly case: Manifest['case'];
  readonly exportedAt: string;
  readonly records: number;
  readonly findings: readonly Finding[];
  readonly roots: readonly CheckedRoot[];
  readonly documents: readonly CheckedVersion[];
  readonly withheld: Manifest['withheld'];
}

/**
 * Checks an evidence bundle by itself, with nothing but the roots that whoever checks it trusts: every file, every record of the
 * log, the daily roots and their timestamps, every document and its signatures. What the bundle says of trust and of verdicts is
 * for reading; nothing is believed because of it.
 * @throws ProblemError `bundle_malformed`; what `source.read` throws
 */
export async function checkBundle(
  source: ByteSource,
  { trust, at }: { readonly trust: readonly TrustAnchor[]; readonly at: number },
): Promise<BundleReport> {
  const bundle = await openBundle(source);
  const files = await checkFiles(bundle);
  const { roots, known, findings: ofRoots } = await checkRoots(bundle, trust);
  const { events, findings: ofRecords } = await checkRecords(bundle, known);
  const { documents, findings: ofDocuments } = await checkDocuments(bundle, events, { trust, at });
  const findings = unique([...ofRecords, ...ofRoots, ...ofDocuments, ...files]);
  const weights = findings.map(({ code }) => FINDINGS[code].weight);
  const { manifest } = bundle;
  return {
    status: weights.includes('altered') ? 'altered' : weights.length > 0 ? 'unconfirmed' : 'intact',
    case: manifest.case,
    exportedAt: new Date(manifest.exportedAt).toISOString(),
    records: events.length,
    findings,
    roots,
    documents,
    withheld: manifest.withheld,
  };
}

/** A file that is missing is found by whoever looks for it. */
function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [JSON.stringify(one), one])).values()];
}
