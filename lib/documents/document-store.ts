import { type Entity, NOT_THERE, type Table, type Write } from '../platform/aws/table.ts';
import { ProblemError } from '../platform/errors.ts';
import type { Id } from '../platform/ids.ts';
import { type Document, documentRecord } from './document.ts';
import type { Documents } from './documents.ts';

const entity: Entity<Document> = {
  name: 'Document',
  schema: documentRecord,
  keys: ({ id }) => ({ pk: `DOCUMENT#${id}`, sk: 'DOCUMENT' }),
};

/** Records of documents in the table. */
export class DocumentStore implements Documents {
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
}
