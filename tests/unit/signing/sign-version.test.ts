import { ListMultipartUploadsCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PersonId } from '../../../lib/access/actor.ts';
import { asTrustAnchors } from '../../../lib/directory/trust.ts';
import { copiedRanges } from '../../../lib/documents/append-version-store.ts';
import { type Document, type DocumentVersion, newDocument } from '../../../lib/documents/document.ts';
import { ObjectStore } from '../../../lib/documents/object-store.ts';
import { readAll } from '../../../lib/pdf/byte-source.ts';
import { sha256Hex } from '../../../lib/platform/hash.ts';
import { newId, systemRandom } from '../../../lib/platform/ids.ts';
import { resumableSha256 } from '../../../lib/platform/running-hash.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { signVersion } from '../../../lib/signing/sign-version.ts';
import { DOCUMENTS_BUCKET } from '../../support/aws.ts';
import { type CaseWorld, HOANG_HOA, staff, startCaseWorld } from '../../support/case-world.ts';
import { samplePdf, streamBody } from '../pdf/sample-pdf.ts';

const MIB = 1024 * 1024;
const leader = staff(HOANG_HOA, 'leader').sub as PersonId;

let world: CaseWorld;
let client: S3Client;
let objects: ObjectStore;
/** Calls that reached S3 since the last test, with the bytes that went there and those that came back. */
let calls: { readonly name: string; readonly sent: number; readonly got: number }[] = [];
/** The process ends after so many calls: what follows is never made. */
let lifetime = Number.POSITIVE_INFINITY;

