import type { UnitCode } from '../../access/actor.ts';
import { changeWrites } from '../../cases/case-change.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { CaseCode } from '../../platform/ids.ts';
import type { ExchangeDeps } from '../change-dispatch.ts';
import { deliveryTo, inState } from '../dispatch.ts';
import { recallAsked, recallConveyed } from '../recall-transitions.ts';

/** Asks one recipient to cancel its copy of a recalled dispatch: its case and the sender's change in one transaction. */
export async function askRecall(
  deps: Pick<ExchangeDeps, 'dispatches' | 'incoming' | 'events'>,
  { code, recipient }: { readonly code: CaseCode; readonly recipient: UnitCode },
  at: EpochMs,
): Promise<JobOutcome> {
  const dispatch = inState(await deps.dispatches.dispatch(code), 'issued');
  const waits = dispatch.pending.some((work) => work.job === 'ask-recall' && work.recipient === recipient);
  if (!waits || !dispatch.recall) return 'repeated';
  const { incoming: arrived } = deliveryTo(dispatch, recipient);
  if (!arrived) throw new ProblemError('invalid_state', { detail: 'The dispatch has not arrived.' });
  const incoming = await deps.incoming.incoming(arrived);
  const change = recallAsked(incoming, dispatch.recall.reason, at);
  const { events } = deps;
  await deps.dispatches.commit([
    ...(change ? changeWrites({ cases: deps.incoming, events }, incoming, change).writes : []),
    ...changeWrites({ cases: deps.dispatches, events }, dispatch, recallConveyed(dispatch, recipient, incoming, at))
      .writes,
  ]);
  return 'done';
}
