import * as z from 'zod';
import { versionKind } from '../documents/document.ts';
import { caseEvent, logHead } from '../evidence/case-event.ts';

// The files of an evidence bundle, version 1: written by the worker, read by the program that checks it.

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const id = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** A document that the log names and that is not in the bundle. */
export const withheldDocument = z.object({
  id,
  /** Whoever asked may not read it; or there is none (not made yet). */
  because: z.enum(['not-readable', 'not-there']),
});

const bundledVersion = z.object({
  n: z.number().int().positive(),
  kind: versionKind,
  sha256,
  bytes: z.number().int().positive(),
  /** Epoch ms. */
  at: z.number().int(),
});
export type BundledVersion = z.infer<typeof bundledVersion>;

export const manifest = z.object({
  schema: z.literal('ba-khong/evidence-bundle'),
  version: z.literal(1),
  case: z.object({ code: z.string(), kind: z.enum(['petition', 'dispatch', 'incoming']) }),
  /** Epoch ms, as far as dates go. */
  exportedAt: z.number().int().nonnegative().max(8.64e15),
  documents: z.array(z.object({ id, versions: z.array(bundledVersion) })),
  withheld: z.array(withheldDocument),
  /** Days whose roots hold events of this case. */
  roots: z.array(z.object({ day, stamped: z.boolean() })),
  /** Every other file of the bundle. */
  files: z.array(z.object({ path: z.string(), bytes: z.number().int().nonnegative(), sha256 })),
});
export type Manifest = z.infer<typeof manifest>;

/** The log, with where it ended on the case when it was read. Records are looked at one by one. */
export const eventsFile = z.object({ case: z.string(), head: logHead, events: z.array(z.unknown()) });
export const eventRecord = caseEvent;

export const PATHS = {
  manifest: 'manifest.json',
  events: 'events.json',
  anchors: 'trust/anchors.json',
  anchorsPem: 'trust/anchors.pem',
  document: (documentId: string, { n, kind }: Pick<BundledVersion, 'n' | 'kind'>) =>
    `documents/${documentId}/${n}-${kind}.pdf`,
  verdict: (documentId: string, n: number) => `verdicts/${documentId}/${n}.json`,
  root: (of: string) => `roots/${of}/root.json`,
  token: (of: string) => `roots/${of}/timestamp.tst`,
  proof: (of: string) => `roots/${of}/proof.json`,
} as const;
