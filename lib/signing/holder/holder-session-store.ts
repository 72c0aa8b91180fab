import { type Entity, NOT_THERE, type Table, type Write } from '../../platform/aws/table.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { Id } from '../../platform/ids.ts';
import {
  type HolderSession,
  type HolderSessions,
  holderSession,
  type OpenSessions,
  oneMore,
  openSessions,
  type SessionScope,
} from './holder-session.ts';

/** Kept a day longer than it may be used, so that who comes late is told why. */
const KEPT_AFTER_S = 24 * 3600;

const sessions: Entity<HolderSession> = {
  name: 'HolderSession',
  schema: holderSession,
  keys: ({ id, expiresAt }) => ({
    ...sessionKeys(id),
    ttl: Math.ceil(expiresAt / 1000) + KEPT_AFTER_S,
  }),
};

const openLists: Entity<OpenSessions> = {
  name: 'OpenHolderSessions',
  schema: openSessions,
  keys: (open) => ({
    ...openKeys(open),
    ttl: Math.ceil(Math.max(...open.sessions.map(({ expiresAt }) => expiresAt)) / 1000) + KEPT_AFTER_S,
  }),
};

function sessionKeys(id: Id) {
  return { pk: `SIGNING#${id}`, sk: 'SIGNING' };
}

function openKeys({ caseId, person, sha256 }: SessionScope) {
  return { pk: `SIGNING#${caseId}`, sk: `OPEN#${person}#${sha256}` };
}

/** Signing sessions in the table. */
export class HolderSessionStore implements HolderSessions {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  async session(id: Id): Promise<HolderSession> {
    const found = await this.#table.get(sessions, sessionKeys(id));
    if (!found) throw new ProblemError('not_found', { field: 'session' });
    return found;
  }

  async openOf(scope: SessionScope, at: EpochMs): Promise<OpenSessions> {
    const list = await this.#table.get(openLists, openKeys(scope));
    if (!list) return { ...scope, writes: 0, sessions: [] };
    const lasting = list.sessions.filter(({ expiresAt }) => at <= expiresAt);
    const kept = await this.#table.getAll(
      sessions,
      lasting.map(({ id }) => sessionKeys(id)),
    );
    const used = new Set(kept.filter(({ usedAt }) => usedAt !== undefined).map(({ id }) => id));
    return { ...list, sessions: lasting.filter(({ id }) => !used.has(id)) };
  }

  begin(session: HolderSession, open: OpenSessions): Write[] {
    const unchanged = {
      expression: '#writes = :writes',
      names: { '#writes': 'writes' },
      values: { ':writes': open.writes },
    };
    return [
      this.#table.put(sessions, session, NOT_THERE),
      this.#table.put(openLists, oneMore(open, session), open.writes === 0 ? NOT_THERE : unchanged),
    ];
  }

  use(session: HolderSession, at: EpochMs): Write {
    return this.#table.put(
      sessions,
      { ...session, usedAt: at },
      { expression: 'attribute_exists(pk) AND attribute_not_exists(#usedAt)', names: { '#usedAt': 'usedAt' } },
    );
  }
}
