import type { Actor, UnitCode } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import type { Page } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { RegisterEntry, RegisterKind } from '../registers/register-entry.ts';
import type { Registers } from '../registers/registers.ts';
import type { PageRequest } from './exchange.ts';

export interface RegisterQuery extends PageRequest {
  readonly unit: UnitCode;
  readonly kind: RegisterKind;
  readonly year: number;
  readonly sequence: string;
}

/** A unit's register of a year, in the order of its numbers, for its staff. @throws ProblemError `not_found`, `bad_cursor` */
export async function readRegister(
  deps: { readonly registers: Registers },
  actor: Actor,
  { unit, kind, year, sequence, ...page }: RegisterQuery,
  at: EpochMs,
): Promise<Page<RegisterEntry>> {
  authorize(actor, 'register.read', { unit }, at, 'register.read');
  return deps.registers.entries({ register: kind, unit, year, sequence }, page);
}