beforeAll(async () => {
  world = await startCaseWorld();
  client = new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
  });
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (calls.length >= lifetime) throw new Error('dead');
      const answer = await next(args);
      const { Body } = args.input as { Body?: Uint8Array };
      const { ContentLength } = answer.output as { ContentLength?: number };
      calls.push({ name: context.commandName ?? '', sent: Body?.length ?? 0, got: ContentLength ?? 0 });
      if (calls.length >= lifetime) throw new Error('killed');
      return answer;
    },
    { step: 'initialize' },
  );
  objects = new ObjectStore(client, DOCUMENTS_BUCKET);
});
beforeEach(() => {
  calls = [];
  lifetime = Number.POSITIVE_INFINITY;
});
afterAll(async () => {
  client?.destroy();
  await world?.close();
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const named = (...names: string[]) => calls.filter(({ name }) => names.includes(name.replace('Command', '')));

let salt = 0;
/** A valid file of some 6 MiB, no two alike. */
function largePdf(): Uint8Array {
  return samplePdf({ extra: [streamBody('x'.repeat(6 * MIB))], trailer: `/Salt (${++salt})` });
}

/** A stored original, with the hash state that intake leaves. */
async function stored(bytes: Uint8Array): Promise<{ document: Document; original: DocumentVersion }> {
  const document = newDocument({ id: newId(systemRandom), at: 0 });
  const { key, versionId, sha256 } = await objects.keep(document.id, 1, 'original', bytes);
  const state = (await resumableSha256()).update(bytes).save();
  const hashState = Buffer.from(state).toString('base64');
  const original = { n: 1, kind: 'original', key, versionId, sha256, bytes: bytes.length, pages: 1, at: 0 } as const;
  calls = [];
  return { document, original: { ...original, hashState } };
}

async function sign(document: Document, unsigned: DocumentVersion): Promise<DocumentVersion> {
  const text = { role: 'person', name: 'Người ký', title: ['CHỦ TỊCH'], location: 'Hoằng Hóa' } as const;
  const step = { document, unsigned, pages: 1, n: unsigned.n + 1, kind: 'signed', level: 'B-B', text } as const;
  const deps = { ...world.signDeps, objects };
  const signer = await deps.directory.signerOf({ kind: 'person', id: leader }, world.time.now);
  return signVersion(deps, { ...step, signer }, world.time.now);
}

async function expectSigned(version: DocumentVersion, original: Uint8Array, signatures: number): Promise<void> {
  const source = objects.open(version);
  const bytes = await readAll(source);
  expect(Buffer.from(bytes.subarray(0, original.length)).equals(original)).toBe(true);
  expect(sha256Hex(bytes)).toBe(version.sha256);
  const trust = (await world.signDeps.directory.trustAnchors()).flatMap(asTrustAnchors);
  const verdict = await verifyPdf(source, { trust, material: world.authority.material, at: world.time.now });
  expect([verdict.status, verdict.signatures.length]).toEqual(['TOTAL_PASSED', signatures]);
  expect(verdict.file.sha256).toBe(version.sha256);
}

async function versionsOf(document: Document, kind: string): Promise<number> {
  const Prefix = `documents/${document.id}/`;
  const listed = await client.send(new ListObjectVersionsCommand({ Bucket: DOCUMENTS_BUCKET, Prefix }));
  return (listed.Versions ?? []).filter(({ Key }) => Key?.endsWith(`-${kind}.pdf`)).length;
}

async function unfinished(): Promise<number> {
  return (await client.send(new ListMultipartUploadsCommand({ Bucket: DOCUMENTS_BUCKET }))).Uploads?.length ?? 0;
}

describe('a large version', { timeout: 30_000 }, () => {
  test('is signed twice without its bytes being read or sent', async () => {
    const bytes = largePdf();
    const { document, original } = await stored(bytes);
    const first = await sign(document, original);
    const second = await sign(document, first);
    expect(sum(calls.map(({ sent }) => sent))).toBe(second.bytes - bytes.length);
    expect(sum(named('GetObject').map(({ got }) => got))).toBeLessThan(MIB);
    await expectSigned(second, bytes, 2);
  });

  test('is read once, and only read, when there is no hash state', async () => {
    const bytes = largePdf();
    const { document, original } = await stored(bytes);
    const { hashState: _, ...without } = original;
    const first = await sign(document, without);
    expect(sum(calls.map(({ sent }) => sent))).toBe(first.bytes - bytes.length);
    expect(named('GetObject').filter(({ got }) => got === bytes.length)).toHaveLength(1);
    expect(first.hashState).toBeUndefined();
    await expectSigned(first, bytes, 1);
  });

  test.each(['tampered with', 'of another file'])('is read when its hash state is %s, and it is said', async (what) => {
    const bytes = largePdf();
    const { document, original } = await stored(bytes);
    const foreign = (await stored(largePdf())).original.hashState;
    const tampered = Buffer.from(original.hashState ?? '', 'base64');
    tampered[20]! ^= 1;
    const hashState = what === 'of another file' ? foreign : tampered.toString('base64');
    world.log.lines.length = 0;
    const first = await sign(document, { ...original, hashState });
    expect(JSON.stringify(world.log.lines)).toContain('document.hash-state-refused');
    await expectSigned(first, bytes, 1);
  });

  test('is the version that is named, whatever has been put under its key since', async () => {
    const bytes = largePdf();
    const { document, original } = await stored(bytes);
    const put = { Bucket: DOCUMENTS_BUCKET, Key: original.key, ChecksumAlgorithm: 'SHA256' } as const;
    await client.send(new PutObjectCommand({ ...put, Body: largePdf() }));
    await expectSigned(await sign(document, original), bytes, 1);
  });

  test.each([true, false])('that is not what its record says is not signed (with a hash state: %s)', async (state) => {
    const [meant, other] = [largePdf(), largePdf()];
    const { document, original } = await stored(meant);
    const swapped = await stored(other);
    const { hashState, ...rest } = { ...original, versionId: swapped.original.versionId, key: swapped.original.key };
    const record = state ? { ...rest, hashState } : rest;
    const before = await unfinished();
    await expect(sign(document, record as DocumentVersion)).rejects.toMatchObject({ code: 'document_changed' });
    expect([await versionsOf(document, 'signed'), (await unfinished()) - before]).toEqual([0, 0]);
  });

  test('that became another object between read and copy is not copied', async () => {
    const { document, original } = await stored(largePdf());
    const source = objects.open(original);
    await source.read(0, 16);
    const changed = { version: original, length: source.length, read: source.read, etag: '"another"' };
    const content = { before: changed, tail: new Uint8Array(10), sha256: original.sha256 };
    const appended = objects.append(document.id, 2, 'signed', content);
    await expect(appended).rejects.toMatchObject({ code: 'document_changed' });
    expect([await versionsOf(document, 'signed'), await unfinished()]).toEqual([0, 0]);
  });

  test('becomes one signed version, whichever call to S3 is the last of a run', async () => {
    const bytes = largePdf();
    const probe = await stored(bytes);
    await sign(probe.document, probe.original);
    const changing = calls.flatMap(({ name }, index) =>
      name === 'GetObjectCommand' ? [] : [{ name, call: index + 1 }],
    );
    expect(changing.map(({ name }) => name.replace('Command', ''))).toEqual([
      'CreateMultipartUpload',
      'UploadPartCopy',
      'UploadPart',
      'CompleteMultipartUpload',
    ]);
    for (const { call } of changing) {
      const { document, original } = await stored(bytes);
      lifetime = call;
      await expect(sign(document, original)).rejects.toThrow('killed');
      lifetime = Number.POSITIVE_INFINITY;
      const version = await sign(document, original);
      expect(await versionsOf(document, 'signed')).toBe(1);
      await expectSigned(version, bytes, 1);
    }
  });
});

test('parts are as few as may be and much of a size, up to 50 TB', () => {
  const GIB = 1024 ** 3;
  expect(copiedRanges(5 * GIB)).toEqual([{ first: 0, last: 5 * GIB - 1 }]);
  for (const bytes of [5 * GIB + 1, 12 * GIB, 4_000 * GIB + 17, 9_999 * 5 * GIB]) {
    const ranges = copiedRanges(bytes);
    expect(ranges.length).toBe(Math.ceil(bytes / (5 * GIB)));
    const sizes = ranges.map(({ first, last }) => last - first + 1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5 * GIB);
    expect(Math.min(...sizes)).toBeGreaterThan(2 * GIB);
    expect(sum(sizes)).toBe(bytes);
  }
});
