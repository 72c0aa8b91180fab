import * as z from 'zod';
import { MailStore } from '../../lib/notifications/mail-store.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';
import { mailEventsWorker } from './worker.ts';

const config = readConfig({ [ENV.tableName]: z.string().min(1) }, process.env);

export const handler = mailEventsWorker({
  mails: new MailStore(new Table(documentClient(), config.TABLE_NAME)),
  clock: systemClock,
  log: createLog(),
});
