import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import type { SigningAlgorithm } from '../../../lib/pki/algorithms.ts';
import { readElement } from '../../../lib/pki/der.ts';
import { encodePem } from '../../../lib/pki/pem.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import type { Verdict } from '../../../lib/signatures/validation/verdict.ts';
import { createAuthority, DAY, type KeyKind, NOW } from '../../support/pki/authority.ts';
import { letterPdf, reasonCodes, signed, VISIBLE, verify } from '../../support/pki/signing.ts';

const authority = createAuthority();
const leader = authority.signer();
const seal = authority.signer({ label: 'seal', subject: { commonName: 'UBND xã Hoằng Hóa', countryName: 'VN' } });

const ALGORITHMS: readonly (readonly [KeyKind, SigningAlgorithm])[] = [
  ['rsa', { scheme: 'rsa-pkcs1', hash: 'sha256' }],
  ['rsa', { scheme: 'rsa-pss', hash: 'sha256' }],
  ['rsa', { scheme: 'rsa-pss', hash: 'sha512' }],
  ['p256', { scheme: 'ecdsa', hash: 'sha256' }],
  ['p384', { scheme: 'ecdsa', hash: 'sha384' }],
];

const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl) console.warn('Skipped: openssl is not on this machine, the check by another tool is left out');

describe('a signed file', () => {
  test.each(ALGORITHMS)('%s %o is passed, with who signed and when', async (kind, algorithm) => {
    const verdict = await verify(await signed(letterPdf(), { signer: authority.signer({ kind, algorithm }) }));
    expect(reasonCodes(verdict)).toEqual([]);
    expect(verdict.status).toBe('TOTAL_PASSED');
    expect(verdict.signatures[0]).toMatchObject({
      field: 'Signature1',
      kind: 'approval',
      signer: { name: 'Lê Thị Hạnh', organization: 'UBND xã Hoằng Hóa' },
      claimedTime: new Date(NOW).toISOString(),
      algorithm,
      coverage: { wholeFile: true },
      level: 'B-B',
      provenTime: null,
      revocation: [
        { status: 'good', answer: { kind: 'crl', source: 'given' } },
        { status: 'good', answer: { kind: 'crl', source: 'given' } },
      ],
    });
  });

  test.skipIf(!openssl).each(ALGORITHMS)('%s %o is accepted by openssl cms -verify -cades', async (kind, algorithm) => {
    const file = await signed(letterPdf(), { signer: authority.signer({ kind, algorithm }) });
    const [, start, end] = (await verify(file)).signatures[0]!.coverage!.byteRange;
    const contents = Buffer.from(Buffer.from(file.subarray(start + 1, end - 1)).toString('latin1'), 'hex');
    const folder = mkdtempSync(join(tmpdir(), 'pades-'));
    try {
      writeFileSync(join(folder, 'cms.der'), readElement(contents).bytes);
      writeFileSync(join(folder, 'content'), Buffer.concat([file.subarray(0, start), file.subarray(end)]));
      writeFileSync(join(folder, 'root.pem'), encodePem('CERTIFICATE', authority.root));
      const args = ['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', 'cms.der', '-content', 'content'];
      const trust = ['-attime', String(NOW / 1000), '-purpose', 'any', '-CAfile', 'root.pem', '-out', 'verified'];
      execFileSync('openssl', [...args, ...trust], { cwd: folder, stdio: 'pipe' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('begins with the bytes of the original, and is what its hash says', async () => {
    const original = letterPdf();
    for (const signer of [leader, authority.signer({ kind: 'p384' })]) {
      const { tail, sha256, sourceSha256, length } = await signPdf(memorySource(original), {
        signer,
        signingTime: NOW,
      });
      const file = Buffer.concat([original, tail]);
      expect((await verify(file)).file).toEqual({ bytes: length, sha256 });
      expect(sha256).toBe(createHash('sha256').update(file).digest('hex'));
      expect(sourceSha256).toBe(createHash('sha256').update(original).digest('hex'));
    }
  });

  test.each(['table', 'stream', 'hybrid'] as const)(
    'with a cross-reference %s takes a second signature, and both are passed',
    async (kind) => {
      const first = await signed(letterPdf(kind), { signer: leader, visible: VISIBLE, name: 'Lê Thị Hạnh' });
      const box = { ...VISIBLE.box, x: 60 };
      const verdict = await verify(await signed(first, { signer: seal, visible: { ...VISIBLE, box } }));
      expect(reasonCodes(verdict)).toEqual([]);
      expect(verdict.status).toBe('TOTAL_PASSED');
      expect(verdict.signatures.map(({ field, coverage }) => [field, coverage?.wholeFile])).toEqual([
        ['Signature1', false],
        ['Signature2', true],
      ]);
      expect(verdict.signatures[0]?.laterRevisions).toMatchObject([
        { added: 'signature', fields: ['Signature2'], reasons: [] },
      ]);
    },
  );

  test('takes three signatures in a row, also on a file that has a form already', async () => {
    let file = letterPdf();
    for (const signer of [leader, seal, leader]) file = await signed(file, { signer });
    const verdict = await verify(file);
    expect(verdict.signatures.map(({ status }) => status)).toEqual(['TOTAL_PASSED', 'TOTAL_PASSED', 'TOTAL_PASSED']);
  });

  test('gives a verdict that is plain JSON', async () => {
    const verdict = await verify(await signed(letterPdf(), { signer: leader }));
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });
});

describe('signing', () => {
  test.each([
    ['certificate_expired', authority.signer({ notAfter: NOW - 1 })],
    ['certificate_not_yet_valid', authority.signer({ notBefore: NOW + DAY })],
    ['certificate_key_usage', authority.signer({ keyUsage: ['keyAgreement'] })],
    ['certificate_key_mismatch', { ...leader, sign: seal.sign }],
  ])('is refused with %s', async (code, signer) => {
    await expect(signPdf(memorySource(letterPdf()), { signer, signingTime: NOW })).rejects.toMatchObject({ code });
  });

  test('hashes the file in pieces, whatever their size', async () => {
    const file = letterPdf();
    const large = Buffer.concat([file.subarray(0, 9), Buffer.alloc(3 * 1024 * 1024, '%\n'), file]);
    // The comment moves every offset: only a file whose offsets are right can be opened.
    await expect(signPdf(memorySource(large), { signer: leader, signingTime: NOW })).rejects.toMatchObject({
      code: 'pdf_broken',
    });
    const padded = letterPdf('table', `/Padding (${'x'.repeat(3 * 1024 * 1024)})`);
    expect((await verify(await signed(padded, { signer: leader }))).status).toBe('TOTAL_PASSED');
  });
});

describe('what is believed depends on trust and time', () => {
  const codesOf = async (at: number, trust = authority.trust): Promise<Verdict> =>
    verify(await signed(letterPdf(), { signer: leader }), { ...authority, trust }, at);

  test.each([
    ['no_path_to_trust', NOW, []],
    ['no_path_to_trust', NOW, createAuthority(NOW, 'another').trust],
    ['anchor_not_trusted_then', NOW, [{ certificate: authority.root, from: 0, until: NOW - 1 }]],
    ['anchor_not_trusted_then', NOW, [{ certificate: authority.root, from: NOW + 1, until: null }]],
    ['certificate_not_valid_then', NOW + 2000 * DAY, undefined],
    ['claimed_time_in_future', NOW - DAY, undefined],
  ] as const)('%s', async (code, at, trust) => {
    const verdict = await codesOf(at, trust ? [...trust] : authority.trust);
    expect(reasonCodes(verdict)).toEqual([code]);
    expect(verdict.status).toBe('INDETERMINATE');
  });
});

describe('any change of a signed byte is TOTAL_FAILED', { timeout: 60_000 }, () => {
  const files = Promise.all([
    signed(letterPdf(), { signer: leader }),
    signed(letterPdf('stream'), { signer: leader }).then((first) => signed(first, { signer: seal, visible: VISIBLE })),
  ]);

  /** An offset in the bytes that the last signature covers. */
  function place([gapStart, gapEnd, after]: readonly [number, number, number], at: number): number {
    const offset = at % (gapStart + after);
    return offset < gapStart ? offset : gapEnd + offset - gapStart;
  }

  const property = async (change: (file: Uint8Array, offset: number, octet: number) => Uint8Array) => {
    const samples = await Promise.all(
      (await files).map(async (file) => {
        const [, ...range] = (await verify(file)).signatures.at(-1)!.coverage!.byteRange;
        return { file, range };
      }),
    );
    const sample = fc.constantFrom(...samples);
    await fc.assert(
      fc.asyncProperty(sample, fc.nat(), fc.integer({ min: 1, max: 255 }), async ({ file, range }, at, octet) => {
        const verdict = await verify(change(file, place(range, at), octet));
        expect(verdict.status).toBe('TOTAL_FAILED');
      }),
      { numRuns: 100 },
    );
  };

  test('flipped', () =>
    property((file, offset, octet) => {
      const copy = Buffer.from(file);
      copy[offset]! ^= octet;
      return copy;
    }));

  test('inserted', () =>
    property((file, offset, octet) =>
      Buffer.concat([file.subarray(0, offset), Uint8Array.of(octet), file.subarray(offset)]),
    ));

  test('removed', () =>
    property((file, offset) => Buffer.concat([file.subarray(0, offset), file.subarray(offset + 1)])));
});
