import type { Actor } from '../access/actor.ts';
import { changeWrites } from '../cases/case-change.ts';
import { EMPTY_LOG } from '../evidence/case-event.ts';
import type { EventLog } from '../evidence/event-log.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { type CaseCode, newId, type RandomBytes } from '../platform/ids.ts';
import { type Bundle, requested } from './bundle.ts';
import type { Bundles } from './bundles.ts';
import { type CaseDeps, exportable } from './case-to-export.ts';

export interface RequestBundleDeps extends CaseDeps {
  readonly bundles: Bundles;
  readonly events: EventLog;
  readonly random: RandomBytes;
}

/** What the worker copies within its time; a ZIP file without extensions ends at 4 GiB. */
const MOST_BYTES = 3 * 1024 ** 3;

/**
 * Asks for the evidence of a case as one file; a worker makes it.
 * @throws ProblemError `not_found`, `forbidden` (a denunciation, to those who may not know who made it), `bundle_too_large`
 */
export async function requestBundle(
  deps: RequestBundleDeps,
  actor: Actor,
  code: CaseCode,
  at: EpochMs,
  stamp: (bundle: Bundle) => Write,
): Promise<Bundle> {
  const { documents, withheld } = await exportable(deps, actor, code, at);
  const bytes = documents.flatMap(({ versions }) => versions).reduce((sum, version) => sum + version.bytes, 0);
  if (bytes > MOST_BYTES) throw new ProblemError('bundle_too_large');
  const bundle = {
    state: 'requested' as const,
    code: newId(deps.random),
    of: code,
    by: actor.personId,
    documents: documents.map(({ id }) => id),
    withheld: [...withheld],
    requestedAt: at,
    log: EMPTY_LOG,
  };
  const { next, writes } = changeWrites(
    { cases: deps.bundles, events: deps.events },
    undefined,
    requested(bundle, actor),
  );
  await deps.bundles.commit([...writes, stamp(next)]);
  return next;
}
