import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { signatureLevels } from '../../../lib/signing/signature-levels.ts';
import { NOW } from '../../support/pki/authority.ts';

const LEVELS = { receipt: 'B-T', answer: 'B-LT', dispatch: 'B-LTA', renewBeforeDays: 90 };
const TSA = { url: 'https://tsa.example/tsp', largestToken: 8192 };
const AUTHORITIES = { timestamps: [TSA], hosts: ['tsa.example'], privateAddresses: false };
const deps = { now: () => NOW, random: (octets: number) => new Uint8Array(octets) };

const read = (levels: unknown, authorities: unknown) =>
  signatureLevels({ levels: JSON.stringify(levels), authorities: JSON.stringify(authorities) }, deps);

describe('the settings of signatures', () => {
  it('say what is wanted of each document, when a timestamp is renewed, and how much room one takes', () => {
    const { wanted, renewBefore, authorities } = read(LEVELS, {
      ...AUTHORITIES,
      timestamps: [TSA, { ...TSA, largestToken: 12_288, policy: '1.2.3' }],
    });
    expect(wanted).toEqual({ receipt: 'B-T', answer: 'B-LT', dispatch: 'B-LTA' });
    expect(renewBefore).toBe(90 * 86_400_000);
    expect(authorities([]).timestamps.largestToken).toBe(12_288);
    expect(read(LEVELS, { ...AUTHORITIES, timestamps: [] }).authorities([]).timestamps.largestToken).toBe(0);
  });

  it.each<[string, object]>([
    ['a level that there is not', { answer: 'B-X' }],
    ['a level that is missing', { dispatch: undefined }],
    ['no days', { renewBeforeDays: 0 }],
    ['part of a day', { renewBeforeDays: 1.5 }],
  ])('are refused by name with %s', (_, change) => {
    expect(() => read({ ...LEVELS, ...change }, AUTHORITIES)).toThrow('SIGNATURE_LEVELS is not what it should be.');
  });

  it.each<[string, object]>([
    ['a service without an address', { timestamps: [{ largestToken: 8192 }] }],
    ['an address that is none', { timestamps: [{ ...TSA, url: 'tsa.example' }] }],
    ['a service without room for its token', { timestamps: [{ ...TSA, largestToken: 0 }] }],
    ['no list of hosts', { hosts: undefined }],
    ['a host without a name', { hosts: [''] }],
    ['no word on private addresses', { privateAddresses: undefined }],
  ])('are refused by name with %s', (_, change) => {
    expect(() => read(LEVELS, { ...AUTHORITIES, ...change })).toThrow(
      'SIGNATURE_AUTHORITIES is not what it should be.',
    );
  });

  it('are refused where they are no JSON', () => {
    expect(() => signatureLevels({ levels: 'B-LTA', authorities: '{}' }, deps)).toThrow('SIGNATURE_LEVELS');
  });

  it('let private addresses be asked only where they say so; the hosts of timestamp services count as named', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end('no timestamp');
    });
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
    const stamp = async (privateAddresses: boolean) => {
      const timestamps = [{ url: `http://127.0.0.1:${port}/timestamp`, largestToken: 8192 }];
      const { authorities } = read(LEVELS, { timestamps, hosts: [], privateAddresses });
      const refused = (error: unknown) => (error as { code: string }).code;
      return [await authorities([]).timestamps.stamp(new Uint8Array(32)).catch(refused), asked];
    };
    try {
      expect(await stamp(false)).toEqual(['timestamp_unavailable', 0]);
      expect(await stamp(true)).toEqual(['timestamp_invalid', 1]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
