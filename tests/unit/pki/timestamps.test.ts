import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DerError } from '../../../lib/pki/der.ts';
import {
  createTimestampClient,
  type TimestampAuthority,
  type TimestampDeps,
} from '../../../lib/pki/timestamp-client.ts';
import { encodeTimestampRequest } from '../../../lib/pki/timestamp-request.ts';
import { readTimestampResponse } from '../../../lib/pki/timestamp-token.ts';
import { type TimestampExpectation, verifyTimestampToken } from '../../../lib/pki/verify-timestamp-token.ts';
import { acceptsSignature } from '../../../lib/signatures/validation/algorithm-policy.ts';
import type { Fault } from '../../../local/authority/faults.ts';
import { answerTimestamp, TIMESTAMP_POLICY } from '../../../local/authority/timestamp-service.ts';
import { createAuthority, keyPair, NOW } from '../../support/pki/authority.ts';
import {
  BASE_URL,
  counted,
  type DevelopmentAuthority,
  openDevelopmentAuthority,
  serviceWith,
} from '../../support/pki/development-authority.ts';

const DIGEST = createHash('sha256').update('tờ trình').digest();
const HERE = { url: `${BASE_URL}/timestamp`, largestToken: 4096 };
const ELSEWHERE = { url: 'http://elsewhere.example/timestamp', largestToken: 6000 };

let development: DevelopmentAuthority;
let waits: number[];
let deps: TimestampDeps;
beforeAll(async () => {
  development = await openDevelopmentAuthority();
  const { send, trust } = development;
  const wait = async (attempt: number) => void waits.push(attempt);
  deps = { send, trust, accepts: acceptsSignature, random: counted(), now: () => NOW, attempts: 3, wait };
});
afterAll(() => development.close());

async function withFault<T>(fault: Fault, run: () => Promise<T>): Promise<T> {
  waits = [];
  development.authority.faults.set('timestamp', fault);
  try {
    return await run();
  } finally {
    development.authority.faults.delete('timestamp');
  }
}

describe('the client', () => {
  const stamp = (options: Partial<TimestampDeps> = {}, authorities: readonly TimestampAuthority[] = [HERE]) =>
    createTimestampClient(authorities, { ...deps, ...options }).stamp(DIGEST);

  test('gives a token that says what was timestamped and when', async () => {
    const { faults, info, path } = verifyTimestampToken(await stamp(), {
      digest: () => DIGEST,
      policy: TIMESTAMP_POLICY,
      trust: deps,
    });
    expect(faults).toEqual([]);
    expect(info).toMatchObject({ hash: 'sha256', policy: TIMESTAMP_POLICY, time: NOW });
    expect(path).toHaveLength(3);
  });

  test.each([
    ['garbage', 'timestamp_invalid', undefined],
    ['refused', 'timestamp_invalid', 'refused with status 2'],
    ['other_hash', 'timestamp_invalid', 'imprint_wrong'],
    ['wrong_nonce', 'timestamp_invalid', 'nonce_wrong'],
    ['wrong_key', 'timestamp_invalid', 'signature_wrong'],
    ['down', 'timestamp_unavailable', 'status 503'],
    ['late', 'timestamp_unavailable', 'no answer in time'],
  ] as const)('%s is %s', async (fault, code, detail) => {
    const refusal = { code, ...(detail ? { detail } : {}) };
    await withFault(fault, () => expect(stamp()).rejects.toMatchObject(refusal));
    // Only silence is worth another attempt.
    expect(waits).toEqual(code === 'timestamp_unavailable' ? [1, 2] : []);
  });

  test('insists on the policy that it asked for', async () => {
    const authority = { ...HERE, policy: TIMESTAMP_POLICY };
    await expect(stamp({}, [authority])).resolves.toBeDefined();
    await withFault('other_policy', () =>
      expect(stamp({}, [authority])).rejects.toMatchObject({ detail: 'policy_wrong' }),
    );
    await expect(stamp({}, [{ ...HERE, policy: '1.2.3' }])).rejects.toMatchObject({ code: 'timestamp_invalid' });
  });

  test('refuses one that states another time than the present', async () => {
    const near = 4 * 60_000;
    const far = 6 * 60_000;
    for (const now of [NOW - near, NOW + near]) await expect(stamp({ now: () => now })).resolves.toBeDefined();
    for (const now of [NOW - far, NOW + far])
      await expect(stamp({ now: () => now })).rejects.toMatchObject({
        code: 'timestamp_invalid',
        detail: 'time_wrong',
      });
  });

  test('refuses one that is larger than its authority’s largest: there is no room for it', async () => {
    const { length } = await stamp();
    const small = { ...HERE, largestToken: length - 200 };
    await expect(stamp({}, [small])).rejects.toMatchObject({ code: 'timestamp_invalid' });
    await expect(stamp({}, [small, HERE])).resolves.toBeDefined();
  });

  test('believes only authorities that the trust list leads to', async () => {
    await expect(stamp({ trust: [] })).rejects.toMatchObject({ code: 'timestamp_invalid', detail: 'no_path_to_trust' });
  });

  test('asks the next authority when one fails, and says what was wrong when all do', async () => {
    await expect(stamp({}, [ELSEWHERE, HERE])).resolves.toBeDefined();
    await expect(stamp({}, [ELSEWHERE])).rejects.toMatchObject({ code: 'timestamp_unavailable' });
    await withFault('garbage', () =>
      expect(stamp({}, [HERE, ELSEWHERE])).rejects.toMatchObject({ code: 'timestamp_invalid' }),
    );
    await expect(stamp({}, [])).rejects.toMatchObject({ code: 'timestamp_unavailable' });
    expect(createTimestampClient([HERE, ELSEWHERE], deps).largestToken).toBe(6000);
  });

  test('asks again when the first attempt gets no answer', async () => {
    let attempts = 0;
    const send: TimestampDeps['send'] = async (request) => {
      attempts += 1;
      if (attempts === 1) development.authority.faults.set('timestamp', 'down');
      else development.authority.faults.clear();
      return deps.send(request);
    };
    await expect(stamp({ send })).resolves.toBeDefined();
    expect(attempts).toBe(2);
  });
});

