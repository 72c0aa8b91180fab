import * as z from 'zod';
import { actorOf } from '../../lib/directory/actor-of.ts';
import { DirectoryStore } from '../../lib/directory/directory-store.ts';
import { ImageStore } from '../../lib/directory/image-store.ts';
import { DocumentStore } from '../../lib/documents/document-store.ts';
import { ObjectStore } from '../../lib/documents/object-store.ts';
import { EventStore } from '../../lib/evidence/event-store.ts';
import { DispatchStore } from '../../lib/exchange/dispatch-store.ts';
import { PetitionStore } from '../../lib/petitions/petition-store.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { objectClient } from '../../lib/platform/aws/object-client.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { systemRandom } from '../../lib/platform/ids.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';
import { RegisterStore } from '../../lib/registers/register-store.ts';
import { backOff } from '../../lib/requests/once.ts';
import { RequestStore } from '../../lib/requests/request-store.ts';
import { HolderSessionStore } from '../../lib/signing/holder/holder-session-store.ts';
import { fontsIn } from '../fonts/fonts-in.ts';
import type { CallerClaims } from '../http/claims.ts';

const octets = z.number().int().nonnegative();
const timestampRoom = z.object({ answer: octets, dispatch: octets });

/** The function's dependencies, made once at cold start. @throws Error naming every missing variable */
export function compose(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(
    {
      [ENV.tableName]: z.string().min(1),
      [ENV.documentsBucket]: z.string().min(1),
      [ENV.imagesBucket]: z.string().min(1),
      [ENV.fontsDir]: z.string().min(1),
      LAMBDA_TASK_ROOT: z.string().default('.'),
      [ENV.timestampRoom]: z.string().min(1),
    },
    environment,
  );
  const table = new Table(documentClient(), config.TABLE_NAME);
  const directory = new DirectoryStore(table);
  return {
    clock: systemClock,
    log: createLog(),
    random: systemRandom,
    requests: new RequestStore(table),
    backOff: backOff(Math.random),
    actorOf: (claims: CallerClaims) => actorOf({ directory }, claims),
    petitions: new PetitionStore(table),
    dispatches: new DispatchStore(table),
    documents: new DocumentStore(table),
    objects: new ObjectStore(objectClient(), config.DOCUMENTS_BUCKET),
    images: new ImageStore(objectClient(), config.IMAGES_BUCKET, systemRandom),
    events: new EventStore(table),
    registers: new RegisterStore(table),
    sessions: new HolderSessionStore(table),
    directory,
    timestampRoom: timestampRoom.parse(JSON.parse(config.TIMESTAMP_ROOM)),
    fonts: fontsIn(config.LAMBDA_TASK_ROOT, config.FONTS_DIR),
  };
}

export type SigningApiDeps = ReturnType<typeof compose>;
