import * as z from 'zod';
import type { PersonId, UnitCode } from '../access/actor.ts';
import type { Subject } from '../access/policy.ts';
import { personId } from '../directory/person.ts';
import { unitCode } from '../directory/unit.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { Id } from '../platform/ids.ts';
import { DOCUMENTS_PREFIX } from '../platform/names.ts';
import { nextUpkeep, upkeep, upkeepOf, type VersionLevel, versionLevel } from './upkeep.ts';

/**
 * What a version is: as uploaded, made by the system, signed by its person, sealed by its agency; or one of these with more
 * that proves its signatures.
 */
export const versionKind = z.enum(['original', 'receipt', 'signed', 'sealed', 'extended']);
export type VersionKind = z.infer<typeof versionKind>;

/** One immutable version of a document: a PDF under one key and one S3 VersionId. */
export const documentVersion = z.object({
  n: z.number().int().positive(),
  kind: versionKind,
  key: z.string(),
  versionId: z.string(),
  sha256: z.string().length(64),
  bytes: z.number().int().positive(),
  pages: z.number().int().positive(),
  at: z.number().int(),
  /**
   * SHA-256 of all its bytes before it was finished, base64: the next signature goes on from there. It stands beside the
   * VersionId, length and hash it belongs to and is believed only when it finishes to that hash.
   */
  hashState: z.string().max(256).optional(),
  /** Absent where it was not signed here. */
  level: versionLevel.optional(),
  /** What was uploaded, where that was an image from which the page was made. */
  source: z.object({ type: z.enum(['image/jpeg', 'image/png']), sha256: z.string().length(64) }).optional(),
});
export type DocumentVersion = z.infer<typeof documentVersion>;

export const documentRecord = z.object({
  id: z.string() as unknown as z.ZodType<Id, Id>,
  /** The person it belongs to: who uploaded it, or the citizen whose petition it belongs to. */
  owner: personId.optional(),
  /** The unit that handles or issued it. */
  unit: unitCode.optional(),
  /** Further units whose staff may read it. */
  readers: z.array(unitCode),
  /** It may tell who made a denunciation: then only leaders of the unit and the officer in charge read it. */
  identityProtected: z.boolean().optional(),
  assignee: personId.optional(),
  /** The case it was taken into; a document serves one case. */
  caseId: z.string().optional(),
  versions: z.array(documentVersion),
  /** When what proves its signatures is to be looked at, and how often it has been in vain; absent: nothing is to be done. */
  upkeep: upkeep.optional(),
  createdAt: z.number().int(),
  revision: z.number().int().positive(),
});

/** A document of the service. It has no title: a title may name people; the case has one. */
export type Document = z.infer<typeof documentRecord>;

export interface NewDocument {
  readonly id: Id;
  readonly owner?: PersonId | undefined;
  readonly unit?: UnitCode | undefined;
  readonly caseId?: string | undefined;
  readonly versions?: readonly DocumentVersion[];
  readonly at: EpochMs;
}

export function newDocument({ id, owner, unit, caseId, versions = [], at }: NewDocument): Document {
  return { id, owner, unit, caseId, readers: [], versions: [...versions], createdAt: at, revision: 1 };
}

/** The key of a version's object: deterministic, so that a repeated job finds what it stored before. */
export function objectKey(documentId: Id, n: number, kind: VersionKind): string {
  return `${DOCUMENTS_PREFIX}${documentId}/${n}-${kind}.pdf`;
}

/** Every change of a record raises its revision; `Documents.putWrite` checks it. */
function revised(document: Document, change: Partial<Document>): Document {
  return { ...document, ...change, revision: document.revision + 1 };
}

/** @throws ProblemError `conflict` when `version` is not the next one. */
export function withVersion(document: Document, version: DocumentVersion): Document {
  if (version.n !== document.versions.length + 1) throw new ProblemError('conflict');
  return revised(document, { versions: [...document.versions, version], upkeep: upkeepOf(version) });
}

/** The level of the last version as it is known to be now. */
export function withLevel(document: Document, level: VersionLevel): Document {
  const last = { ...latestVersion(document), level };
  return revised(document, { versions: [...document.versions.slice(0, -1), last], upkeep: upkeepOf(last) });
}

/** The upkeep was asked for; should nothing come of it, it is asked for again after a longer wait. */
export function upkeepSent(document: Document, at: EpochMs): Document {
  return revised(document, { upkeep: document.upkeep && nextUpkeep(document.upkeep, at) });
}

/** Lets the staff of `units` read it too. */
export function grantRead(document: Document, ...units: readonly UnitCode[]): Document {
  return revised(document, { readers: [...new Set([...document.readers, ...units])] });
}

/** The staff of `units` read it no more. */
export function revokeRead(document: Document, ...units: readonly UnitCode[]): Document {
  return revised(document, { readers: document.readers.filter((reader) => !units.includes(reader)) });
}

/** Keeps a document of a denunciation to those who must handle it. */
export function protectIdentity(document: Document, assignee?: PersonId): Document {
  return revised(document, { identityProtected: true, ...(assignee === undefined ? {} : { assignee }) });
}

/** Takes a document into a case and hands it to the unit there. @throws ProblemError `invalid_state` when another case has it. */
export function takeInto(document: Document, caseId: string, unit: UnitCode | undefined): Document {
  if (document.caseId !== undefined && document.caseId !== caseId) {
    throw new ProblemError('invalid_state', { field: 'documents', detail: 'The document belongs to another case.' });
  }
  return revised(document, { caseId, ...(unit === undefined ? {} : { unit }) });
}

/**
 * The unit's own document from now on, no longer its uploader's: who leaves the unit leaves its documents.
 * @throws ProblemError as `takeInto`
 */
export function takeOver(document: Document, caseId: string, unit: UnitCode): Document {
  return { ...takeInto(document, caseId, unit), owner: undefined };
}

/** @throws ProblemError `not_found` */
export function versionOf(document: Document, n: number): DocumentVersion {
  const found = document.versions.find((version) => version.n === n);
  if (!found) throw new ProblemError('not_found', { field: 'n' });
  return found;
}

/** The version with these bytes: as it was issued, whatever was appended since. @throws ProblemError `document_changed` */
export function versionWith(document: Document, sha256: string): DocumentVersion {
  const found = document.versions.find((version) => version.sha256 === sha256);
  if (!found) throw new ProblemError('document_changed');
  return found;
}

/** The version that counts now. @throws ProblemError `document_not_ready` */
export function latestVersion(document: Document): DocumentVersion {
  const last = document.versions.at(-1);
  if (!last) throw new ProblemError('document_not_ready');
  return last;
}

/** As the access policy looks at it. */
export function accessSubject(document: Document): Subject {
  const { owner, unit, readers, identityProtected, assignee } = document;
  return { owner, unit, readers, identityProtected, assignee };
}
