import * as z from 'zod';
import { DocumentStore } from '../../lib/documents/document-store.ts';
import { EventStore } from '../../lib/evidence/event-store.ts';
import { DispatchStore } from '../../lib/exchange/dispatch-store.ts';
import { IncomingStore } from '../../lib/exchange/incoming-store.ts';
import { PetitionStore } from '../../lib/petitions/petition-store.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { objectClient } from '../../lib/platform/aws/object-client.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';
import { AbandonedUploadStore } from '../../lib/sweep/abandoned-upload-store.ts';
import { composeQueues } from '../queue/compose-queues.ts';

/** The function's dependencies, made once at cold start. @throws Error naming every missing variable */
export function compose(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig({ [ENV.tableName]: z.string().min(1), [ENV.intakeBucket]: z.string().min(1) }, environment);
  const table = new Table(documentClient(), config.TABLE_NAME);
  return {
    clock: systemClock,
    log: createLog(),
    petitions: new PetitionStore(table),
    dispatches: new DispatchStore(table),
    incoming: new IncomingStore(table),
    documents: new DocumentStore(table),
    events: new EventStore(table),
    queues: composeQueues(environment),
    uploads: new AbandonedUploadStore(objectClient(), config.INTAKE_BUCKET),
  };
}
