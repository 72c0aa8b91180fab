import type { Write } from '../../lib/platform/aws/table.ts';
import type { EpochMs } from '../../lib/platform/clock.ts';
import type { RequestLog } from '../../lib/requests/request-log.ts';
import type { RequestStamp } from '../../lib/requests/request-stamp.ts';

/** Makes the write that keeps a change's answer under the caller's Idempotency-Key; goes into the change's transaction. */
export function stamped<T>(
  requests: Pick<RequestLog, 'write'>,
  definition: { readonly answer: { readonly status: number } },
  call: { readonly stamp: RequestStamp; readonly at: EpochMs },
  view: (result: T) => unknown,
): (result: T) => Write {
  return (result) => requests.write(call.stamp, { status: definition.answer.status, body: view(result) }, call.at);
}
