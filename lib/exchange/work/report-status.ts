import { changeWrites } from '../../cases/case-change.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { CaseCode } from '../../platform/ids.ts';
import type { ExchangeDeps } from '../change-dispatch.ts';
import { statusChanged } from '../dispatch-transitions.ts';
import { reported } from '../incoming.ts';

/** Tells the sender's dispatch what the receiver did: registered (03) with its incoming number, or returned (02) and why. */
export async function reportStatus(
  deps: Pick<ExchangeDeps, 'dispatches' | 'incoming' | 'events'>,
  code: CaseCode,
  at: EpochMs,
): Promise<JobOutcome> {
  const incoming = await deps.incoming.incoming(code);
  if (!incoming.pending.some((work) => work.job === 'report-status')) return 'repeated';
  if (incoming.state === 'arrived') throw new ProblemError('invalid_state');
  const dispatch = await deps.dispatches.dispatch(incoming.dispatch);
  const outcome =
    incoming.state === 'registered'
      ? ({ status: 'registered', number: incoming.numberText } as const)
      : ({ status: 'returned', reason: incoming.reason } as const);
  const change = statusChanged(dispatch, incoming.unit, outcome, at);
  const { events } = deps;
  await deps.dispatches.commit([
    ...(change ? changeWrites({ cases: deps.dispatches, events }, dispatch, change).writes : []),
    ...changeWrites({ cases: deps.incoming, events }, incoming, reported(incoming, at)).writes,
  ]);
  return 'done';
}
