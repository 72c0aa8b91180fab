import { randomUUID } from 'node:crypto';
import type { SentMail } from './mail-store.ts';

/** An event as EventBridge carries it. */
export interface MailEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: 'aws.ses';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/** ARN of an identity or a configuration set. */
export function sesArn({ region, accountId }: Place, kind: 'identity' | 'configuration-set', name: string): string {
  return `arn:aws:ses:${region}:${accountId}:${kind}/${name}`;
}

/** What SES tells EventBridge once it has taken a mail ("Email Sent", event type Send). */
export function sentEvent(place: Place, mail: SentMail, identity: string, callerArn: string): MailEvent {
  const time = new Date(mail.at).toISOString();
  const source = sesArn(place, 'identity', identity);
  const tags = {
    'ses:operation': ['SendEmail'],
    'ses:from-domain': [mail.from.slice(mail.from.lastIndexOf('@') + 1)],
    'ses:caller-identity': [callerArn.slice(callerArn.indexOf('/') + 1).split('/')[0]],
    ...(mail.configurationSet === undefined ? {} : { 'ses:configuration-set': [mail.configurationSet] }),
    ...Object.fromEntries(Object.entries(mail.tags).map(([name, value]) => [name, [value]])),
  };
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Email Sent',
    source: 'aws.ses',
    account: place.accountId,
    time: `${time.slice(0, 19)}Z`,
    region: place.region,
    resources: mail.configurationSet === undefined ? [] : [sesArn(place, 'configuration-set', mail.configurationSet)],
    detail: {
      eventType: 'Send',
      mail: {
        timestamp: time,
        source: mail.from,
        sourceArn: source,
        sendingAccountId: place.accountId,
        messageId: mail.messageId,
        destination: [...mail.to, ...mail.cc, ...mail.bcc],
        headersTruncated: false,
        headers: [],
        commonHeaders: { from: [mail.from], to: mail.to, messageId: mail.messageId, subject: mail.subject },
        tags,
      },
      send: {},
    },
  };
}
