import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { BundleObjectStore } from '../../lib/bundles/bundle-object-store.ts';
import { BundleStore } from '../../lib/bundles/bundle-store.ts';
import { DirectoryStore } from '../../lib/directory/directory-store.ts';
import { DocumentStore } from '../../lib/documents/document-store.ts';
import { ObjectStore } from '../../lib/documents/object-store.ts';
import { EventStore } from '../../lib/evidence/event-store.ts';
import { RootObjectStore } from '../../lib/evidence/roots/root-object-store.ts';
import { RootStore } from '../../lib/evidence/roots/root-store.ts';
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
import { backOff } from '../../lib/requests/once.ts';
import { revocationService } from '../../lib/signing/authorities.ts';

/** The function's dependencies, made once at cold start. @throws Error naming every missing variable */
export function compose(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(
    {
      [ENV.tableName]: z.string().min(1),
      [ENV.documentsBucket]: z.string().min(1),
      [ENV.bundlesBucket]: z.string().min(1),
      [ENV.signatureAuthorities]: z.string().min(1),
    },
    environment,
  );
  const table = new Table(documentClient(), config.TABLE_NAME);
  const objects = objectClient();
  return {
    clock: systemClock,
    log: createLog(),
    backOff: backOff(Math.random),
    petitions: new PetitionStore(table),
    dispatches: new DispatchStore(table),
    incoming: new IncomingStore(table),
    documents: new DocumentStore(table),
    events: new EventStore(table),
    directory: new DirectoryStore(table),
    revocation: revocationService(config.SIGNATURE_AUTHORITIES, (octets) => randomBytes(octets)),
    roots: new RootStore(table),
    rootObjects: new RootObjectStore(objects, config.DOCUMENTS_BUCKET),
    documentObjects: new ObjectStore(objects, config.DOCUMENTS_BUCKET),
    bundles: new BundleStore(table),
    bundleObjects: new BundleObjectStore(objects, config.BUNDLES_BUCKET),
  };
}

export type EvidenceWorkerDeps = ReturnType<typeof compose>;
