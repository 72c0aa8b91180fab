import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientAddress } from '../../../functions/http/client-address.ts';
import { admitClient } from '../../../lib/client-limits/admit-client.ts';
import { clientMark, clientNetwork } from '../../../lib/client-limits/client-mark.ts';
import { TokenBucketStore } from '../../../lib/client-limits/token-bucket-store.ts';
import { documentClient } from '../../../lib/platform/aws/clients.ts';
import { Table } from '../../../lib/platform/aws/table.ts';
import { isProblem } from '../../../lib/platform/errors.ts';
import { systemRandom } from '../../../lib/platform/ids.ts';
import { type Aws, startAws, TABLE_NAME } from '../../support/aws.ts';

describe('what counts as one client', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', 'unknown'],
    ['none', 'unknown'],
  ])('%s: %s', (address, network) => expect(clientNetwork(address)).toBe(network));

  it('is marked by a hash that differs with secret, act and client, and tells none of them', () => {
    const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const marks = [
      clientMark(one, 'look-up', '203.0.113.7'),
      clientMark(other, 'look-up', '203.0.113.7'),
      clientMark(one, 'upload', '203.0.113.7'),
      clientMark(one, 'look-up', '203.0.113.8'),
    ];
    expect(new Set(marks).size).toBe(4);
    for (const mark of marks) expect(mark).toMatch(/^[\w-]{22}$/);
    expect(clientMark(one, 'look-up', '2001:db8::1')).toBe(clientMark(one, 'look-up', '2001:db8::ffff:1'));
  });
});

describe('whose request it is', () => {
  const event = (headers: Record<string, string>) =>
    ({ headers, requestContext: { http: { sourceIp: '198.51.100.1' } } }) as never;
  const viewer = (address: string) =>
    clientAddress(event({ 'cloudfront-viewer-address': address }), 'cloudfront-viewer-address');

  it('is told by the connection, whatever headers claim', () => {
    const claimed = { 'x-forwarded-for': '203.0.113.7', 'cloudfront-viewer-address': '203.0.113.7:1' };
    expect(clientAddress(event(claimed), undefined)).toBe('198.51.100.1');
  });

  it('is told by the header where a proxy that nobody passes by sets it, and else by the connection', () => {
    expect(viewer('203.0.113.7:46532')).toBe('203.0.113.7');
    expect(viewer('2001:db8::1:46532')).toBe('2001:db8::1');
    expect(viewer('[2001:db8::1]:46532')).toBe('2001:db8::1');
    expect(viewer('unknown')).toBe('198.51.100.1');
    expect(clientAddress(event({}), 'cloudfront-viewer-address')).toBe('198.51.100.1');
  });
});

describe('a bucket in the table', () => {
  let aws: Aws;
  let table: Table;
  const START = Date.parse('2026-03-09T12:00:00Z');
  const limits = {
    'look-up': { burst: 3, perMinute: 6 },
    verification: { burst: 1, perMinute: 1 },
    upload: { burst: 5, perMinute: 60 },
  };
  beforeAll(async () => {
    aws = await startAws();
    table = new Table(documentClient(), TABLE_NAME);
  });
  afterAll(() => aws?.close());

  /** An instance of a function: with nothing in memory. `taken`, or the seconds after which to come again. */
  const ask = async (act: keyof typeof limits, address: string, at: number): Promise<'taken' | number | undefined> => {
    try {
      await admitClient({ buckets: new TokenBucketStore(table, systemRandom), limits }, act, address, at);
      return 'taken';
    } catch (error) {
      if (isProblem(error, 'too_many_requests')) return error.retryAfter;
      throw error;
    }
  };

  it('gives the burst at once, then one token an interval, and says when', async () => {
    const at = (seconds: number) => ask('look-up', '203.0.113.1', START + seconds * 1000);
    expect([await at(0), await at(0), await at(0), await at(0)]).toEqual(['taken', 'taken', 'taken', 10]);
    expect([await at(4), await at(9.999), await at(10), await at(10)]).toEqual([6, 1, 'taken', 10]);
    // Never more than the burst, however long nobody came.
    expect([await at(500), await at(500), await at(500), await at(500)]).toEqual(['taken', 'taken', 'taken', 10]);
  });

  it('is one for each client and each act', async () => {
    expect(await ask('verification', '203.0.113.2', START)).toBe('taken');
    expect(await ask('verification', '203.0.113.2', START)).toBe(60);
    expect(await ask('verification', '203.0.113.3', START)).toBe('taken');
    expect(await ask('upload', '203.0.113.2', START)).toBe('taken');
    expect(await ask('verification', '2001:db8::1', START)).toBe('taken');
    expect(await ask('verification', '2001:db8::2', START)).toBe(60);
    expect(await ask('verification', '2001:db8:0:1::2', START)).toBe('taken');
  });

  it('gives no token twice, however many ask at once', async () => {
    for (const [n, before] of [0, 4].entries()) {
      const address = `203.0.113.${10 + n}`;
      for (let i = 0; i < before; i++) await ask('upload', address, START);
      const answers = await Promise.all(Array.from({ length: 12 }, () => ask('upload', address, START)));
      expect(answers.filter((answer) => answer === 'taken')).toHaveLength(5 - before);
      expect(new Set(answers.filter((answer) => answer !== 'taken'))).toEqual(new Set([1]));
    }
  });

  it('is kept under a mark that all instances agree on for a day, and that another day has another of', async () => {
    const secrets = await Promise.all(
      [START, START + 3_600_000, START + 24 * 3_600_000].map((at) =>
        new TokenBucketStore(table, systemRandom).secret(at),
      ),
    );
    const [first, sameDay, nextDay] = secrets.map((secret) => Buffer.from(secret).toString('hex'));
    expect(sameDay).toBe(first);
    expect(nextDay).not.toBe(first);
    expect(Buffer.from(first ?? '', 'hex')).toHaveLength(32);
  });
});
