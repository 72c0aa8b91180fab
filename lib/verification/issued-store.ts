import type { Entity, Table, Write } from '../platform/aws/table.ts';
import { formatIso } from '../platform/clock.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import {
  type IssuedDocument,
  type IssuedDocuments,
  type IssuedExtension,
  issuedDocument,
  issuedExtension,
} from './issued.ts';

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

const extensions: Entity<IssuedExtension> = {
  name: 'IssuedExtension',
  schema: issuedExtension,
  keys: ({ sha256 }) => ({ pk: `ISSUED#${sha256}`, sk: 'EXTENSION' }),
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

  extensionWrite(entry: IssuedExtension): Write {
    return this.#table.put(extensions, entry);
  }

  async byHash(sha256: Sha256Hex): Promise<IssuedDocument | undefined> {
    const pk = `ISSUED#${sha256}`;
    const found = await this.#table.get(entity, { pk, sk: 'ISSUED' });
    if (found) return found;
    const extension = await this.#table.get(extensions, { pk, sk: 'EXTENSION' });
    return extension && this.#table.get(entity, { pk: `ISSUED#${extension.original}`, sk: 'ISSUED' });
  }

  async byCode(code: string): Promise<readonly IssuedDocument[]> {
    // Codes of cases and ids of documents never look alike: only one index can answer.
    const index = code.includes('-') ? 'gsi1' : 'gsi2';
    return (await this.#table.query(entity, { index, pk: `ISSUED#${code}`, limit: MOST })).items;
  }
}
