import { systemRef } from '../cases/actors.ts';
import type { Directory } from '../directory/directory.ts';
import { asTrustAnchors } from '../directory/trust.ts';
import { type Document, type DocumentVersion, latestVersion, withLevel, withVersion } from '../documents/document.ts';
import { taskOf, type VersionLevel } from '../documents/upkeep.ts';
import { commitDispatch, type ExchangeDeps } from '../exchange/change-dispatch.ts';
import type { JobOutcome } from '../jobs/run-job.ts';
import { appendedSource } from '../pdf/byte-source.ts';
import { commitPetition, type PetitionDeps } from '../petitions/change-petition.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { type Code, ProblemError } from '../platform/errors.ts';
import type { CaseCode, Id } from '../platform/ids.ts';
import { type ExtendedPdf, extendPdf } from '../signatures/levels/extend-pdf.ts';
import { type Authorities, isForNow, type PadesLevel, reaches } from '../signatures/levels/pades-level.ts';
import { renewTimestamp } from '../signatures/levels/renew-timestamp.ts';
import { checkAdopted, onlyProofsAfter } from '../signing/adopted-file.ts';
import { type FileDeps, type FileToSign, openFileToSign } from '../signing/file-to-sign.ts';
import { levelInFile, levelOf } from '../signing/sign-and-raise.ts';
import type { SignatureLevels } from '../signing/signature-levels.ts';
import type { IssuedDocument, IssuedDocuments } from '../verification/issued.ts';

export interface PreservationDeps
  extends FileDeps,
    Pick<ExchangeDeps, 'dispatches' | 'events' | 'documents'>,
    Pick<PetitionDeps, 'petitions'> {
  readonly directory: Pick<Directory, 'trustAnchors'>;
  readonly issued: Pick<IssuedDocuments, 'byHash' | 'extensionWrite'>;
  readonly levels: SignatureLevels;
}

/** What is to be done to an issued version, and with whom. */
interface Order {
  readonly task: 'extend' | 'renew';
  readonly document: Document;
  readonly last: DocumentVersion;
  readonly level: NonNullable<DocumentVersion['level']>;
  readonly authorities: Authorities;
}

/** Of the time that is set for renewing a timestamp, the part that passes before it becomes an operator's matter. */
const LATE_AFTER = 2 / 3;

/**
 * Raises the signatures of an issued document to the level that is wanted, or renews its last timestamp before that one's certificate
 * ends: a further version that begins with the issued bytes, found by its hash as the same document. What an authority cannot
 * give yet is left for a later time; what it never can is marked.
 * @throws Error when a renewal becomes urgent: it ends in the dead-letter queue, where an alarm rings
 */
export async function preserveDocument(deps: PreservationDeps, documentId: Id, at: EpochMs): Promise<JobOutcome> {
  const document = await deps.documents.document(documentId);
  const last = latestVersion(document);
  const { level } = last;
  const task = taskOf(last);
  if (!task || !level || (task === 'renew' && (level.renewAt ?? at) > at)) return 'repeated';
  const trust = (await deps.directory.trustAnchors()).flatMap(asTrustAnchors);
  const order: Order = { task, document, last, level, authorities: deps.levels.authorities(trust) };
  const file = await openFileToSign(deps, last);
  const result = await attempt(file, order);
  if ('refused' in result) {
    await record(deps, order, withLevel(document, { ...level, because: result.refused }), {
      type: 'document.not-preserved',
      at,
      problem: result.refused,
    });
    return 'done';
  }
  const { renewBefore } = deps.levels;
  const source = appendedSource(file.source, result.tail);
  const raised = await levelOf(source, { ...result, wanted: order.level.wanted }, renewBefore);
  if (!isProgress(order, raised)) return wait(deps, order, result, at);
  const version = await store(deps, file, order, { ...result, recorded: raised }, at);
  await record(deps, order, withVersion(document, version), {
    type: task === 'renew' ? 'document.timestamp-renewed' : 'document.extended',
    at,
    version,
  });
  return 'done';
}

