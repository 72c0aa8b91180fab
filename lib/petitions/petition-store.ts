import * as z from 'zod';
import type { PersonId, UnitCode } from '../access/actor.ts';
import { personId } from '../directory/person.ts';
import { type Entity, type Keys, NOT_THERE, type Page, type Table, type Write } from '../platform/aws/table.ts';
import { type EpochMs, formatIso } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { CaseCode } from '../platform/ids.ts';
import { isClosed, type Petition, petitionRecord } from './petition.ts';
import type { PageRequest, Petitions } from './petitions.ts';

const WATCH = 'WATCH#petition';
const key = (code: string) => ({ pk: `CASE#${code}`, sk: 'CASE' });
const queue = (unit: UnitCode, which: 'open' | 'closed') => `PETITIONS#${unit}#${which}`;

const entity: Entity<Petition> = {
  name: 'Petition',
  schema: petitionRecord,
  keys: (petition) => ({ ...key(petition.code), ...inQueue(petition), ...watched(petition) }),
};

/** Where it stands in its unit's queue: by due date, before acceptance by arrival, which is earlier than any due date. */
function inQueue(petition: Petition): Pick<Keys, 'gsi2pk' | 'gsi2sk'> {
  const which = isClosed(petition) ? 'closed' : 'open';
  const at = which === 'open' && 'due' in petition && petition.due ? petition.due.at : petition.submittedAt;
  return { gsi2pk: queue(petition.unit, which), gsi2sk: `${formatIso(at)}#${petition.code}` };
}

/** Listed for the sweep only while there is something to look at: work under way, or a deadline that may pass. */
function watched(petition: Petition): Pick<Keys, 'gsi1pk' | 'gsi1sk'> {
  const times = petition.pending.map((work) => work.lookAt);
  if (!isClosed(petition) && 'due' in petition && petition.due && petition.lateSince === undefined) {
    times.push(petition.due.at);
  }
  return times.length === 0 ? {} : { gsi1pk: WATCH, gsi1sk: `${formatIso(Math.min(...times))}#${petition.code}` };
}

/** A citizen's list: written once, with the petition. */
const owned = z.object({ owner: personId, code: z.string(), submittedAt: z.number().int() });
const pointers: Entity<z.infer<typeof owned>> = {
  name: 'PetitionOfOwner',
  schema: owned,
  keys: (item) => ({ pk: `PERSON#${item.owner}`, sk: `PETITION#${formatIso(item.submittedAt)}#${item.code}` }),
};

/** Petitions in the table. Each write holds only if the log still ends where it was read. */
export class PetitionStore implements Petitions {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  async petition(code: CaseCode): Promise<Petition> {
    const found = await this.find(code);
    if (!found) throw new ProblemError('not_found', { field: 'code' });
    return found;
  }

  find(code: CaseCode): Promise<Petition | undefined> {
    return this.#table.get(entity, key(code));
  }

  writes(next: Petition, previous: Petition | undefined): Write[] {
    if (!previous) {
      const { owner, code, submittedAt } = next;
      return [this.#table.put(entity, next, NOT_THERE), this.#table.put(pointers, { owner, code, submittedAt })];
    }
    return [
      this.#table.put(entity, next, {
        expression: '#log.#seq = :seq',
        names: { '#log': 'log', '#seq': 'seq' },
        values: { ':seq': previous.log.seq },
      }),
    ];
  }

  async ofOwner(owner: PersonId, page: PageRequest): Promise<Page<Petition>> {
    const listed = await this.#table.query(pointers, {
      pk: `PERSON#${owner}`,
      skPrefix: 'PETITION#',
      descending: true,
      ...page,
    });
    const found = await this.#table.getAll(
      entity,
      listed.items.map(({ code }) => key(code)),
    );
    const items = listed.items.flatMap(({ code }) => found.find((petition) => petition.code === code) ?? []);
    return listed.cursor === undefined ? { items } : { items, cursor: listed.cursor };
  }

  ofUnit(unit: UnitCode, which: 'open' | 'closed', page: PageRequest): Promise<Page<Petition>> {
    return this.#table.query(entity, {
      index: 'gsi2',
      pk: queue(unit, which),
      descending: which === 'closed',
      ...page,
    });
  }

  async *toLookAt(now: EpochMs): AsyncGenerator<Petition> {
    const until = `${formatIso(now)}#~`;
    for await (const petition of this.#table.queryAll(entity, { index: 'gsi1', pk: WATCH, limit: 100 })) {
      if ((watched(petition).gsi1sk ?? until) > until) return;
      yield petition;
    }
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#table.commit(writes);
  }
}
