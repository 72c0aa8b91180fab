import * as z from 'zod';
import { DocumentStore } from '../../lib/documents/document-store.ts';
import { ObjectStore } from '../../lib/documents/object-store.ts';
import { IntakeStore } from '../../lib/documents/uploads/intake-store.ts';
import { UploadStore } from '../../lib/documents/uploads/upload-store.ts';
import { EventStore } from '../../lib/evidence/event-store.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { objectClient } from '../../lib/platform/aws/object-client.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';

/** The function's dependencies, made once at cold start. @throws Error naming every missing variable */
export function compose(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(
    {
      [ENV.tableName]: z.string().min(1),
      [ENV.intakeBucket]: z.string().min(1),
      [ENV.documentsBucket]: z.string().min(1),
    },
    environment,
  );
  const table = new Table(documentClient(), config.TABLE_NAME);
  const client = objectClient();
  return {
    clock: systemClock,
    log: createLog(),
    uploads: new UploadStore(table),
    intake: new IntakeStore(client, config.INTAKE_BUCKET),
    documents: new DocumentStore(table),
    objects: new ObjectStore(client, config.DOCUMENTS_BUCKET),
    events: new EventStore(table),
    commit: table.commit.bind(table),
  };
}

export type IntakeWorkerDeps = ReturnType<typeof compose>;
