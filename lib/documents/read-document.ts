import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import type { EpochMs } from '../platform/clock.ts';
import { parseId } from '../platform/ids.ts';
import { accessSubject, type Document, type DocumentVersion, versionOf } from './document.ts';
import type { Documents, DownloadLinks } from './documents.ts';

const LINK_SECONDS = 5 * 60;

/** @throws ProblemError `not_found`, also for whoever may not read it */
export async function readDocument(
  deps: { readonly documents: Pick<Documents, 'document'> },
  actor: Actor,
  id: string,
  at: EpochMs,
): Promise<Document> {
  const document = await deps.documents.document(parseId(id));
  authorize(actor, 'document.read', accessSubject(document), at, 'document.read');
  return document;
}

/** Where one version can be fetched from, and what its bytes must hash to. */
export interface Download {
  readonly version: DocumentVersion;
  readonly url: string;
  readonly expiresAt: EpochMs;
}

/** @throws ProblemError `not_found` */
export async function downloadVersion(
  deps: { readonly documents: Pick<Documents, 'document'>; readonly links: DownloadLinks },
  actor: Actor,
  id: string,
  n: number,
  at: EpochMs,
): Promise<Download> {
  const document = await readDocument(deps, actor, id, at);
  const version = versionOf(document, n);
  // The name says nothing about what is in the file.
  const fileName = `ba-khong-${document.id.slice(-8)}-${n}.pdf`;
  const url = await deps.links.link(version, { fileName, seconds: LINK_SECONDS });
  return { version, url, expiresAt: at + LINK_SECONDS * 1000 };
}
