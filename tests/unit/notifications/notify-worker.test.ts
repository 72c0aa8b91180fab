import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mailEventsWorker } from '../../../functions/mail-events-worker/worker.ts';
import type { NotifyWorkerDeps } from '../../../functions/notify-worker/compose.ts';
import { notifyWorker } from '../../../functions/notify-worker/worker.ts';
import type { PersonId, UnitCode } from '../../../lib/access/actor.ts';
import { DirectoryStore } from '../../../lib/directory/directory-store.ts';
import type { Person } from '../../../lib/directory/person.ts';
import type { Unit } from '../../../lib/directory/unit.ts';
import { MailStore } from '../../../lib/notifications/mail-store.ts';
import { documentClient } from '../../../lib/platform/aws/clients.ts';
import type { OutgoingMail } from '../../../lib/platform/aws/mailer.ts';
import { Table } from '../../../lib/platform/aws/table.ts';
import { type Aws, startAws, TABLE_NAME } from '../../support/aws.ts';
import { deliver, memoryLog } from '../../support/call.ts';

const NOW = Date.parse('2026-03-09T08:15:00+07:00');
const UNIT = 'H56.12.03' as UnitCode;

let aws: Aws;
let mails: MailStore;
let deps: NotifyWorkerDeps;
let taken: { id: string; to: readonly string[]; mail: OutgoingMail }[] = [];
/** How the mail service behaves: the process may die before it gets the mail, or after. */
let service: 'takes' | 'dies-before' | 'dies-after' = 'takes';
let clockAt = NOW;
const log = memoryLog();

beforeAll(async () => {
  aws = await startAws();
  const table = new Table(documentClient(), TABLE_NAME);
  const directory = new DirectoryStore(table);
  mails = new MailStore(table);
  const person = (id: string, change: Partial<Person>): Person => ({
    id: id as PersonId,
    name: 'Nguyễn Thị Lan',
    language: 'vi',
    assignments: [],
    keptBy: 'operator',
    certificates: [],
    version: 1,
    ...change,
  });
  const clerk = { unit: UNIT, role: 'clerk', title: 'Văn thư', from: '2026-01-01' } as const;
  const unit: Unit = {
    code: UNIT,
    name: 'UBND',
    notation: 'UBND',
    place: 'Hoằng Hóa',
    tier: 'commune',
    email: 'hop-thu@xa.example',
    formerCodes: [],
    from: '2025-07-01',
    predecessors: [],
    successors: [],
    numbering: [],
    certificates: [],
    version: 1,
  };
  await directory.commit(directory.unitWrites(unit, undefined));
  for (const each of [
    person('lan', { email: 'lan@example.vn' }),
    person('john', { email: 'john@example.vn', language: 'en' }),
    person('mute', {}),
    person('clerk-1', { email: 'c1@xa.example', assignments: [clerk] }),
    person('clerk-2', { email: 'c2@xa.example', assignments: [clerk] }),
    person('clerk-3', { email: 'c3@xa.example', assignments: [{ ...clerk, until: '2026-01-31' }] }),
  ]) {
    await directory.commit(directory.personWrites(each, undefined));
  }
  deps = {
    clock: { now: () => clockAt },
    log,
    mails,
    directory,
    portalUrl: 'https://ba-khong.example',
    mailer: {
      send: async (id: string, to: readonly string[], mail: OutgoingMail) => {
        if (service === 'dies-before') throw new Error('killed before');
        taken.push({ id, to, mail });
        if (service === 'dies-after') throw new Error('killed after');
        return { mailId: `ses-${taken.length}` };
      },
    },
  } as unknown as NotifyWorkerDeps;
});
afterAll(() => aws.close());
beforeEach(() => {
  taken = [];
  service = 'takes';
  clockAt = NOW;
});

let n = 0;
const job = (to: object, change: object = {}) => ({
  job: 'notify',
  id: `PA-TEST-${++n}-0`,
  caseId: 'PA-TEST',
  seq: n,
  template: 'petition.arrived',
  to,
  facts: { code: 'PA-TEST' },
  ...change,
});
const lan = { kind: 'person', id: 'lan' };
const body = (content: object) => JSON.stringify(content);
const send = (content: object, message: object = {}) =>
  deliver(notifyWorker(deps), { body: body(content), ...message });
const confirm = (id: string, mailId = 'ses-x') =>
  deliver(mailEventsWorker({ mails, clock: deps.clock, log: deps.log }), {
    body: body({
      source: 'aws.ses',
      'detail-type': 'Email Sent',
      detail: { mail: { messageId: mailId, tags: { 'mail-id': [id] } } },
    }),
  });

