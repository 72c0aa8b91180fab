import * as z from 'zod';
import { unitCode } from '../directory/unit.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Sha256Hex } from '../platform/hash.ts';

/** Another issued document, as people name it. */
const otherIssue = z.object({ code: z.string(), number: z.string(), issuedAt: z.number().int() });

/** What was issued, by the hash of its bytes. Nothing of the citizen: this is what anyone may ask for. */
export const issuedDocument = z.object({
  sha256: z.string().length(64),
  what: z.enum(['receipt', 'answer', 'dispatch']),
  /** Code of the case that it belongs to. */
  code: z.string(),
  documentId: z.string(),
  issuedAt: z.number().int(),
  unit: z.object({ code: unitCode, name: z.string() }),
  /** Number and symbol; receipts have none. */
  number: z.string().optional(),
  /** Document type by id; receipts have none. */
  type: z.string().optional(),
  /** Officials who signed, as their signatures show them. */
  signers: z.array(z.object({ name: z.string(), title: z.string(), at: z.number().int() })),
  /** What it is worth now: recall and replacement change it. */
  standing: z.enum(['in-force', 'recalled', 'replaced']),
  recalled: z.object({ at: z.number().int() }).optional(),
  /** What was issued in its place; verification leads there. */
  replacedBy: otherIssue.extend({ unit: z.object({ code: unitCode, name: z.string() }) }).optional(),
  /** In whose place it was issued. */
  replaces: otherIssue.optional(),
});
export type IssuedDocument = z.infer<typeof issuedDocument>;

/** As it stands after its agency has taken it back; being replaced besides does not bring it into force again. */
export function recalledIssue(entry: IssuedDocument, at: EpochMs): IssuedDocument {
  return { ...entry, standing: 'recalled', recalled: { at } };
}

export function replacedIssue(
  entry: IssuedDocument,
  replacedBy: NonNullable<IssuedDocument['replacedBy']>,
): IssuedDocument {
  return { ...entry, standing: entry.recalled ? 'recalled' : 'replaced', replacedBy };
}

/** The bytes of an issued document with more that proves its signatures: it is the same document, and stands or falls with it. */
export const issuedExtension = z.object({ sha256: z.string().length(64), original: z.string().length(64) });
export type IssuedExtension = z.infer<typeof issuedExtension>;

/** The index of issued bytes. */
export interface IssuedDocuments {
  /** The write that enters a document, in the transaction that issues it. */
  write(entry: IssuedDocument): Write;
  /** The write that enters an extension of a document, in the transaction that records it. */
  extensionWrite(entry: IssuedExtension): Write;
  /** What was issued with these bytes, or is extended by them. */
  byHash(sha256: Sha256Hex): Promise<IssuedDocument | undefined>;
  /** By the code of a case or the id of a document, oldest first. */
  byCode(code: string): Promise<readonly IssuedDocument[]>;
}
