import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { DirectoryStore } from '../../lib/directory/directory-store.ts';
import { asTrustAnchors } from '../../lib/directory/trust.ts';
import { LoggedEventStore } from '../../lib/evidence/logged-event-store.ts';
import { RootObjectStore } from '../../lib/evidence/roots/root-object-store.ts';
import { RootStore } from '../../lib/evidence/roots/root-store.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { objectClient } from '../../lib/platform/aws/object-client.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';
import { signatureLevels } from '../../lib/signing/signature-levels.ts';

/** The function's dependencies, made once at cold start. @throws Error naming every missing variable */
export function compose(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(
    {
      [ENV.tableName]: z.string().min(1),
      [ENV.documentsBucket]: z.string().min(1),
      [ENV.signatureLevels]: z.string().min(1),
      [ENV.signatureAuthorities]: z.string().min(1),
    },
    environment,
  );
  const table = new Table(documentClient(), config.TABLE_NAME);
  const directory = new DirectoryStore(table);
  const levels = signatureLevels(
    { levels: config.SIGNATURE_LEVELS, authorities: config.SIGNATURE_AUTHORITIES },
    { now: () => systemClock.now(), random: (octets) => randomBytes(octets) },
  );
  return {
    clock: systemClock,
    log: createLog(),
    logged: new LoggedEventStore(table),
    roots: new RootStore(table),
    objects: new RootObjectStore(objectClient(), config.DOCUMENTS_BUCKET),
    stamp: async (sha256: string) => {
      const trust = (await directory.trustAnchors()).flatMap(asTrustAnchors);
      return levels.authorities(trust).timestamps.stamp(Buffer.from(sha256, 'hex'));
    },
  };
}
