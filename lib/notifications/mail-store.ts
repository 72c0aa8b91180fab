import { type Condition, type Entity, NOT_THERE, type Table } from '../platform/aws/table.ts';
import { type MailRecord, mailRecord } from './mail.ts';
import type { Mails } from './mails.ts';

/** Longer than a message can live in a queue and, after that, among the dead letters. */
const KEPT_SECONDS = 90 * 24 * 3600;

const entity: Entity<MailRecord> = {
  name: 'Mail',
  schema: mailRecord,
  keys: (item) => ({ pk: `MAIL#${item.id}`, sk: 'MAIL', ttl: Math.ceil(item.at / 1000) + KEPT_SECONDS }),
};

/** Records of mails in the table. */
export class MailStore implements Mails {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  find(id: string): Promise<MailRecord | undefined> {
    return this.#table.get(entity, { pk: `MAIL#${id}`, sk: 'MAIL' });
  }

  put(next: MailRecord, previous: MailRecord | undefined): Promise<void> {
    return this.#table.commit([this.#table.put(entity, next, previous ? stillIs(previous) : NOT_THERE)]);
  }
}

function stillIs(previous: MailRecord): Condition {
  if (previous.state !== 'claimed') {
    return { expression: '#state = :state', names: { '#state': 'state' }, values: { ':state': previous.state } };
  }
  return {
    expression: '#state = :state AND messageId = :message AND receives = :receives',
    names: { '#state': 'state' },
    values: { ':state': 'claimed', ':message': previous.messageId, ':receives': previous.receives },
  };
}
