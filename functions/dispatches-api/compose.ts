import * as z from 'zod';
import { actorOf } from '../../lib/directory/actor-of.ts';
import { DirectoryStore } from '../../lib/directory/directory-store.ts';
import { DocumentStore } from '../../lib/documents/document-store.ts';
import { EventStore } from '../../lib/evidence/event-store.ts';
import { DispatchStore } from '../../lib/exchange/dispatch-store.ts';
import { IncomingStore } from '../../lib/exchange/incoming-store.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { systemRandom } from '../../lib/platform/ids.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';
import { RegisterStore } from '../../lib/registers/register-store.ts';
import { backOff } from '../../lib/requests/once.ts';
import { RequestStore } from '../../lib/requests/request-store.ts';
import { IssuedStore } from '../../lib/verification/issued-store.ts';
import type { CallerClaims } from '../http/claims.ts';

/** The function's dependencies, made once at cold start. @throws Error naming every missing variable */
export function compose(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig({ [ENV.tableName]: z.string().min(1) }, environment);
  const table = new Table(documentClient(), config.TABLE_NAME);
  const directory = new DirectoryStore(table);
  return {
    clock: systemClock,
    log: createLog(),
    random: systemRandom,
    requests: new RequestStore(table),
    backOff: backOff(Math.random),
    actorOf: (claims: CallerClaims) => actorOf({ directory }, claims),
    dispatches: new DispatchStore(table),
    incoming: new IncomingStore(table),
    documents: new DocumentStore(table),
    events: new EventStore(table),
    registers: new RegisterStore(table),
    directory,
    issued: new IssuedStore(table),
  };
}

export type DispatchesApiDeps = ReturnType<typeof compose>;
