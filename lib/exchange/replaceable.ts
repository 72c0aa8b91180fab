import type { UnitCode } from '../access/actor.ts';
import type { EpochMs } from '../platform/clock.ts';
import { isProblem, ProblemError } from '../platform/errors.ts';
import type { CaseCode } from '../platform/ids.ts';
import type { ExchangeDeps } from './change-dispatch.ts';
import { type Dispatch, type DispatchIn, inState } from './dispatch.ts';
import { unitInCharge } from './unit-in-charge.ts';

const field = 'replaces';

/**
 * The issued dispatch that another one may replace: of the same unit, or of one that belongs to it now, of the same type
 * (NĐ 30/2020 art. 18), and replaced by nothing else.
 * @throws ProblemError `not_found`, `invalid_state`, `invalid_field`
 */
export async function replaceable(
  deps: Pick<ExchangeDeps, 'dispatches' | 'directory'>,
  code: CaseCode,
  by: { readonly unit: UnitCode; readonly type: string },
  at: EpochMs,
): Promise<DispatchIn<'issued'>> {
  const found = await existing(deps, code);
  if (!found || (await unitInCharge(deps.directory, found.unit, at)) !== by.unit) {
    throw new ProblemError('not_found', { field });
  }
  const original = inState(found, 'issued');
  if (original.type !== by.type) {
    throw new ProblemError('invalid_field', { field, detail: 'A document is replaced by one of the same type.' });
  }
  if (original.replacement) throw new ProblemError('invalid_state', { field, detail: 'Another dispatch replaces it.' });
  return original;
}

async function existing(
  { dispatches }: Pick<ExchangeDeps, 'dispatches'>,
  code: CaseCode,
): Promise<Dispatch | undefined> {
  try {
    return await dispatches.dispatch(code);
  } catch (error) {
    if (isProblem(error, 'not_found')) return undefined;
    throw error;
  }
}
