import { type Entity, type Keys, NOT_THERE, type Table, type Write } from '../platform/aws/table.ts';
import { type EpochMs, formatIso } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { Id } from '../platform/ids.ts';
import { type Document, documentRecord } from './document.ts';
import type { DocumentsInUpkeep } from './documents.ts';

const WATCH = 'WATCH#document';

const entity: Entity<Document> = {
  name: 'Document',
  schema: documentRecord,
  keys: (document) => ({ pk: `DOCUMENT#${document.id}`, sk: 'DOCUMENT', ...watched(document) }),
};

/** Listed for the sweep only while there is something to look at. */
function watched({ id, upkeep }: Document): Pick<Keys, 'gsi1pk' | 'gsi1sk'> {
  return upkeep ? { gsi1pk: WATCH, gsi1sk: `${formatIso(upkeep.lookAt)}#${id}` } : {};
}

/** Records of documents in the table. */
export class DocumentStore implements DocumentsInUpkeep {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  async document(id: Id): Promise<Document> {
    const found = await this.#table.get(entity, { pk: `DOCUMENT#${id}`, sk: 'DOCUMENT' });
    if (!found) throw new ProblemError('not_found', { field: 'document' });
    return found;
  }

  putWrite(next: Document, previous: Document | undefined): Write {
    const condition = previous
      ? { expression: 'revision = :revision', values: { ':revision': previous.revision } }
      : NOT_THERE;
    return this.#table.put(entity, next, condition);
  }

  async *toLookAt(now: EpochMs): AsyncGenerator<Document> {
    for await (const document of this.#table.queryAll(entity, { index: 'gsi1', pk: WATCH, limit: 100 })) {
      if ((document.upkeep?.lookAt ?? now) > now) return;
      yield document;
    }
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#table.commit(writes);
  }
}
