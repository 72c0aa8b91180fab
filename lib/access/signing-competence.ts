import { type EpochMs, localDate } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { type Actor, type Assignment, assignmentsAt, type Capacity, type UnitCode } from './actor.ts';

/** A capacity to sign in, as it stood on the day: what the signature is made for. */
export interface Competence {
  readonly title: string;
  readonly capacity: Capacity;
}

/** The nearest to the head signs, where someone holds several. */
const ORDER: readonly Capacity[] = ['head', 'TM', 'KT', 'TL', 'TUQ'];

/** Types that a capacity does not reach: whoever signs by authorisation may not pass it on (NĐ 30/2020 art. 13.4). */
const OUT_OF_REACH: Partial<Record<Capacity, readonly string[]>> = { TUQ: ['giay-uy-quyen'] };

/**
 * In which capacity the caller signs for the unit on the day of `at` (NĐ 30/2020 art. 13). Authorisation (TUQ.) counts
 * only when limited in time, and never for what would pass it on.
 * @param type document type, by id
 * @throws ProblemError `signer_not_competent`
 */
export function competenceOf(actor: Pick<Actor, 'assignments'>, unit: UnitCode, type: string, at: EpochMs): Competence {
  const held = assignmentsAt(actor, at)
    .filter((item) => item.unit === unit && item.role === 'leader')
    .flatMap((item) =>
      item.capacity && reaches(item, item.capacity, type) ? [{ ...item, capacity: item.capacity }] : [],
    )
    .sort((a, b) => ORDER.indexOf(a.capacity) - ORDER.indexOf(b.capacity));
  const best = held[0];
  if (!best) throw new ProblemError('signer_not_competent', { detail: `On ${localDate(at)}.` });
  return { title: best.title, capacity: best.capacity };
}

function reaches(assignment: Assignment, capacity: Capacity, type: string): boolean {
  if (capacity === 'TUQ' && assignment.until === undefined) return false;
  return !(OUT_OF_REACH[capacity] ?? []).includes(type);
}

/**
 * Title and capacity as they stand above a signature (annex I): `KT. CHỦ TỊCH` over `PHÓ CHỦ TỊCH`; the head's title stands
 * alone.
 * @param principal for whom it is signed: the head's title, or the collective
 */
export function printedTitle({
  title,
  capacity,
  principal,
}: Competence & { readonly principal?: string | undefined }): string[] {
  const own = title.toLocaleUpperCase('vi');
  if (capacity === 'head') return [own];
  return principal === undefined ? [`${capacity}. ${own}`] : [`${capacity}. ${principal.toLocaleUpperCase('vi')}`, own];
}
