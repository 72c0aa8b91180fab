import { changeWrites } from '../../cases/case-change.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { CaseCode } from '../../platform/ids.ts';
import type { ExchangeDeps } from '../change-dispatch.ts';
import { statusChanged } from '../dispatch-transitions.ts';
import { type Incoming, reported } from '../incoming.ts';

/** Tells the sender's dispatch what the receiver did: registered (03) with its incoming number, or returned (02) and why. */
export async function reportStatus(
  deps: Pick<ExchangeDeps, 'dispatches' | 'incoming' | 'events'>,
  code: CaseCode,
  at: EpochMs,
): Promise<JobOutcome> {
  const incoming = await deps.incoming.incoming(code);
  if (!incoming.pending.some((work) => work.job === 'report-status')) return 'repeated';
  const dispatch = await deps.dispatches.dispatch(incoming.dispatch);
  const change = statusChanged(dispatch, incoming.unit, outcomeOf(incoming), at);
  const { events } = deps;
  await deps.dispatches.commit([
    ...(change ? changeWrites({ cases: deps.dispatches, events }, dispatch, change).writes : []),
    ...changeWrites({ cases: deps.incoming, events }, incoming, reported(incoming, at)).writes,
  ]);
  return 'done';
}

/** What was registered and cancelled since was registered all the same. */
function outcomeOf(incoming: Incoming) {
  if (incoming.state === 'returned') return { status: 'returned', reason: incoming.reason } as const;
  if ('numberText' in incoming && incoming.numberText !== undefined) {
    return { status: 'registered', number: incoming.numberText } as const;
  }
  throw new ProblemError('invalid_state');
}
