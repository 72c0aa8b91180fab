import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ByteSource, memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import { signatureFields } from '../../../lib/pdf/signature-permissions.ts';
import { readValidationStore } from '../../../lib/pdf/validation-data.ts';
import type { SigningAlgorithm } from '../../../lib/pki/algorithms.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import { ProblemError } from '../../../lib/platform/errors.ts';
import { readCoveredBytes } from '../../../lib/signatures/byte-range.ts';
import { extendPdf } from '../../../lib/signatures/levels/extend-pdf.ts';
import { type Authorities, PADES_LEVELS, type PadesLevel } from '../../../lib/signatures/levels/pades-level.ts';
import { readLevels } from '../../../lib/signatures/levels/read-levels.ts';
import { renewalDue, renewTimestamp } from '../../../lib/signatures/levels/renew-timestamp.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import type { Fault, Service } from '../../../local/authority/faults.ts';
import { DAY, type KeyKind, NOW } from '../../support/pki/authority.ts';
import { type DevelopmentAuthority, openDevelopmentAuthority } from '../../support/pki/development-authority.ts';
import { letterPdf, reasonCodes } from '../../support/pki/signing.ts';
import { corpusFiles } from '../pdf/corpus.ts';

let development: DevelopmentAuthority;
let authorities: Authorities;
let leader: Signer;
beforeAll(async () => {
  development = await openDevelopmentAuthority();
  authorities = {
    timestamps: development.timestamps,
    revocation: development.revocation,
    trust: development.trust,
    now: () => development.clock.now,
  };
  leader = await development.signer();
});
afterEach(() => {
  development.authority.faults.clear();
  development.clock.now = NOW;
});
afterAll(() => development.close());

const fail = (service: Service, fault: Fault) => development.authority.faults.set(service, fault);

/** The whole file after signing, with what signing said about it. */
async function signAt(level: PadesLevel, file: Uint8Array = letterPdf(), signer = leader) {
  const choice = level === 'B-B' ? {} : { level, authorities };
  const result = await signPdf(memorySource(file), { signer, signingTime: authorities.now(), ...choice });
  return { ...result, file: Buffer.concat([file, result.tail]) };
}

async function extendTo(to: Exclude<PadesLevel, 'B-B'>, file: Uint8Array) {
  const result = await extendPdf(memorySource(file), { to, authorities });
  return { ...result, file: Buffer.concat([file, result.tail]) };
}

async function levelsOf(file: Uint8Array): Promise<(PadesLevel | null)[]> {
  const levels = await readLevels(memorySource(file), { trust: authorities.trust, now: authorities.now() });
  return levels.map(({ level }) => level);
}

/** Files of level B-LT and above prove themselves; what the others lack, the authority is asked for. */
async function expectPassed(file: Uint8Array): Promise<void> {
  const levels = await levelsOf(file);
  const alone = levels.every((level) => level === 'B-LT' || level === 'B-LTA');
  const port = alone ? {} : { revocation: authorities.revocation };
  const verdict = await verifyPdf(memorySource(file), { trust: authorities.trust, at: authorities.now(), ...port });
  expect(reasonCodes(verdict)).toEqual([]);
  expect(verdict.status).toBe('TOTAL_PASSED');
  expect(verdict.signatures.flatMap(({ level }) => level ?? [])).toEqual(levels);
}

