import { type Entity, NOT_THERE, type Table, type Write } from '../../platform/aws/table.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { Id } from '../../platform/ids.ts';
import { type HolderSession, type HolderSessions, holderSession } from './holder-session.ts';

/** Kept a day longer than it may be used, so that who comes late is told why. */
const KEPT_AFTER_S = 24 * 3600;

const sessions: Entity<HolderSession> = {
  name: 'HolderSession',
  schema: holderSession,
  keys: ({ id, expiresAt }) => ({
    pk: `SIGNING#${id}`,
    sk: 'SIGNING',
    ttl: Math.ceil(expiresAt / 1000) + KEPT_AFTER_S,
  }),
};

/** Signing sessions in the table. */
export class HolderSessionStore implements HolderSessions {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  async session(id: Id): Promise<HolderSession> {
    const found = await this.#table.get(sessions, { pk: `SIGNING#${id}`, sk: 'SIGNING' });
    if (!found) throw new ProblemError('not_found', { field: 'session' });
    return found;
  }

  begin(session: HolderSession): Write {
    return this.#table.put(sessions, session, NOT_THERE);
  }

  use(session: HolderSession, at: EpochMs): Write {
    return this.#table.put(
      sessions,
      { ...session, usedAt: at },
      { expression: 'attribute_exists(pk) AND attribute_not_exists(#usedAt)', names: { '#usedAt': 'usedAt' } },
    );
  }
}
