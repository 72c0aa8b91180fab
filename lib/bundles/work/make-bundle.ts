import { changeWrites } from '../../cases/case-change.ts';
import type { Directory } from '../../directory/directory.ts';
import { asTrustAnchors } from '../../directory/trust.ts';
import type { DocumentObjects } from '../../documents/documents.ts';
import type { EventLog } from '../../evidence/event-log.ts';
import { type InclusionProof, proveInclusion } from '../../evidence/roots/daily-root.ts';
import type { RootObjects, RootRecord, Roots } from '../../evidence/roots/roots.ts';
import { linesIn } from '../../evidence/roots/write-daily-roots.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import { memorySource } from '../../pdf/byte-source.ts';
import { encodePem } from '../../pki/pem.ts';
import type { RevocationPort } from '../../pki/revocation-client.ts';
import { type EpochMs, localDate } from '../../platform/clock.ts';
import type { Id } from '../../platform/ids.ts';
import { verifyPdf } from '../../signatures/validation/verify-pdf.ts';
import { type Bundle, ready } from '../bundle.ts';
import { type Manifest, PATHS } from '../bundle-format.ts';
import type { BundleObjects, Bundles } from '../bundles.ts';
import { type CaseDeps, type CaseToExport, caseToExport } from '../case-to-export.ts';
import { type FileToPack, writeZip } from '../zip/write-zip.ts';

export interface MakeBundleDeps extends CaseDeps {
  readonly bundles: Bundles;
  readonly events: EventLog;
  readonly bundleObjects: BundleObjects;
  readonly documentObjects: Pick<DocumentObjects, 'open'>;
  readonly roots: Pick<Roots, 'ofDay'>;
  readonly rootObjects: Pick<RootObjects, 'read'>;
  readonly directory: Pick<Directory, 'trustAnchors'>;
  /** Asked for what a document does not prove; its answers go along with the verdict. */
  readonly revocation: RevocationPort;
}

/**
 * Makes the file of a bundle and stores it while it is made: nothing is held but the piece under way. Run again it makes the
 * file anew, in the same place, unless it is known to be ready.
 */
export async function makeBundle(deps: MakeBundleDeps, id: Id, at: EpochMs): Promise<JobOutcome> {
  const bundle = await deps.bundles.find(id);
  if (bundle?.state !== 'requested') return 'repeated';
  const found = await caseToExport(deps, bundle.of);
  const written: Pick<Manifest, 'documents' | 'roots'> = { documents: [], roots: [] };
  const content = writeZip(filesOf(deps, bundle, found, written, at), (files) =>
    json(PATHS.manifest, {
      schema: 'ba-khong/evidence-bundle',
      version: 1,
      case: { code: found.code, kind: found.kind },
      exportedAt: at,
      withheld: bundle.withheld,
      ...written,
      files: [...files],
    } satisfies Manifest),
  );
  const stored = await deps.bundleObjects.put(id, content);
  const { writes } = changeWrites({ cases: deps.bundles, events: deps.events }, bundle, ready(bundle, stored, at));
  await deps.bundles.commit(writes);
  return 'done';
}

const json = (path: string, value: unknown): FileToPack =>
  file(path, Buffer.from(`${JSON.stringify(value, null, 1)}\n`));
const file = (path: string, bytes: Uint8Array): FileToPack => ({ path, source: memorySource(bytes) });

async function* filesOf(
  deps: MakeBundleDeps,
  bundle: Bundle,
  { code, head, events }: CaseToExport,
  written: Pick<Manifest, 'documents' | 'roots'>,
  at: EpochMs,
): AsyncGenerator<FileToPack> {
  yield json(PATHS.events, { case: code, head, events });
  const anchors = await deps.directory.trustAnchors();
  yield json(PATHS.anchors, anchors);
  const pem = anchors.map(({ certificate }) => encodePem('CERTIFICATE', Buffer.from(certificate, 'base64'))).join('');
  yield file(PATHS.anchorsPem, Buffer.from(pem));
  for (const day of new Set(events.map((event) => localDate(event.at)))) yield* rootFiles(deps, day, code, written);
  const trust = anchors.flatMap(asTrustAnchors);
  const { revocation } = deps;
  for (const id of bundle.documents) {
    const { versions } = await deps.documents.document(id);
    for (const version of versions) {
      const source = deps.documentObjects.open(version);
      yield json(PATHS.verdict(id, version.n), await verifyPdf(source, { trust, at, revocation }));
      yield { path: PATHS.document(id, version), source };
    }
    const shown = versions.map(({ n, kind, sha256, bytes, at: madeAt }) => ({ n, kind, sha256, bytes, at: madeAt }));
    written.documents.push({ id, versions: shown });
  }
}

/** What proves that the events of a day stood in the log on that day; a day that is not closed has nothing yet. */
async function* rootFiles(
  deps: MakeBundleDeps,
  day: string,
  code: string,
  written: Pick<Manifest, 'roots'>,
): AsyncGenerator<FileToPack> {
  const record = await deps.roots.ofDay(day);
  const proof = record && (await proofOf(deps, record, code));
  if (!record || !proof) return;
  yield file(PATHS.root(day), await deps.rootObjects.read(record.file));
  yield json(PATHS.proof(day), proof);
  if (record.token) yield file(PATHS.token(day), await deps.rootObjects.read(record.token));
  written.roots.push({ day, stamped: record.token !== undefined });
}

async function proofOf(
  deps: MakeBundleDeps,
  { leaves }: RootRecord,
  code: string,
): Promise<InclusionProof | undefined> {
  return proveInclusion(linesIn(await deps.rootObjects.read(leaves)), code);
}