describe('a file is signed', () => {
  const kinds = ['table', 'stream', 'hybrid'] as const;
  test.each(kinds.flatMap((kind) => PADES_LEVELS.map((level) => [kind, level] as const)))(
    'with a cross-reference %s at %s',
    async (kind, level) => {
      const original = letterPdf(kind);
      const { file, ...result } = await signAt(level, original);
      expect(result).toMatchObject({ level, wanted: level, length: file.length });
      expect(result.sha256).toBe(createHash('sha256').update(file).digest('hex'));
      expect(await levelsOf(file)).toEqual([level]);
      await expectPassed(file);
      expect(file.subarray(0, original.length).equals(original)).toBe(true);
      const sections = (await openPdf(memorySource(file))).xref.sections;
      expect(sections.every((section) => section.kind === sections.at(-1)!.kind)).toBe(true);
    },
  );

  const linearized = corpusFiles().find(({ read }) => Buffer.from(read()).subarray(0, 1024).includes('/Linearized'));
  test.skipIf(!linearized)('linearized, at every level', async () => {
    for (const level of PADES_LEVELS) {
      const { file } = await signAt(level, linearized!.read());
      expect((await levelsOf(file)).at(-1)).toBe(level);
    }
  });

  test.each<[KeyKind, SigningAlgorithm]>([
    ['rsa', { scheme: 'rsa-pkcs1', hash: 'sha256' }],
    ['rsa', { scheme: 'rsa-pss', hash: 'sha512' }],
    ['p384', { scheme: 'ecdsa', hash: 'sha384' }],
  ])('%s %o at B-LTA', async (kind, algorithm) => {
    const { file } = await signAt('B-LTA', letterPdf(), await development.signer({ kind, algorithm }));
    expect(await levelsOf(file)).toEqual(['B-LTA']);
    await expectPassed(file);
  });

  test('at B-LTA by five signers, one after the other', async () => {
    let file = letterPdf('hybrid');
    for (const label of ['first', 'second', 'third', 'fourth', 'fifth'])
      ({ file } = await signAt('B-LTA', file, await development.signer({ label })));
    expect(await levelsOf(file)).toEqual(Array(5).fill('B-LTA'));
    await expectPassed(file);
  });

  test('in one read, whatever the level', async () => {
    const original = letterPdf('table', `/Padding (${'x'.repeat(200_000)})`);
    let read = 0;
    const counting: ByteSource = {
      length: original.length,
      read: async (offset, length) => {
        if (length > 100_000) read += length;
        return original.subarray(offset, offset + length);
      },
    };
    await signPdf(counting, { signer: leader, signingTime: NOW });
    const least = read;
    read = 0;
    const result = await signPdf(counting, { signer: leader, signingTime: NOW, level: 'B-LTA', authorities });
    expect(result.level).toBe('B-LTA');
    expect(read).toBe(least);
  });
});

describe('when an authority fails, the file is signed as far as it goes and raised later', () => {
  test.each<[Service, Fault, PadesLevel, string]>([
    ['timestamp', 'down', 'B-B', 'timestamp_unavailable'],
    ['timestamp', 'late', 'B-B', 'timestamp_unavailable'],
    ['timestamp', 'garbage', 'B-B', 'timestamp_invalid'],
    ['timestamp', 'other_hash', 'B-B', 'timestamp_invalid'],
    ['timestamp', 'wrong_nonce', 'B-B', 'timestamp_invalid'],
    ['crl', 'down', 'B-T', 'revocation_unavailable'],
    ['crl', 'out_of_date', 'B-T', 'revocation_invalid'],
  ])('%s %s: %s because of %s', async (service, fault, level, because) => {
    fail(service, fault);
    const { file, ...result } = await signAt('B-LTA');
    expect(result).toMatchObject({ level, wanted: 'B-LTA', because });
    expect(await levelsOf(file)).toEqual([level]);
    if (service === 'timestamp') await expectPassed(file);
    expect(await extendTo('B-LTA', file)).toMatchObject({ level, wanted: 'B-LTA', because, tail: { length: 0 } });
    development.authority.faults.clear();
    const raised = await extendTo('B-LTA', file);
    expect(raised).toMatchObject({ level: 'B-LTA', wanted: 'B-LTA' });
    expect(raised.because).toBeUndefined();
    expect(await levelsOf(raised.file)).toEqual(['B-LTA']);
    await expectPassed(raised.file);
  });

  test('a revoked signer, a stranger, or too little room for the token is an error, and nothing is given to store', async () => {
    const stolen = await development.signer({ label: 'stolen' });
    await development.authority.revoke(stolen.certificate, 1);
    await expect(signAt('B-LT', letterPdf(), stolen)).rejects.toMatchObject({ code: 'certificate_revoked' });
    await expect(signAt('B-T', letterPdf(), stolen)).resolves.toMatchObject({ level: 'B-T' });
    const other = await openDevelopmentAuthority();
    const stranger = await other.signer();
    await other.close();
    await expect(signAt('B-LT', letterPdf(), stranger)).rejects.toMatchObject({ code: 'certificate_untrusted' });
    const narrow = { ...authorities, timestamps: { ...development.timestamps, largestToken: 500 } };
    const narrowly = { signer: leader, signingTime: NOW, level: 'B-T', authorities: narrow } as const;
    await expect(signPdf(memorySource(letterPdf()), narrowly)).rejects.toMatchObject({ code: 'pdf_signature_room' });
  });
});

