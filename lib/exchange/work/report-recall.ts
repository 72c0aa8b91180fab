import { changeWrites } from '../../cases/case-change.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { CaseCode } from '../../platform/ids.ts';
import type { ExchangeDeps } from '../change-dispatch.ts';
import { recallAnswered, recallReported } from '../recall-transitions.ts';

/** Tells the sender's dispatch what the receiver answered to its recall: agreed (15), or refused (16) and why. */
export async function reportRecall(
  deps: Pick<ExchangeDeps, 'dispatches' | 'incoming' | 'events'>,
  code: CaseCode,
  at: EpochMs,
): Promise<JobOutcome> {
  const incoming = await deps.incoming.incoming(code);
  if (!incoming.pending.some((work) => work.job === 'report-recall')) return 'repeated';
  const { status, refusal } = incoming.recall ?? {};
  if (status !== 'agreed' && status !== 'refused') throw new ProblemError('invalid_state');
  const dispatch = await deps.dispatches.dispatch(incoming.dispatch);
  const change = recallAnswered(dispatch, incoming.unit, { status, reason: refusal }, at);
  const { events } = deps;
  await deps.dispatches.commit([
    ...(change ? changeWrites({ cases: deps.dispatches, events }, dispatch, change).writes : []),
    ...changeWrites({ cases: deps.incoming, events }, incoming, recallReported(incoming, at)).writes,
  ]);
  return 'done';
}
