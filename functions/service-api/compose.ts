import * as z from 'zod';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';
import { admission, CLIENT_SETTINGS } from '../http/client-limits.ts';

/** The function's dependencies, made once at cold start. @throws Error naming every missing variable */
export function compose(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(
    { [ENV.stage]: z.string().min(1), [ENV.tableName]: z.string().min(1), ...CLIENT_SETTINGS },
    environment,
  );
  return {
    clock: systemClock,
    log: createLog(),
    admit: admission(new Table(documentClient(), config.TABLE_NAME), config),
    stage: config.STAGE,
  };
}