describe('recipients', () => {
  it.each([
    ['a person, in their language', { kind: 'person', id: 'john' }, ['john@example.vn'], /^New petition/],
    [
      'whoever holds the role today',
      { kind: 'unit', code: UNIT, role: 'clerk' },
      ['c1@xa.example', 'c2@xa.example'],
      /^Kiến nghị mới/,
    ],
    [
      "the unit's mailbox where nobody does",
      { kind: 'unit', code: UNIT, role: 'leader' },
      ['hop-thu@xa.example'],
      /^Kiến nghị mới/,
    ],
  ])('are %s', async (_, to, addresses, subject) => {
    expect(await send(job(to))).toEqual([]);
    expect(taken).toMatchObject([{ to: addresses, mail: { subject: expect.stringMatching(subject) } }]);
  });

  it.each([
    ['has no address', { kind: 'person', id: 'mute' }, 'no-address'],
    ['is not known', { kind: 'person', id: 'nobody' }, 'recipient-unknown'],
    ['is a unit that is not known', { kind: 'unit', code: 'H99', role: 'clerk' }, 'recipient-unknown'],
  ])('one who %s is noted as not to be reached, and the message is done', async (_, to, reason) => {
    const content = job(to);
    expect(await send(content)).toEqual([]);
    expect(await mails.find(content.id)).toMatchObject({ state: 'undeliverable', reason });
    expect(await send(content, { receives: 2 })).toEqual([]);
    expect(taken).toEqual([]);
  });
});

describe('one mail for one job', () => {
  it('when the message comes again after it was done', async () => {
    const content = job(lan);
    await send(content, { messageId: 'm' });
    expect(await send(content, { messageId: 'm', receives: 2 })).toEqual([]);
    expect(await send(content, { messageId: 'relayed-twice' })).toEqual([]);
    expect(taken).toHaveLength(1);
    expect(await mails.find(content.id)).toMatchObject({ state: 'sent', mailId: 'ses-1' });
  });

  it('when two messages of one job are worked on at the same time', async () => {
    const content = job(lan);
    const failed = await deliver(
      notifyWorker(deps),
      { body: body(content), messageId: 'a' },
      { body: body(content), messageId: 'b' },
    );
    expect(failed.length).toBeLessThanOrEqual(1);
    expect(taken).toHaveLength(1);
  });

  it('when the worker is killed before it sends: the redelivery sends', async () => {
    const content = job(lan);
    service = 'dies-before';
    expect(await send(content, { messageId: 'm' })).toEqual(['m']);
    service = 'takes';
    expect(await send(content, { messageId: 'm', receives: 2 })).toEqual([]);
    expect(taken).toHaveLength(1);
  });

  it('when it is killed right after: the report of the mail service comes before the redelivery', async () => {
    const content = job(lan);
    service = 'dies-after';
    expect(await send(content, { messageId: 'm' })).toEqual(['m']);
    expect(await confirm(content.id, 'ses-1')).toEqual([]);
    service = 'takes';
    expect(await send(content, { messageId: 'm', receives: 2 })).toEqual([]);
    expect(taken).toHaveLength(1);
    expect(await mails.find(content.id)).toMatchObject({ state: 'sent', mailId: 'ses-1' });
  });

  it('when another message meets an unfinished claim for the first time: it waits', async () => {
    const content = job(lan);
    service = 'dies-after';
    await send(content, { messageId: 'm' });
    service = 'takes';
    expect(await send(content, { messageId: 'other' })).toEqual(['other']);
    expect(taken).toHaveLength(1);
  });

  it('when a redelivered message meets a claim that is younger than its own first receipt: it waits too', async () => {
    const content = job(lan);
    service = 'dies-after';
    await send(content, { messageId: 'm' });
    service = 'takes';
    expect(await send(content, { messageId: 'other', receives: 2, firstReceivedAt: NOW - 1 })).toEqual(['other']);
    expect(await send(content, { messageId: 'other', receives: 3, firstReceivedAt: NOW + 1 })).toEqual([]);
    expect(taken).toHaveLength(2); // nothing ever told of the first: it counts as never sent
  });

  it('when the report comes twice, or for a mail that nobody claimed', async () => {
    const content = job(lan);
    await send(content);
    expect([await confirm(content.id), await confirm(content.id), await confirm('unknown')]).toEqual([[], [], []]);
    expect(await mails.find(content.id)).toMatchObject({ state: 'sent', mailId: 'ses-1' });
  });
});

describe('messages that are none', () => {
  it.each(['', '{}', '[]', body({ job: 'sign-receipt', id: 'x', caseId: 'c', seq: 1 })])(
    'go to the dead letters: %j',
    async (text) => {
      expect(await deliver(notifyWorker(deps), { body: text, messageId: 'bad' })).toEqual(['bad']);
      expect(
        await deliver(mailEventsWorker({ mails, clock: deps.clock, log: deps.log }), { body: text, messageId: 'bad' }),
      ).toEqual(['bad']);
    },
  );

  it('as does a job whose template there is not; the others of its batch are done', async () => {
    const failed = await deliver(
      notifyWorker(deps),
      { body: body(job(lan, { template: 'no.such' })), messageId: 'bad' },
      { body: body(job(lan)), messageId: 'good' },
    );
    expect(failed).toEqual(['bad']);
    expect(taken).toHaveLength(1);
  });
});

describe('the log', () => {
  it('holds no address and no name', () => {
    expect(JSON.stringify(log.lines)).not.toMatch(/@|Lan/);
  });
});
