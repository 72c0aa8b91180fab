import type { CaseEvent } from '../../evidence/case-event.ts';
import { type ByteSource, prefixSource } from '../../pdf/byte-source.ts';
import type { TrustAnchor } from '../../pki/certificate-path.ts';
import type { Status } from '../../signatures/reasons.ts';
import { verifyPdf } from '../../signatures/verify-pdf.ts';
import { type BundledVersion, PATHS } from '../bundle-format.ts';
import { type Finding, finding } from './findings.ts';
import { type OpenBundle, sha256Of } from './open-bundle.ts';

export interface CheckedVersion {
  readonly path: string;
  readonly sha256: string;
  /** Verdict on its signatures, made anew. */
  readonly status: Status;
}

export interface DocumentsCheck {
  readonly documents: readonly CheckedVersion[];
  readonly findings: readonly Finding[];
}

interface Opened {
  readonly path: string;
  readonly version: BundledVersion;
  readonly source: ByteSource;
  /** Of the bytes that are there, whatever the manifest says. */
  readonly sha256: string;
}

/**
 * Checks that each document is one that the log names by its hash, and its signatures. What was signed begins with what was there
 * before: so a version is also good as the beginning of one that is named, and one that was extended as what begins with such.
 */
export async function checkDocuments(
  { manifest, files }: OpenBundle,
  events: readonly CaseEvent[],
  { trust, at }: { readonly trust: readonly TrustAnchor[]; readonly at: number },
): Promise<DocumentsCheck> {
  const named = hashesIn(events);
  const documents: CheckedVersion[] = [];
  const findings: Finding[] = [];
  for (const { id, versions } of manifest.documents) {
    const opened: Opened[] = [];
    for (const version of versions) {
      const path = PATHS.document(id, version);
      const source = files.get(path);
      // That it is missing, the list of files tells, or else:
      if (source) opened.push({ path, version, source, sha256: await sha256Of(source) });
      else findings.push(finding('file_missing', { path }));
    }
    for (const one of opened) {
      const { status } = await verifyPdf(one.source, { trust, at });
      documents.push({ path: one.path, sha256: one.sha256, status });
      if (!(await isNamed(one, opened, named))) findings.push(finding('document_changed', { path: one.path }));
      // What people bring need not be signed; what the service made is.
      if (one.version.kind === 'original' || status === 'TOTAL_PASSED') continue;
      const code = status === 'TOTAL_FAILED' ? 'signature_broken' : 'signature_unconfirmed';
      findings.push(finding(code, { path: one.path }));
    }
  }
  return { documents, findings };
}

/** Hashes of documents in the events of a log. */
function hashesIn(events: readonly CaseEvent[]): Set<string> {
  const found = events.flatMap(({ data }) => [data.sha256, data.hashes].flat());
  return new Set(found.filter((hash) => typeof hash === 'string'));
}

async function isNamed(one: Opened, all: readonly Opened[], named: ReadonlySet<string>): Promise<boolean> {
  if (named.has(one.sha256)) return true;
  for (const other of all) {
    if (!named.has(other.sha256)) continue;
    if (other.source.length > one.source.length && (await beginsWith(other, one))) return true;
    if (one.version.kind === 'extended' && (await beginsWith(one, other))) return true;
  }
  return false;
}

async function beginsWith(longer: Opened, shorter: Opened): Promise<boolean> {
  if (longer.source.length < shorter.source.length) return false;
  return (await sha256Of(prefixSource(longer.source, shorter.source.length))) === shorter.sha256;
}