describe('a file is extended', () => {
  const steps = PADES_LEVELS.flatMap((from, index) =>
    PADES_LEVELS.slice(index + 1).map((to) => [from, to as Exclude<PadesLevel, 'B-B'>] as const),
  );
  test.each(steps)('from %s to %s, and not a second time', async (from, to) => {
    const before = await signAt(from, letterPdf('stream'));
    const { file, ...result } = await extendTo(to, before.file);
    expect(result).toMatchObject({ level: to, length: file.length });
    expect(result.sha256).toBe(createHash('sha256').update(file).digest('hex'));
    expect(await levelsOf(file)).toEqual([to]);
    await expectPassed(file);
    expect((await extendTo(to, file)).tail).toHaveLength(0);
    expect((await extendTo('B-T', file)).tail).toHaveLength(0);
  });

  test('with signatures of several signers at several levels, all of them', async () => {
    let { file } = await signAt('B-T');
    ({ file } = await signAt('B-LTA', file, await development.signer({ label: 'second', kind: 'rsa' })));
    ({ file } = await signAt('B-B', file, await development.signer({ label: 'third' })));
    expect(await levelsOf(file)).toEqual(['B-T', 'B-LTA', 'B-B']);
    const raised = await extendTo('B-LTA', file);
    expect(await levelsOf(raised.file)).toEqual(['B-LTA', 'B-LTA', 'B-LTA']);
    await expectPassed(raised.file);
    expect((await extendTo('B-LTA', raised.file)).tail).toHaveLength(0);
  });

  test('with data for every certificate, the timestamp’s and the responder’s too, under the signature’s name', async () => {
    const { file } = await signAt('B-LT');
    const source = memorySource(file);
    const document = await openPdf(source);
    const store = await readValidationStore(document);
    // Signer, its issuer, the root, the OCSP responder, the timestamp service; OCSP for signer and timestamp; the root's list.
    expect([store.certificates.length, store.ocsps.length, store.lists.length]).toEqual([5, 2, 1]);
    const [field] = await signatureFields(document);
    const covered = await readCoveredBytes(source, field!.signature!);
    const contents = 'contents' in covered ? covered.contents : new Uint8Array();
    expect([...store.entries]).toEqual([createHash('sha1').update(contents).digest('hex').toUpperCase()]);
  });

  test('with new data where what the file holds had run out when the next signature was made', async () => {
    const { file } = await signAt('B-LTA');
    development.clock.now = NOW + 30 * DAY;
    const again = await signAt('B-LTA', file);
    expect(await levelsOf(again.file)).toEqual(['B-LTA', 'B-LTA']);
    const store = await readValidationStore(await openPdf(memorySource(again.file)));
    expect([store.certificates.length, store.ocsps.length, store.lists.length]).toEqual([5, 4, 2]);
    expect(store.entries.size).toBe(2);
  });

  test('without the issuer in the signature, from where the certificate says it is', async () => {
    const { file } = await signAt('B-B', letterPdf(), { ...leader, chain: [] });
    expect(await levelsOf((await extendTo('B-LTA', file)).file)).toEqual(['B-LTA']);
    expect(development.calls).toContain('GET /authority/issuing.cer');
  });

  test('although its certificate was revoked after the timestamp, but not when it was revoked before', async () => {
    const later = await development.signer({ label: 'later' });
    const { file } = await signAt('B-T', letterPdf(), later);
    const unproven = (await signAt('B-B', letterPdf(), later)).file;
    development.clock.now = NOW + 3_600_000;
    await development.authority.revoke(later.certificate, 1);
    expect(await levelsOf((await extendTo('B-LTA', file)).file)).toEqual(['B-LTA']);
    await expect(extendTo('B-LTA', unproven)).rejects.toMatchObject({ code: 'certificate_revoked' });
  });

  test('only when there is a signature, and it is intact', async () => {
    await expect(extendTo('B-LTA', letterPdf())).rejects.toMatchObject({ code: 'document_unsigned' });
    const { file } = await signAt('B-T');
    const damaged = Buffer.from(file);
    damaged[damaged.indexOf('Cong hoa')]! ^= 1;
    expect(await levelsOf(damaged)).toEqual([null]);
    await expect(extendTo('B-LTA', damaged)).rejects.toMatchObject({ code: 'signature_not_valid' });
  });
});

