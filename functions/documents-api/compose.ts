import * as z from 'zod';
import { actorOf } from '../../lib/directory/actor-of.ts';
import { DirectoryStore } from '../../lib/directory/directory-store.ts';
import { DocumentStore } from '../../lib/documents/document-store.ts';
import { ObjectStore } from '../../lib/documents/object-store.ts';
import { FormStore } from '../../lib/documents/uploads/form-store.ts';
import { UploadStore } from '../../lib/documents/uploads/upload-store.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { objectClient } from '../../lib/platform/aws/object-client.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { systemRandom } from '../../lib/platform/ids.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';
import { backOff } from '../../lib/requests/once.ts';
import { RequestStore } from '../../lib/requests/request-store.ts';
import type { CallerClaims } from '../http/claims.ts';

/** The function's dependencies, made once at cold start. @throws Error naming every missing variable */
export function compose(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(
    {
      [ENV.tableName]: z.string().min(1),
      [ENV.intakeBucket]: z.string().min(1),
      [ENV.documentsBucket]: z.string().min(1),
      [ENV.maxUploadBytes]: z.coerce.number().int().positive(),
    },
    environment,
  );
  const table = new Table(documentClient(), config.TABLE_NAME);
  const client = objectClient();
  const directory = new DirectoryStore(table);
  return {
    clock: systemClock,
    log: createLog(),
    random: systemRandom,
    requests: new RequestStore(table),
    backOff: backOff(Math.random),
    actorOf: (claims: CallerClaims) => actorOf({ directory }, claims),
    uploads: new UploadStore(table),
    forms: new FormStore(client, config.INTAKE_BUCKET),
    documents: new DocumentStore(table),
    links: new ObjectStore(client, config.DOCUMENTS_BUCKET),
    commit: table.commit.bind(table),
    maxBytes: config.MAX_UPLOAD_BYTES,
  };
}

export type DocumentsApiDeps = ReturnType<typeof compose>;
