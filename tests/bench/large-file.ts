// `node tests/bench/large-file.ts [bytes]`: signs a stored PDF twice (default 1 GB) in a process of its own, which does what the
// sign-worker does, against the S3 of the laptop in this one; prints time, traffic and the peak memory of that process.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import { BUNDLING, bundleFunctions } from '../../infra/bundle.ts';
import { type DocumentVersion, newDocument } from '../../lib/documents/document.ts';
import { IntakeStore } from '../../lib/documents/uploads/intake-store.ts';
import { objectClient } from '../../lib/platform/aws/object-client.ts';
import { newId, systemRandom } from '../../lib/platform/ids.ts';
import { INTAKE_PREFIX } from '../../lib/platform/names.ts';
import { DOCUMENTS_BUCKET, IMAGES_BUCKET, INTAKE_BUCKET, TABLE_NAME } from '../support/aws.ts';
import { HOANG_HOA, startCaseWorld } from '../support/case-world.ts';
import { samplePdf } from '../unit/pdf/sample-pdf.ts';
import type { SigningRun } from './sign-large-file.ts';

const bytes = Number(process.argv[2] ?? 1e9);
const scratch = await mkdtemp(join(tmpdir(), 'bench-large-'));
process.env.TMPDIR = scratch;
const program = join(scratch, 'sign-large-file.mjs');
const entry = join(import.meta.dirname, 'sign-large-file.ts');
await build({ ...BUNDLING, entryPoints: [entry], outfile: program });
const environment = {
  TABLE_NAME,
  DOCUMENTS_BUCKET,
  IMAGES_BUCKET,
  PORTAL_URL: 'https://ba-khong.example',
  SIGNATURE_LEVELS: JSON.stringify({ receipt: 'B-B', answer: 'B-B', dispatch: 'B-B', renewBeforeDays: 90 }),
  SIGNATURE_AUTHORITIES: JSON.stringify({ timestamps: [], hosts: [], privateAddresses: false }),
  LAMBDA_TASK_ROOT: (await bundleFunctions(join(scratch, 'dist'))).folder('sign-worker'),
  FONTS_DIR: 'fonts',
};
const world = await startCaseWorld();
try {
  for (const withState of [true, false]) print(withState, await measure(withState));
} finally {
  await world.close();
  await rm(scratch, { recursive: true, force: true });
}

async function measure(withState: boolean): Promise<SigningRun[]> {
  const { document, version } = await taken(bytes);
  const { hashState: _, ...without } = version;
  const child = fork(program, { stdio: 'inherit', execArgv: [] });
  const place = { environment, bucket: DOCUMENTS_BUCKET, unit: HOANG_HOA };
  child.send({ document, version: withState ? version : without, at: world.time.now, ...place });
  const [runs] = (await once(child, 'message')) as [SigningRun[]];
  await once(child, 'exit');
  return runs;
}

/** What intake does with a posted file: fetched once, hashed on the way, kept. */
async function taken(size: number) {
  const client = objectClient();
  const document = newDocument({ id: newId(systemRandom), at: 0 });
  const posted = { Bucket: INTAKE_BUCKET, Key: `${INTAKE_PREFIX}${document.id}` };
  const { length, stream } = largePdf(size);
  await client.send(new PutObjectCommand({ ...posted, Body: stream, ContentLength: length }));
  const { VersionId = '', ETag = '' } = await client.send(new HeadObjectCommand(posted));
  const from = performance.now();
  const file = await new IntakeStore(client, INTAKE_BUCKET).fetch(
    document.id,
    { versionId: VersionId, etag: ETag },
    length,
  );
  if (typeof file === 'string') throw new Error(`The file is ${file}.`);
  const fetched = performance.now();
  const stored = await world.objects.keep(document.id, 1, 'original', file);
  const kept = performance.now();
  await file.dispose();
  await client.send(new DeleteObjectCommand({ ...posted, VersionId }));
  console.log(`intake: fetched and hashed in ${ms(fetched - from)}, kept in ${ms(kept - fetched)}`);
  const hashState = Buffer.from(file.hashState ?? []).toString('base64');
  const { key, versionId, sha256 } = stored;
  const place = { n: 1, kind: 'original', key, versionId } as const;
  const version: DocumentVersion = { ...place, sha256, bytes: length, pages: 1, at: 0, hashState };
  return { document, version };
}

/** A valid PDF of some `size` bytes, most of it one stream of zeros that is never held. */
function largePdf(size: number) {
  const [start = '', end = ''] = ['stream\n', '\nendstream'];
  const small = Buffer.from(samplePdf({ extra: [`<< /Length ${size} >>\n${start}@${end}`] })).toString('latin1');
  const [head, rest = ''] = small.split('@') as [string, string];
  const moved = rest.replace(/startxref\n(\d+)/, (_, at: string) => `startxref\n${Number(at) + size - 1}`);
  const block = Buffer.alloc(1 << 20);
  const stream = Readable.from(
    (function* () {
      yield Buffer.from(head, 'latin1');
      for (let left = size; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
      yield Buffer.from(moved, 'latin1');
    })(),
  );
  return { length: head.length + size + moved.length, stream };
}

function print(withState: boolean, runs: readonly SigningRun[]): void {
  for (const [index, run] of runs.entries()) {
    const what = `signature ${index + 1}, ${withState ? 'hash state resumed' : 'file read'}`;
    const traffic = `sent ${mb(run.sent)}, read ${mb(run.got)}`;
    console.log(
      `${what}: ${ms(run.ms)} of which ${ms(run.waitedMs)} in S3 and KMS, ${traffic}, peak ${mb(run.peakBytes)} (before ${mb(run.beforeBytes)})`,
    );
  }
}

function ms(duration: number): string {
  return `${duration.toFixed(0)} ms`;
}

function mb(size: number): string {
  return `${(size / 1e6).toFixed(1)} MB`;
}
