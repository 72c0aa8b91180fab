import { type Entity, NOT_THERE, type Table, type Write } from '../../platform/aws/table.ts';
import type { Id } from '../../platform/ids.ts';
import { type Upload, upload } from './upload.ts';
import type { Uploads } from './uploads.ts';

const DAY_MS = 24 * 3_600_000;
/** What never arrived is forgotten after a day, what was settled after a month; its events stay. */
const KEPT_MS: Record<Upload['state'], number> = {
  awaiting: DAY_MS,
  checking: 30 * DAY_MS,
  accepted: 30 * DAY_MS,
  refused: 30 * DAY_MS,
};

const entity: Entity<Upload> = {
  name: 'Upload',
  schema: upload,
  keys: (item) => ({
    pk: `UPLOAD#${item.id}`,
    sk: 'UPLOAD',
    ttl: Math.ceil((item.expiresAt + KEPT_MS[item.state]) / 1000),
  }),
};

/** Records of uploads in the table. */
export class UploadStore implements Uploads {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  find(id: Id): Promise<Upload | undefined> {
    return this.#table.get(entity, { pk: `UPLOAD#${id}`, sk: 'UPLOAD' });
  }

  putWrite(next: Upload, previous: Upload | undefined): Write {
    const condition = previous
      ? { expression: 'revision = :revision', values: { ':revision': previous.revision } }
      : NOT_THERE;
    return this.#table.put(entity, next, condition);
  }
}
