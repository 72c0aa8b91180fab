import { changeWrites } from '../../cases/case-change.ts';
import type { Unit } from '../../directory/unit.ts';
import type { Write } from '../../platform/aws/table.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { type IssuedDocuments, replacedIssue } from '../../verification/issued.ts';
import type { ExchangeDeps } from '../change-dispatch.ts';
import { type DispatchIn, inState } from '../dispatch.ts';
import { replaced } from '../replacement-transitions.ts';

interface OriginalDeps extends Pick<ExchangeDeps, 'dispatches' | 'events'> {
  readonly issued: Pick<IssuedDocuments, 'byHash' | 'write'>;
}

/** The writes by which what `dispatch` replaces is replaced, in the transaction that issues `dispatch`; none where it replaces nothing. */
export async function replaceOriginal(
  deps: OriginalDeps,
  { code, number, replaces }: DispatchIn<'issuing'>,
  { code: unit, name }: Pick<Unit, 'code' | 'name'>,
  at: EpochMs,
): Promise<Write[]> {
  if (!replaces) return [];
  const original = inState(await deps.dispatches.dispatch(replaces.code), 'issued');
  const by = { code, number: number.text, issuedAt: at };
  const { writes } = changeWrites(
    { cases: deps.dispatches, events: deps.events },
    original,
    replaced(original, by, unit, at),
  );
  const entry = await deps.issued.byHash(original.issued.sha256);
  return [
    ...writes,
    ...(entry ? [deps.issued.write(replacedIssue(entry, { ...by, unit: { code: unit, name } }))] : []),
  ];
}
