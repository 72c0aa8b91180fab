import * as z from 'zod';
import { DirectoryStore } from '../../lib/directory/directory-store.ts';
import { MailStore } from '../../lib/notifications/mail-store.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { mailClient } from '../../lib/platform/aws/mail-client.ts';
import { SesMailer } from '../../lib/platform/aws/mailer.ts';
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
      [ENV.mailSender]: z.string().min(1),
      [ENV.mailConfigurationSet]: z.string().min(1),
      [ENV.portalUrl]: z.url(),
    },
    environment,
  );
  const table = new Table(documentClient(), config.TABLE_NAME);
  return {
    clock: systemClock,
    log: createLog(),
    mails: new MailStore(table),
    mailer: new SesMailer(mailClient(), config.MAIL_SENDER, config.MAIL_CONFIGURATION_SET),
    directory: new DirectoryStore(table),
    portalUrl: config.PORTAL_URL,
  };
}

export type NotifyWorkerDeps = ReturnType<typeof compose>;
