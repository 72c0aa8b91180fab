import * as z from 'zod';
import type { Subject } from '../../access/policy.ts';
import { personId } from '../../directory/person.ts';
import { unitCode } from '../../directory/unit.ts';
import { chain, type EventDraft, logHead } from '../../evidence/case-event.ts';
import type { EpochMs } from '../../platform/clock.ts';
import type { Code } from '../../platform/errors.ts';
import { CATALOG } from '../../platform/errors-catalog.ts';
import type { Id } from '../../platform/ids.ts';

/** Types of files that are taken. What a file is, its content says; the declaration only has to agree. */
export const uploadType = z.enum(['application/pdf', 'image/jpeg', 'image/png']);
export type UploadType = z.infer<typeof uploadType>;

/** The very object that is inspected and kept. */
export const intakeObject = z.object({ versionId: z.string(), etag: z.string() });
export type IntakeObject = z.infer<typeof intakeObject>;

const id = z.string() as unknown as z.ZodType<Id, Id>;

const base = z.object({
  id,
  owner: personId,
  /** The unit in whose name a member of its staff uploads. */
  unit: unitCode.optional(),
  /** Id of the document that it becomes; decided beforehand so that a repeated run finds what an earlier one stored. */
  documentId: id,
  declared: z.object({
    type: uploadType,
    bytes: z.number().int().positive(),
    sha256: z.string().length(64).optional(),
  }),
  createdAt: z.number().int(),
  /** Until when the file can be posted. */
  expiresAt: z.number().int(),
  log: logHead,
  revision: z.number().int().positive(),
});

const code = z.string().refine((text): text is Code => text in CATALOG);

export const upload = z.discriminatedUnion('state', [
  base.extend({ state: z.literal('awaiting') }),
  base.extend({ state: z.literal('checking'), object: intakeObject, arrivedAt: z.number().int() }),
  base.extend({
    state: z.literal('accepted'),
    object: intakeObject,
    at: z.number().int(),
    sha256: z.string().length(64),
    bytes: z.number().int(),
    pages: z.number().int(),
  }),
  base.extend({ state: z.literal('refused'), object: intakeObject, at: z.number().int(), code }),
]);

/** One file on its way in: awaiting → checking → accepted | refused. */
export type Upload = z.infer<typeof upload>;
export type AwaitingUpload = Extract<Upload, { state: 'awaiting' }>;
export type CheckingUpload = Extract<Upload, { state: 'checking' }>;
export type SettledUpload = Extract<Upload, { state: 'accepted' | 'refused' }>;

export function settled(item: Upload): item is SettledUpload {
  return item.state === 'accepted' || item.state === 'refused';
}

export function sameObject(a: IntakeObject, b: IntakeObject): boolean {
  return a.versionId === b.versionId && a.etag === b.etag;
}

/** The first object to arrive is the one that counts; from now on no other does. */
export function startChecking(item: AwaitingUpload, object: IntakeObject, at: EpochMs): CheckingUpload {
  return { ...item, state: 'checking', object, arrivedAt: at, revision: item.revision + 1 };
}

/** What was found in a file that is kept. */
export interface Findings {
  /** SHA-256 of the PDF that is kept. */
  readonly sha256: string;
  readonly bytes: number;
  readonly pages: number;
}

/** The upload becomes a document. */
export function accept(item: CheckingUpload, found: Findings, at: EpochMs) {
  const data = { documentId: item.documentId, ...found };
  const { arrivedAt: _, ...rest } = item;
  return settle(
    item,
    { ...rest, state: 'accepted', at, ...found },
    { type: 'upload.accepted', at, actor: INTAKE, data },
  );
}

/** The upload is refused; its owner is told why. */
export function refuse(item: CheckingUpload, reason: Code, at: EpochMs) {
  const data = { code: reason, owner: item.owner };
  const { arrivedAt: _, ...rest } = item;
  return settle(
    item,
    { ...rest, state: 'refused', at, code: reason },
    { type: 'upload.refused', at, actor: INTAKE, data },
  );
}

const INTAKE = { kind: 'system', id: 'intake' } as const;

function settle(item: CheckingUpload, next: SettledUpload, draft: EventDraft) {
  const { events, head } = chain(item.id, item.log, [draft]);
  return { upload: { ...next, log: head, revision: item.revision + 1 } satisfies SettledUpload, events };
}

export function accessSubject(item: Upload): Subject {
  return { owner: item.owner };
}
