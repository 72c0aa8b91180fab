import * as z from 'zod';
import type { Actor } from '../access/actor.ts';
import { personRef, systemRef } from '../cases/actors.ts';
import type { Change } from '../cases/case-change.ts';
import { personId } from '../directory/person.ts';
import { logHead } from '../evidence/case-event.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode, Id } from '../platform/ids.ts';
import { withheldDocument } from './bundle-format.ts';

const id = z.string() as unknown as z.ZodType<Id, Id>;
const instant = z.number().int();

const base = z.object({
  /** Identity of the bundle; its log is kept under it, as that of a case. */
  code: id,
  /** The case that is exported. */
  of: z.string() as unknown as z.ZodType<CaseCode, CaseCode>,
  by: personId,
  /** Documents that whoever asked may read, by the day they asked. */
  documents: z.array(id),
  withheld: z.array(withheldDocument),
  requestedAt: instant,
  log: logHead,
});

export const bundleRecord = z.discriminatedUnion('state', [
  base.extend({ state: z.literal('requested') }),
  base.extend({
    state: z.literal('ready'),
    readyAt: instant,
    sha256: z.string().length(64),
    bytes: z.number().int().positive(),
  }),
]);

/** A request for a case's evidence, and what came of it. */
export type Bundle = z.infer<typeof bundleRecord>;
export type ReadyBundle = Extract<Bundle, { state: 'ready' }>;
type BundleChange = Change<Bundle>;

/** The first event of a bundle: who took the evidence of which case. */
export function requested(bundle: Extract<Bundle, { state: 'requested' }>, by: Pick<Actor, 'personId'>): BundleChange {
  const { of, documents, withheld, requestedAt } = bundle;
  const data = { case: of, documents: documents.length, withheld: withheld.length };
  return { next: bundle, event: { type: 'bundle.requested', at: requestedAt, actor: personRef(by), data } };
}

export function ready(
  bundle: Bundle,
  { sha256, bytes }: Pick<ReadyBundle, 'sha256' | 'bytes'>,
  at: EpochMs,
): BundleChange {
  return {
    next: { ...bundle, state: 'ready', readyAt: at, sha256, bytes },
    event: { type: 'bundle.made', at, actor: systemRef('evidence-worker'), data: { case: bundle.of, sha256, bytes } },
  };
}
