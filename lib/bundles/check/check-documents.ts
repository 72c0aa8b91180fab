import * as z from 'zod';
import type { CaseEvent } from '../../evidence/case-event.ts';
import { type ByteSource, prefixSource } from '../../pdf/byte-source.ts';
import type { ValidationData } from '../../pdf/validation-data.ts';
import type { TrustAnchor } from '../../pki/certificate-path.ts';
import type { Status } from '../../signatures/validation/reasons.ts';
import { readSavedVerdict } from '../../signatures/validation/saved-verdict.ts';
import { verifyPdf } from '../../signatures/validation/verify-pdf.ts';
import { type BundledVersion, PATHS } from '../bundle-format.ts';
import { type Finding, finding } from './findings.ts';
import { type OpenBundle, readJson, sha256Of } from './open-bundle.ts';

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

interface Judged extends Opened {
  readonly status: Status;
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
    const judged: Judged[] = [];
    for (const one of opened) {
      const material = await materialFor(one.version, id, files);
      const { status } = await verifyPdf(one.source, { trust, at, ...(material ? { material } : {}) });
      judged.push({ ...one, status });
      documents.push({ path: one.path, sha256: one.sha256, status });
      if (!(await isNamed(one, opened, named))) findings.push(finding('document_changed', { path: one.path }));
      else if (one.sha256 !== one.version.sha256) findings.push(finding('file_changed', { path: one.path }));
    }
    for (const one of judged) {
      const code = await signatureFault(one, judged);
      if (code) findings.push(finding(code, { path: one.path }));
    }
  }
  return { documents, findings };
}

/** What authorities said when the bundle was made: believed as far as it proves itself. */
async function materialFor(
  { n }: BundledVersion,
  id: string,
  files: OpenBundle['files'],
): Promise<ValidationData | undefined> {
  return readSavedVerdict(await readJson(files, PATHS.verdict(id, n), z.unknown()))?.material;
}

/** What people bring need not be signed; what the service made is. A later version that is proven proves what it begins with. */
async function signatureFault(one: Judged, all: readonly Judged[]): Promise<Finding['code'] | undefined> {
  if (one.version.kind === 'original' || one.status === 'TOTAL_PASSED') return undefined;
  if (one.status === 'TOTAL_FAILED') return 'signature_broken';
  for (const later of all) {
    if (later !== one && later.status === 'TOTAL_PASSED' && (await beginsWith(later, one))) return undefined;
  }
  return 'signature_unconfirmed';
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