async function attempt(
  { source }: FileToSign,
  { task, level, authorities }: Order,
): Promise<ExtendedPdf | { refused: Code }> {
  try {
    if (task === 'renew') return await renewTimestamp(source, authorities);
    return await extendPdf(source, { to: level.wanted as Exclude<PadesLevel, 'B-B'>, authorities });
  } catch (error) {
    if (!(error instanceof ProblemError) || isForNow(error.code)) throw error;
    return { refused: error.code };
  }
}

/** A timestamp whose certificate ends no later than the one before is none: another would be asked for each time. */
function isProgress({ task, level }: Order, result: VersionLevel): boolean {
  if (task === 'renew') return (result.renewAt ?? 0) > (level.renewAt ?? 0);
  return !reaches(level.reached, result.reached);
}

/** Nobody can help yet; a timestamp that is about to lose its worth is not waited for in silence. */
function wait(deps: PreservationDeps, { task, document, level }: Order, result: ExtendedPdf, at: EpochMs): JobOutcome {
  deps.log.event('document.level-waits', { document: document.id, kind: task, code: result.because });
  const late = (level.renewAt ?? at) + deps.levels.renewBefore * LATE_AFTER;
  if (task === 'renew' && at > late) throw new Error(`The last timestamp of document ${document.id} ends soon.`);
  return 'repeated';
}

async function store(
  deps: PreservationDeps,
  file: FileToSign,
  { document, last, level, authorities }: Order,
  result: ExtendedPdf & { readonly recorded: VersionLevel },
  at: EpochMs,
): Promise<DocumentVersion> {
  const place = { documentId: document.id, n: last.n + 1, kind: 'extended' } as const;
  const { adopted, ...stored } = await file.keep(place, result);
  const version = { n: place.n, kind: place.kind, ...stored, pages: last.pages, at };
  if (!adopted) return { ...version, level: result.recorded };
  const { trust } = authorities;
  await checkAdopted(deps.objects, file, version, { trust, at }, ({ signatures }) =>
    signatures.every((signature) => onlyProofsAfter(signature, file.source.length)),
  );
  const { renewBefore } = deps.levels;
  const source = deps.objects.open(version);
  return { ...version, level: await levelInFile(source, level.wanted, renewBefore, authorities) };
}

interface Outcome {
  readonly type: string;
  readonly at: EpochMs;
  readonly version?: DocumentVersion;
  readonly problem?: Code;
}

/** Document, index of issued bytes and event in one transaction, on the case that issued it. */
async function record(
  deps: PreservationDeps,
  { document, last }: Order,
  next: Document,
  { type, at, version, problem }: Outcome,
): Promise<void> {
  const entry = await deps.issued.byHash(last.sha256);
  if (!entry) throw new ProblemError('invalid_state', { detail: 'The document was not issued.' });
  const { sha256: original } = entry;
  const writes = [
    deps.documents.putWrite(next, document),
    ...(version ? [deps.issued.extensionWrite({ sha256: version.sha256, original })] : []),
  ];
  const data = {
    documentId: document.id,
    original,
    ...(version ? { n: version.n, sha256: version.sha256, level: version.level?.reached ?? null } : {}),
    ...(problem === undefined ? {} : { problem }),
  };
  await commit(deps, entry, { type, at, actor: systemRef('sign-worker'), data }, writes);
}

async function commit(
  deps: PreservationDeps,
  { what, code }: Pick<IssuedDocument, 'what' | 'code'>,
  event: Parameters<typeof commitDispatch>[2]['event'],
  writes: readonly Write[],
): Promise<void> {
  if (what === 'dispatch') {
    const dispatch = await deps.dispatches.dispatch(code as CaseCode);
    await commitDispatch(deps, dispatch, { next: dispatch, event }, { writes });
    return;
  }
  const petition = await deps.petitions.petition(code as CaseCode);
  await commitPetition(deps, petition, { next: petition, event }, { writes });
}
