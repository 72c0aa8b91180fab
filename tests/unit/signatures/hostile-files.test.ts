import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ByteSource, memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf, PdfDocument } from '../../../lib/pdf/document.ts';
import { parseCertificate } from '../../../lib/pki/certificate.ts';
import { buildPath } from '../../../lib/pki/certificate-path.ts';
import { readHistory } from '../../../lib/signatures/changes/revision-history.ts';
import type { Verdict } from '../../../lib/signatures/validation/verdict.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { crossCertificates, crossSigner } from '../../support/hostile/hostile-evidence.ts';
import { type Attacker, attackerOf, HOSTILE, type HostileName } from '../../support/hostile/hostile-files.ts';
import { NOW } from '../../support/pki/authority.ts';
import { type DevelopmentAuthority, openDevelopmentAuthority } from '../../support/pki/development-authority.ts';
import { reasonCodes } from '../../support/pki/signing.ts';

let development: DevelopmentAuthority;
let attacker: Attacker;
beforeAll(async () => {
  development = await openDevelopmentAuthority(NOW);
  attacker = attackerOf(development);
});
afterAll(() => development.close());

interface Judged {
  readonly verdict: Verdict;
  /** Octets that were read at some place, the one reading of the whole file aside. */
  readonly octets: number;
  /** How often an object was asked for. */
  readonly objects: number;
  readonly length: number;
}

async function judge(name: HostileName, size: number): Promise<Judged> {
  const file = await HOSTILE[name](attacker, size);
  const memory = memorySource(file);
  let octets = 0;
  const source: ByteSource = {
    ...memory,
    read: (offset, length) => {
      octets += length;
      return memory.read(offset, length);
    },
  };
  const asked = vi.spyOn(PdfDocument.prototype, 'get');
  try {
    const trust = [...attacker.authority.trust, ...development.trust];
    const verdict = await verifyPdf(source, { trust, material: attacker.authority.material, at: NOW });
    return { verdict, octets, objects: asked.mock.calls.length, length: file.length };
  } finally {
    asked.mockRestore();
  }
}

/** Status, reasons and the most that is read, in lengths of the file; passed is only what a genuine signature is under. */
const BOUNDED: readonly (readonly [HostileName, number, Verdict['status'], readonly string[], number])[] = [
  ['revocation lists in the store', 1000, 'INDETERMINATE', ['revocation_unknown'], 3],
  ['entries of a revocation list', 850_000, 'TOTAL_PASSED', [], 3],
  ['document timestamps', 64, 'INDETERMINATE', ['too_many_signatures'], 3],
  ['fields that hold one signature', 62, 'INDETERMINATE', ['too_many_signatures'], 3],
  ['certificates in the signature, issuers of each other', 98, 'INDETERMINATE', ['search_limit'], 9],
  ['certificates in the signature, issuers of each other', 200, 'TOTAL_FAILED', ['cms_malformed'], 9],
  ['certificates in the store, issuers of each other', 400, 'INDETERMINATE', ['search_limit'], 3],
  ['revisions', 10_000, 'TOTAL_FAILED', ['file_beyond_limits'], 2],
  ['revisions', 200, 'INDETERMINATE', ['too_many_revisions'], 60],
  ['parts of a cross-reference that overlap', 5000, 'TOTAL_FAILED', ['file_beyond_limits'], 9],
  ['fields filled in one revision', 2100, 'INDETERMINATE', ['object_changed'], 15],
  ['annotations added', 5000, 'INDETERMINATE', ['annotation_refused', 'object_unexplained'], 9],
  ['objects, then a revision', 20_000, 'TOTAL_PASSED', [], 9],
  ['compressed objects, then a revision', 20_000, 'TOTAL_PASSED', [], 9],
  ['rows that point at one object, then a revision', 1_000_000, 'INDETERMINATE', ['revision_unreadable'], 9],
  ['levels of the page tree', 5000, 'INDETERMINATE', ['catalog_changed', 'object_unexplained', 'page_changed'], 9],
  ['levels of a tree of names', 5000, 'TOTAL_PASSED', [], 9],
  ['arrays inside each other', 1_000_000, 'TOTAL_FAILED', ['file_beyond_limits'], 2],
  ['octets that a form unpacks to', 70_000_000, 'TOTAL_FAILED', ['file_beyond_limits'], 3],
  ['octets that a form unpacks to in three steps', 70_000_000, 'TOTAL_FAILED', ['file_beyond_limits'], 9],
  ['texts that look like signatures', 1000, 'INDETERMINATE', ['no_signature'], 2],
];

test.each(BOUNDED)('%s, %i of them: %s', async (name, size, status, codes, times) => {
  const { verdict, octets, length } = await judge(name, size);
  expect({ status: verdict.status, codes: reasonCodes(verdict) }).toEqual({ status, codes });
  expect(octets / length).toBeLessThan(times);
  // A verdict is stored and shown.
  expect(JSON.stringify(verdict).length).toBeLessThan(100_000);
});

/** A genuine signature, and more of what is hostile the larger it is. */
const GROWING: readonly (readonly [HostileName, number])[] = [
  ['revocation lists in the store', 40],
  ['certificates in the store, issuers of each other', 50],
  ['revisions that fill a field of 300', 4],
  ['fields, one of them filled', 400],
  ['fields on as many pages, one of them filled', 100],
  ['fields filled in one revision', 50],
  ['annotations added', 100],
  ['objects, then a revision', 1000],
  ['rows that point at one object, then a revision', 1000],
  ['levels of a tree of names', 500],
  ['levels of the page tree', 200],
];

test.each(GROWING)('%s: twice as many cost twice as much', async (name, size) => {
  const [once, twice] = [await judge(name, size * 2), await judge(name, size * 4)];
  expect(twice.objects / once.objects).toBeLessThan(2.2);
  expect(twice.octets / once.octets).toBeLessThan(2.2);
});

test('a path among authorities that certified each other is searched for with so many checks', () => {
  let checks = 0;
  const accepts = () => {
    checks += 1;
    return true;
  };
  const [certificate] = [crossSigner([]).certificate].map(parseCertificate);
  const intermediates = crossCertificates(98).map(parseCertificate);
  const { trust } = attacker.authority;
  const result = buildPath({ certificate: certificate!, intermediates, trust, at: NOW, accepts });
  expect(result).toMatchObject({ ok: false, failure: 'search_limit' });
  expect(checks).toBeLessThanOrEqual(200);
});

test('forms are looked at so many times, all revisions together', async () => {
  const file = await HOSTILE['revisions that fill a field of 300'](attacker, 4);
  // It was signed in its second revision.
  const end = Buffer.from(file).indexOf('%%EOF', Buffer.from(file).indexOf('%%EOF') + 1) + 6;
  const [first, whole] = [await openPdf(memorySource(file.subarray(0, end))), await openPdf(memorySource(file))];
  const codes = async (looks?: number) => (await readHistory(first, whole, looks)).reasons.map(({ code }) => code);
  expect(await codes()).toEqual([]);
  expect(await codes(5 * 301)).toEqual([]);
  expect(await codes(5 * 301 - 1)).toEqual(['too_many_revisions']);
});
