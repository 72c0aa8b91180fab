import type { Entity, Table, Write } from '../platform/aws/table.ts';
import { formatIso } from '../platform/clock.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import { type IssuedDocument, type IssuedDocuments, issuedDocument } from './issued.ts';

const entity: Entity<IssuedDocument> = {
  name: 'IssuedDocument',
  schema: issuedDocument,
  keys: ({ sha256, code, documentId, issuedAt }) => ({
    pk: `ISSUED#${sha256}`,
    sk: 'ISSUED',
    gsi1pk: `ISSUED#${code}`,
    gsi1sk: formatIso(issuedAt),
    gsi2pk: `ISSUED#${documentId}`,
    gsi2sk: formatIso(issuedAt),
  }),
};

/** More is not asked of one code: a case issues a receipt and an answer, or one dispatch. */
const MOST = 20;

export class IssuedStore implements IssuedDocuments {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  write(entry: IssuedDocument): Write {
    return this.#table.put(entity, entry);
  }

  byHash(sha256: Sha256Hex): Promise<IssuedDocument | undefined> {
    return this.#table.get(entity, { pk: `ISSUED#${sha256}`, sk: 'ISSUED' });
  }

  async byCode(code: string): Promise<readonly IssuedDocument[]> {
    // Codes of cases and ids of documents never look alike: only one index can answer.
    const index = code.includes('-') ? 'gsi1' : 'gsi2';
    return (await this.#table.query(entity, { index, pk: `ISSUED#${code}`, limit: MOST })).items;
  }
}
