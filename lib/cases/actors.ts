import type { Actor, UnitCode } from '../access/actor.ts';
import type { ActorRef } from '../evidence/case-event.ts';

/** A person who acts, for a unit where they are staff of it. */
export function personRef(actor: Pick<Actor, 'personId'>, unit?: UnitCode): ActorRef {
  return { kind: 'person', id: actor.personId, ...(unit === undefined ? {} : { unit }) };
}

/** The part of the system that acts by itself. */
export function systemRef(id: 'sign-worker' | 'delivery-worker' | 'evidence-worker' | 'sweep'): ActorRef {
  return { kind: 'system', id };
}

/** An agency that acts through its seal. */
export function unitRef(code: UnitCode): ActorRef {
  return { kind: 'unit', id: code };
}
