import { type EpochMs, type LocalDate, localDate } from '../platform/clock.ts';
import type { Branded } from '../platform/ids.ts';

/** Subject of the sign-in provider: an opaque id, never a personal number. */
export type PersonId = Branded<'PersonId'>;
/** Code of an agency, e.g. `H56.12.03`. */
export type UnitCode = Branded<'UnitCode'>;

export type StaffRole = 'clerk' | 'officer' | 'leader';

/**
 * In which capacity a leader signs (NĐ 30/2020 art. 13): as head, KT. for the head, TM. for the collective, TL. by order,
 * TUQ. by authorisation.
 */
export type Capacity = 'head' | 'KT' | 'TM' | 'TL' | 'TUQ';

/** A person's place in a unit, dated: who may act is decided by the day on which they act. */
export interface Assignment {
  readonly unit: UnitCode;
  readonly role: StaffRole;
  /** Title as it stands under a signature, e.g. `Chủ tịch`. */
  readonly title: string;
  readonly capacity?: Capacity | undefined;
  readonly from: LocalDate;
  /** Last day; open-ended when absent. */
  readonly until?: LocalDate | undefined;
}

/** Who is asking. Everyone signed in is a citizen; assignments make staff; the provider's group makes an operator. */
export interface Actor {
  readonly personId: PersonId;
  readonly name: string;
  readonly email: string | undefined;
  readonly operator: boolean;
  readonly assignments: readonly Assignment[];
}

/** Assignments in force on the day of `at`. */
export function assignmentsAt(actor: Pick<Actor, 'assignments'>, at: EpochMs): Assignment[] {
  const day = localDate(at);
  return actor.assignments.filter((item) => item.from <= day && (item.until === undefined || day <= item.until));
}

/** Whether the actor holds one of `roles` in `unit` on the day of `at`. */
export function holds(
  actor: Pick<Actor, 'assignments'>,
  unit: UnitCode,
  roles: readonly StaffRole[],
  at: EpochMs,
): boolean {
  return assignmentsAt(actor, at).some((item) => item.unit === unit && roles.includes(item.role));
}
