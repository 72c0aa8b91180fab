import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SESv2Client, SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMail, type Mail, type MailEvent } from '../../../local/mail/mail.ts';
import { ACCOUNT, REGION, type ServedService, serve } from '../../contract/gateway-fixture.ts';

const NOW = Date.UTC(2026, 2, 9, 1, 15);
const events: MailEvent[] = [];
let dir: string;
let mail: Mail;
let served: ServedService;
let ses: SESv2Client;

const start = () =>
  createMail({
    dir,
    clock: { now: () => NOW },
    viewerPort: 0,
    region: REGION,
    accountId: ACCOUNT,
    onEvent: (event) => void events.push(event),
  });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mail-'));
  mail = await start();
  mail.admin.createIdentity('example.vn');
  mail.admin.addEventDestination('reports', ['send', 'bounce']);
  mail.admin.createConfigurationSet('silent');
  served = await serve(mail.service);
  ses = new SESv2Client({ ...served, maxAttempts: 1 });
});
beforeEach(() => {
  events.length = 0;
  served.takePermissions();
});
afterAll(async () => {
  ses.destroy();
  await served.close();
  await mail.close();
  await rm(dir, { recursive: true, force: true });
});

const send = (change: Partial<SendEmailCommandInput> = {}) =>
  ses.send(
    new SendEmailCommand({
      FromEmailAddress: 'Ba Không <khong-tra-loi@example.vn>',
      Destination: { ToAddresses: ['hoa@example.com'] },
      Content: {
        Simple: {
          Subject: { Data: 'Phản ánh đã được tiếp nhận', Charset: 'UTF-8' },
          Body: { Text: { Data: 'Mã số: PA-1', Charset: 'UTF-8' }, Html: { Data: '<p>Mã số: PA-1</p>' } },
          Attachments: [
            { FileName: 'biên nhận.pdf', RawContent: Buffer.from('%PDF-'), ContentType: 'application/pdf' },
          ],
        },
      },
      ConfigurationSetName: 'reports',
      EmailTags: [{ Name: 'notice', Value: 'n-1' }],
      ...change,
    }),
  );

test('a mail is kept as a MIME message that says what was asked for', async () => {
  const { MessageId } = await send();
  const kept = mail.mails().at(-1)!;
  expect(kept).toMatchObject({
    messageId: MessageId,
    at: NOW,
    from: 'khong-tra-loi@example.vn',
    to: ['hoa@example.com'],
    tags: { notice: 'n-1' },
    configurationSet: 'reports',
  });
  const message = await PostalMime.parse(await readFile(kept.emlPath));
  expect(message.subject).toBe('Phản ánh đã được tiếp nhận');
  expect(message.text?.trim()).toBe('Mã số: PA-1');
  expect(message.html).toContain('<p>Mã số: PA-1</p>');
  expect(message.attachments).toMatchObject([{ filename: 'biên nhận.pdf', mimeType: 'application/pdf' }]);
  expect(message.messageId).toBe(`<${MessageId}@${REGION}.amazonses.com>`);
  expect(Date.parse(message.date!)).toBe(NOW);
  expect((await stat(kept.emlPath)).mode & 0o777).toBe(0o600);
});

test('EventBridge hears that it was sent, with the tags of the call', async () => {
  const { MessageId } = await send();
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    source: 'aws.ses',
    'detail-type': 'Email Sent',
    account: ACCOUNT,
    region: REGION,
    time: '2026-03-09T01:15:00Z',
    detail: {
      eventType: 'Send',
      mail: {
        messageId: MessageId,
        destination: ['hoa@example.com'],
        tags: { notice: ['n-1'], 'ses:configuration-set': ['reports'], 'ses:from-domain': ['example.vn'] },
      },
    },
  });
});

test('nobody hears of it without a configuration set that reports it', async () => {
  await send({ ConfigurationSetName: 'silent' });
  await send({ ConfigurationSetName: undefined });
  expect(events).toEqual([]);
});

test('a call needs the sender’s identity and the configuration set, and says from whom to whom', async () => {
  await send();
  const context = expect.objectContaining({
    'ses:FromAddress': 'khong-tra-loi@example.vn',
    'ses:Recipients': ['hoa@example.com'],
  });
  expect(served.takePermissions()).toEqual([
    { action: 'ses:SendEmail', resource: `arn:aws:ses:${REGION}:${ACCOUNT}:identity/example.vn`, context },
    { action: 'ses:SendEmail', resource: `arn:aws:ses:${REGION}:${ACCOUNT}:configuration-set/reports`, context },
  ]);
});

test('a sender that nobody verified is refused, and nothing is kept', async () => {
  const before = mail.mails().length;
  await expect(send({ FromEmailAddress: 'someone@other.vn' })).rejects.toMatchObject({
    name: 'MessageRejected',
    message: expect.stringContaining('not verified'),
  });
  expect(mail.mails()).toHaveLength(before);
  expect(events).toEqual([]);
});

test('what SES would refuse is refused', async () => {
  await expect(send({ ConfigurationSetName: 'unknown' })).rejects.toMatchObject({ name: 'NotFoundException' });
  await expect(send({ Destination: {} })).rejects.toMatchObject({ name: 'BadRequestException' });
  await expect(send({ EmailTags: [{ Name: 'not allowed', Value: 'x' }] })).rejects.toMatchObject({
    name: 'BadRequestException',
  });
});

test('a message that the caller wrote itself is kept to the byte', async () => {
  const raw = Buffer.from('From: a@example.vn\r\nTo: b@example.com\r\nSubject: =?UTF-8?B?VGjGsA==?=\r\n\r\nbody\r\n');
  await send({ FromEmailAddress: undefined, Destination: undefined, Content: { Raw: { Data: raw } } });
  const kept = mail.mails().at(-1)!;
  expect(kept).toMatchObject({ from: 'a@example.vn', to: ['b@example.com'], subject: 'Thư' });
  expect(await readFile(kept.emlPath)).toEqual(raw);
});

test('people read the mails in a browser, also after a restart', async () => {
  await send();
  const again = await start();
  try {
    expect(again.mails()).toEqual(mail.mails());
    const page = await fetch(again.viewerUrl);
    expect(await page.text()).toContain('<html');
    const { emails } = (await (await fetch(`${again.viewerUrl}/store`)).json()) as { emails: unknown[] };
    expect(emails).toHaveLength(again.mails().length);
  } finally {
    await again.close();
  }
  expect((await readdir(dir)).filter((name) => !/\.(eml|json)$/.test(name))).toEqual([]);
});
