import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import type { Authorities, PadesLevel } from '../../../lib/signatures/levels/pades-level.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import type { Verdict } from '../../../lib/signatures/validation/verdict.ts';
import { type VerifyOptions, verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { createAuthority, DAY, NOW } from '../../support/pki/authority.ts';
import { type DevelopmentAuthority, openDevelopmentAuthority } from '../../support/pki/development-authority.ts';
import { letterPdf, reasonCodes, signed } from '../../support/pki/signing.ts';

/** EN 319 102-1 §5.5 and §5.6: what counts is the time at which a signature is proven to have been there. */

const YEAR = 365 * DAY;
const HOUR = 3_600_000;
let development: DevelopmentAuthority;
let authorities: Authorities;
beforeAll(async () => {
  development = await openDevelopmentAuthority();
  authorities = {
    timestamps: development.timestamps,
    revocation: development.revocation,
    trust: development.trust,
    now: () => development.clock.now,
  };
});
afterEach(() => {
  development.clock.now = NOW;
});
afterAll(() => development.close());

async function signAt(level: PadesLevel, signer: Signer, file: Uint8Array = letterPdf()): Promise<Buffer> {
  const choice = level === 'B-B' ? {} : { level, authorities };
  const { tail } = await signPdf(memorySource(file), { signer, signingTime: authorities.now(), ...choice });
  return Buffer.concat([file, tail]);
}

const verify = (file: Uint8Array, at: number, more: Partial<VerifyOptions> = {}): Promise<Verdict> =>
  verifyPdf(memorySource(file), { trust: development.trust, at, ...more });

/** Statuses of signatures and document timestamps by field, and all codes. */
async function outcome(file: Uint8Array, at: number, more: Partial<VerifyOptions> = {}) {
  const verdict = await verify(file, at, more);
  return { verdict, status: verdict.status, codes: reasonCodes(verdict), first: verdict.signatures[0]! };
}

describe('a certificate that has ended', () => {
  test('is doubted without proof of when the signature was made, and passed with it', async () => {
    const signer = await development.signer({ label: 'short', days: 30 });
    const later = NOW + 60 * DAY;
    const bare = await outcome(await signAt('B-B', signer), later);
    expect([bare.status, bare.verdict.subIndication, bare.codes]).toEqual([
      'INDETERMINATE',
      'OUT_OF_BOUNDS_NO_POE',
      ['certificate_not_valid_then'],
    ]);
    const proven = await outcome(await signAt('B-LT', signer), later);
    expect([proven.status, proven.codes]).toEqual(['TOTAL_PASSED', []]);
    expect(proven.first).toMatchObject({ level: 'B-LT', provenTime: new Date(NOW).toISOString() });
    expect(proven.first.provenBy).toBe('signature_timestamp');
  });

  test('of the timestamp service makes the proof doubtful, unless a later timestamp came in time', async () => {
    const signer = await development.signer({ label: 'short', days: 30 });
    const lt = await signAt('B-LT', signer);
    const over = NOW + 20 * YEAR;
    const ended = await outcome(lt, over);
    expect(ended.status).toBe('INDETERMINATE');
    expect(ended.first.timestamps[0]).toMatchObject({ status: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE' });
    expect(ended.first.provenTime).toBeNull();
  });
});

describe('a certificate that was revoked', () => {
  test('after the time that is proven is good; before it, and without proof, it is not', async () => {
    const signer = await development.signer({ label: 'lost' });
    const proven = await signAt('B-T', signer);
    const bare = await signAt('B-B', signer);
    development.clock.now = NOW + HOUR;
    await development.authority.revoke(signer.certificate, 1);
    development.clock.now = NOW + 2 * HOUR;
    const late = await signAt('B-T', signer);
    const { revocation } = development;
    const at = NOW + 3 * HOUR;
    development.clock.now = at;

    const good = await outcome(proven, at, { revocation });
    expect([good.status, good.codes]).toEqual(['TOTAL_PASSED', []]);
    expect(good.first.revocation[0]).toMatchObject({ status: 'revoked', reason: 1, answer: { source: 'asked' } });
    for (const file of [bare, late]) {
      const bad = await outcome(file, at, { revocation });
      expect([bad.status, bad.verdict.subIndication, bad.codes]).toEqual([
        'INDETERMINATE',
        'REVOKED_NO_POE',
        ['certificate_revoked'],
      ]);
    }
  });

  test('stays revoked whatever older, newer or lapsed answer is at hand, but for a hold that was lifted', async () => {
    const authority = createAuthority();
    const signer = authority.signer();
    const file = await signed(letterPdf(), { signer });
    const [root] = authority.material.lists;
    const list = (spec: Parameters<typeof authority.list>[0]) => authority.list(spec);
    const revoked = (reason?: number) => [
      { certificate: signer.certificate, at: NOW - HOUR, ...(reason === undefined ? {} : { reason }) },
    ];
    const judge = async (...lists: Uint8Array[]) => {
      const material = { certificates: [], ocsps: [], lists: [root!, ...lists] };
      return reasonCodes(await verifyPdf(memorySource(file), { trust: authority.trust, at: NOW, material }));
    };
    const clean = { thisUpdate: NOW - 600_000, nextUpdate: NOW + DAY };
    const before = { thisUpdate: NOW - 1_200_000, nextUpdate: NOW + DAY };
    expect(await judge(list(clean))).toEqual([]);
    expect(await judge(list({ ...before, revoked: revoked() }), list(clean))).toEqual(['certificate_revoked']);
    expect(await judge(list(clean), list({ ...before, revoked: revoked(1) }))).toEqual(['certificate_revoked']);
    expect(await judge(list({ ...before, revoked: revoked(6) }), list(clean))).toEqual([]);
    expect(await judge(list(before), list({ ...clean, revoked: revoked(6) }))).toEqual(['certificate_revoked']);
    const lapsed = { thisUpdate: NOW - 600_000, nextUpdate: NOW - 300_001 - 600 };
    expect(await judge(list({ ...lapsed, revoked: revoked() }))).toEqual(['certificate_revoked']);
    expect(await judge(list(lapsed))).toEqual(['revocation_unknown']);
  });

  test('of an issuer takes all that it issued along', async () => {
    const authority = createAuthority();
    const file = await signed(letterPdf(), { signer: authority.signer() });
    const [, issuing] = authority.material.lists;
    const lists = [authority.rootList({ revoked: [{ certificate: authority.intermediate, at: NOW - DAY }] }), issuing!];
    const verdict = await verifyPdf(memorySource(file), {
      trust: authority.trust,
      at: NOW,
      material: { certificates: [], ocsps: [], lists },
    });
    expect([verdict.subIndication, reasonCodes(verdict)]).toEqual(['REVOKED_CA_NO_POE', ['issuer_revoked']]);
  });
});

describe('a file of level B-LTA', () => {
  test('proves itself, offline, as long as its last timestamp holds', async () => {
    const signer = await development.signer({ label: 'short', days: 30 });
    const file = await signAt('B-LTA', signer);
    for (const at of [NOW, NOW + 60 * DAY, NOW + YEAR]) {
      const { status, codes, first } = await outcome(file, at);
      expect([status, codes, first.level]).toEqual(['TOTAL_PASSED', [], 'B-LTA']);
      const found = first.revocation.map(({ status: state, answer }) => [state, answer?.source]);
      expect(found).toEqual([
        ['good', 'file'],
        ['good', 'file'],
        ['not_needed', undefined],
      ]);
    }
  });

  test('lists all that it rests on', async () => {
    const file = await signAt('B-LTA', await development.signer());
    const { verdict, first } = await outcome(file, NOW);
    expect(verdict.anchors).toHaveLength(1);
    expect(verdict.anchors[0]!.sha256).toBe(first.path.at(-1));
    expect(first.timestamps).toMatchObject([{ status: 'TOTAL_PASSED', time: new Date(NOW).toISOString() }]);
    expect(verdict.signatures.map(({ kind, provenBy }) => [kind, provenBy])).toEqual([
      ['approval', 'signature_timestamp'],
      ['document_timestamp', 'document_timestamp'],
    ]);
    expect(verdict.material).toEqual({ certificates: [], ocsps: [], lists: [] });
  });

  test('stands when nobody knows its document timestamp’s service, but proves less', async () => {
    const other = await openDevelopmentAuthority();
    const file = await signAt('B-T', await development.signer());
    const strange = { ...authorities, timestamps: other.timestamps, trust: other.trust };
    const { tail } = await signPdf(memorySource(file), {
      signer: await other.signer(),
      signingTime: NOW,
      level: 'B-T',
      authorities: strange,
    });
    await other.close();
    const { verdict } = await outcome(Buffer.concat([file, tail]), NOW, { revocation: development.revocation });
    expect(verdict.signatures.map(({ status }) => status)).toEqual(['TOTAL_PASSED', 'INDETERMINATE']);
    expect(verdict.signatures[1]).toMatchObject({ provenTime: null, timestamps: [{ status: 'INDETERMINATE' }] });
  });
});

test('a timestamp that states a time after what proves it, or in the future, proves nothing', async () => {
  const signer = await development.signer();
  development.clock.now = NOW + 10 * DAY;
  const ahead = await signAt('B-T', signer);
  const { first } = await outcome(ahead, NOW);
  expect(first.provenTime).toBeNull();
  expect(first.timestamps[0]!.reasons.map(({ code }) => code)).toContain('timestamp_time_wrong');
});

test('answers are asked for only of those whose chain is trusted, and once each', async () => {
  const file = await signAt('B-B', await development.signer());
  development.calls.length = 0;
  await verify(file, NOW, { trust: [], revocation: development.revocation });
  expect(development.calls.filter((call) => !call.endsWith('.cer'))).toEqual([]);
  development.calls.length = 0;
  const { status } = await outcome(file, NOW, { revocation: development.revocation });
  expect(status).toBe('TOTAL_PASSED');
  expect(new Set(development.calls).size).toBe(development.calls.length);
});
