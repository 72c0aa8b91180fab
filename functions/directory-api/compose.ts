import * as z from 'zod';
import { actorOf } from '../../lib/directory/actor-of.ts';
import { DirectoryStore } from '../../lib/directory/directory-store.ts';
import { ImageStore } from '../../lib/directory/image-store.ts';
import { KeyStore } from '../../lib/directory/key-store.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { keyClient } from '../../lib/platform/aws/key-client.ts';
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
      [ENV.stage]: z.string().min(1),
      [ENV.tableName]: z.string().min(1),
      [ENV.imagesBucket]: z.string().min(1),
      [ENV.keyAliasPrefix]: z.string().regex(/^alias\/.+\/$/),
      [ENV.remoteSigningNames]: z.string().default('[]'),
    },
    environment,
  );
  const table = new Table(documentClient(), config.TABLE_NAME);
  const directory = new DirectoryStore(table);
  return {
    clock: systemClock,
    log: createLog(),
    requests: new RequestStore(table),
    backOff: backOff(Math.random),
    actorOf: (claims: CallerClaims) => actorOf({ directory }, claims),
    directory,
    images: new ImageStore(objectClient(), config.IMAGES_BUCKET, systemRandom),
    keys: new KeyStore(keyClient(), config.STAGE),
    aliasPrefix: config.KEY_ALIAS_PREFIX,
    remoteServices: z.array(z.string()).parse(JSON.parse(config.REMOTE_SIGNING_NAMES)),
  };
}

export type DirectoryApiDeps = ReturnType<typeof compose>;