describe('a token', () => {
  const expected: TimestampExpectation = { digest: () => DIGEST };

  test('over something else, for another request, or under another policy is named so', async () => {
    const token = await development.timestamps.stamp(DIGEST);
    const faultsOf = (one: Partial<TimestampExpectation>) =>
      verifyTimestampToken(token, { ...expected, ...one }).faults;
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ digest: () => createHash('sha256').digest() })).toEqual(['imprint_wrong']);
    expect(faultsOf({ digest: () => undefined })).toEqual(['imprint_wrong']);
    expect(faultsOf({ nonce: Buffer.from('another') })).toEqual(['nonce_wrong']);
    expect(faultsOf({ policy: '1.2.3' })).toEqual(['policy_wrong']);
    expect(faultsOf({ trust: { ...deps, at: NOW + 4000 * 86_400_000 } })).toEqual(['certificate_not_valid_then']);
  });

  /** Purposes of RFC 5280 §4.2.1.12, in an extension that is critical or not. */
  test.each([
    ['has no purpose', undefined, []],
    ['has another purpose too', ['1.3.6.1.5.5.7.3.8', '1.3.6.1.5.5.7.3.4'], []],
    ['has the purpose, but not critical', ['1.3.6.1.5.5.7.3.8'], []],
    ['may not sign', ['1.3.6.1.5.5.7.3.8'], ['keyAgreement']],
  ] as const)('is not believed when its certificate %s', async (_name, purposes, usages) => {
    const ca = createAuthority();
    const { privateKey, publicKey } = keyPair('p256', 'timestamps');
    const certificate = ca.issue({
      subject: { commonName: 'TSA' },
      publicKey,
      ...(purposes ? { extendedKeyUsage: purposes } : {}),
      ...(usages.length > 0 ? { keyUsage: usages } : {}),
    });
    const signer = await serviceWith(certificate, privateKey);
    const asked = encodeTimestampRequest({ hash: 'sha256', digest: DIGEST, nonce: Buffer.from('n') });
    const answer = readTimestampResponse(answerTimestamp({ signer, chain: [ca.intermediate], now: NOW }, asked));
    const token = 'token' in answer ? answer.token : new Uint8Array();
    const { faults } = verifyTimestampToken(token, { ...expected, trust: { ...deps, trust: ca.trust } });
    expect(faults).toEqual(['certificate_not_for_timestamps']);
  });

  test('cut or changed anywhere is a fault, never an exception', async () => {
    const token = await development.timestamps.stamp(DIGEST);
    for (let length = 0; length < token.length; length += 1)
      expect(verifyTimestampToken(token.subarray(0, length), expected).faults).toEqual(['malformed']);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(token);
        changed[at]! ^= change;
        const { faults } = verifyTimestampToken(changed, { ...expected, trust: deps });
        // What neither the signature nor the path covers (the issuer's own bytes that repeat the trusted path) may change without harm.
        return faults.length > 0 || verifyTimestampToken(changed, expected).info?.time === NOW;
      }),
      { numRuns: 500 },
    );
  });

  test('any bytes as an answer are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          readTimestampResponse(bytes);
        } catch (error) {
          if (!(error instanceof DerError)) throw error;
        }
      }),
    );
  });
});
