import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { DirectoryStore } from '../../lib/directory/directory-store.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';
import { revocationService } from '../../lib/signing/authorities.ts';
import { IssuedStore } from '../../lib/verification/issued-store.ts';

/** The function's dependencies, made once at cold start. @throws Error naming every missing variable */
export function compose(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(
    { [ENV.tableName]: z.string().min(1), [ENV.signatureAuthorities]: z.string().min(1) },
    environment,
  );
  const table = new Table(documentClient(), config.TABLE_NAME);
  return {
    clock: systemClock,
    log: createLog(),
    directory: new DirectoryStore(table),
    revocation: revocationService(config.SIGNATURE_AUTHORITIES, (octets) => randomBytes(octets)),
    issued: new IssuedStore(table),
  };
}

export type VerifyApiDeps = ReturnType<typeof compose>;
