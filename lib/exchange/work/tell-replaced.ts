import type { UnitCode } from '../../access/actor.ts';
import { changeWrites } from '../../cases/case-change.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { CaseCode } from '../../platform/ids.ts';
import type { ExchangeDeps } from '../change-dispatch.ts';
import { deliveryTo, inState } from '../dispatch.ts';
import { incomingReplaced, replacementTold } from '../replacement-transitions.ts';

/** Tells one recipient that what it has was replaced, and by what: its case and the sender's change in one transaction. */
export async function tellReplaced(
  deps: Pick<ExchangeDeps, 'dispatches' | 'incoming' | 'events'>,
  { code, recipient }: { readonly code: CaseCode; readonly recipient: UnitCode },
  at: EpochMs,
): Promise<JobOutcome> {
  const dispatch = inState(await deps.dispatches.dispatch(code), 'issued');
  const waits = dispatch.pending.some((work) => work.job === 'tell-replaced' && work.recipient === recipient);
  if (!waits || !dispatch.replacement) return 'repeated';
  const { incoming: arrived } = deliveryTo(dispatch, recipient);
  if (!arrived) throw new ProblemError('invalid_state', { detail: 'The dispatch has not arrived.' });
  const incoming = await deps.incoming.incoming(arrived);
  const change = incomingReplaced(incoming, dispatch.replacement, at);
  const { events } = deps;
  await deps.dispatches.commit([
    ...(change ? changeWrites({ cases: deps.incoming, events }, incoming, change).writes : []),
    ...changeWrites({ cases: deps.dispatches, events }, dispatch, replacementTold(dispatch, recipient, at)).writes,
  ]);
  return 'done';
}