describe('the level that is read', () => {
  const signedFiles = corpusFiles().filter(({ folder }) => folder.startsWith('signed') || folder.startsWith('attack'));
  test.skipIf(signedFiles.length === 0)('of any file is a level, none, or a problem with a code', async () => {
    for (const { read } of signedFiles) {
      const answer = await readLevels(memorySource(read()), { trust: authorities.trust, now: NOW }).catch(
        (error: unknown) => error,
      );
      if (!Array.isArray(answer)) expect(answer).toBeInstanceOf(ProblemError);
    }
  });

  test('does not count timestamps that trust does not reach, nor data that the file lacks', async () => {
    const { file } = await signAt('B-LTA');
    const options = { trust: [], now: NOW };
    expect(await readLevels(memorySource(file), options)).toEqual([{ field: 'Signature1', level: 'B-B' }]);
  });

  test('does not count a document timestamp over other bytes', async () => {
    const { file } = await signAt('B-LTA');
    const damaged = Buffer.from(file);
    // One digit of the file's second identifier in the last revision: only the document timestamp covers it.
    const at = damaged.lastIndexOf('/ID');
    const digit = damaged.indexOf('> <', at) > 0 ? damaged.indexOf('> <', at) + 3 : damaged.indexOf('><', at) + 2;
    damaged[digit] = damaged[digit] === 0x30 ? 0x31 : 0x30;
    expect(await levelsOf(damaged)).toEqual(['B-LT']);
    const verdict = await verifyPdf(memorySource(damaged), { trust: authorities.trust, at: NOW });
    expect(reasonCodes(verdict)).toContain('digest_mismatch');
  });
});

describe('a document timestamp is renewed', () => {
  test('before its certificate ends, and the file stays B-LTA', async () => {
    const { file } = await signAt('B-LTA');
    const due = await renewalDue(memorySource(file), 90 * DAY);
    expect(due).toBeGreaterThan(NOW + 2 * 365 * DAY);
    development.clock.now = due!;
    const renewed = await renewTimestamp(memorySource(file), authorities);
    expect(renewed).toMatchObject({ level: 'B-LTA' });
    const whole = Buffer.concat([file, renewed.tail]);
    expect(renewed.sha256).toBe(createHash('sha256').update(whole).digest('hex'));
    expect(await levelsOf(whole)).toEqual(['B-LTA']);
    expect(await renewalDue(memorySource(whole), 90 * DAY)).toBeGreaterThan(due! + 2 * 365 * DAY);
  });

  test('only where there is one', async () => {
    const { file } = await signAt('B-T');
    expect(await renewalDue(memorySource(file), 0)).toBeNull();
    await expect(renewTimestamp(memorySource(file), authorities)).rejects.toMatchObject({ code: 'invalid_state' });
  });
});
