import { createHash, randomUUID } from 'node:crypto';
import { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentsApi } from '../../../functions/documents-api/api.ts';
import { compose as composeApi } from '../../../functions/documents-api/compose.ts';
import { compose as composeWorker, type IntakeWorkerDeps } from '../../../functions/intake-worker/compose.ts';
import { intakeWorker } from '../../../functions/intake-worker/worker.ts';
import type { UploadForm } from '../../../lib/documents/uploads/uploads.ts';
import { checkLog } from '../../../lib/evidence/check-log.ts';
import { objectClient } from '../../../lib/platform/aws/object-client.ts';
import type { Id } from '../../../lib/platform/ids.ts';
import { type Aws, DOCUMENTS_BUCKET, INTAKE_BUCKET, startAws, TABLE_NAME } from '../../support/aws.ts';
import { type Caller, callApi, deliver, memoryLog } from '../../support/call.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

const MAX = 200_000;
const owner: Caller = { sub: 'owner-1', name: 'Nguyễn Thị Lan', email: 'lan@example.vn' };
const stranger: Caller = { sub: 'stranger-1' };
const log = memoryLog();

let aws: Aws;
let s3: S3Client;
let api: ReturnType<typeof documentsApi>;
let deps: IntakeWorkerDeps;
let worker: ReturnType<typeof intakeWorker>;

beforeAll(async () => {
  aws = await startAws();
  const environment = { TABLE_NAME, INTAKE_BUCKET, DOCUMENTS_BUCKET, MAX_UPLOAD_BYTES: String(MAX) };
  s3 = objectClient();
  api = documentsApi({ ...composeApi(environment), log });
  deps = { ...composeWorker(environment), log };
  worker = intakeWorker(deps);
});

afterAll(() => aws.close());

interface Opened extends UploadForm {
  readonly uploadId: string;
}
interface UploadAnswer {
  readonly status: string;
  readonly documentId?: string;
  readonly sha256?: string;
  readonly pages?: number;
  readonly problem?: { readonly code: string; readonly title: string; readonly titleVi: string };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function open(bytes: Uint8Array, overrides: object = {}): Promise<Opened> {
  const body = {
    contentType: 'application/pdf',
    size: bytes.length,
    sha256: sha256(bytes),
    classification: 'none',
    ...overrides,
  };
  const answer = await callApi<Opened>(api, owner, 'POST /api/uploads', body);
  expect(answer.status).toBe(201);
  return answer.body;
}

/** Posts as a browser does: the form's fields, the file last. */
async function post(form: UploadForm, bytes: Uint8Array, change: Record<string, string> = {}): Promise<number> {
  const data = new FormData();
  for (const [name, value] of Object.entries({ ...form.fields, ...change })) data.set(name, value);
  data.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), 'don-kien-nghi.exe');
  const answer = await fetch(form.url, { method: 'POST', body: data });
  await answer.arrayBuffer();
  return answer.status;
}

/** The messages that the bucket's notifications put into the queue for an upload. */
async function messages(uploadId: string) {
  await aws.settled();
  return aws.arrivals
    .filter((event) => event.s3.object.key === `intake/${uploadId}`)
    .map((event) => ({ body: JSON.stringify({ Records: [event] }) }));
}

async function send(bytes: Uint8Array, overrides: object = {}): Promise<Opened> {
  const form = await open(bytes, overrides);
  expect(await post(form, bytes)).toBe(204);
  expect(await deliver(worker, ...(await messages(form.uploadId)))).toEqual([]);
  return form;
}

async function read(uploadId: string): Promise<UploadAnswer> {
  return (await callApi<UploadAnswer>(api, owner, `GET /api/uploads/${uploadId}`)).body;
}

async function leftInIntake(uploadId: string): Promise<number> {
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: INTAKE_BUCKET, Prefix: `intake/${uploadId}` }));
  return (listed.Versions?.length ?? 0) + (listed.DeleteMarkers?.length ?? 0);
}

async function keptObjects(): Promise<number> {
  return (await s3.send(new ListObjectVersionsCommand({ Bucket: DOCUMENTS_BUCKET }))).Versions?.length ?? 0;
}

async function expectRefused(uploadId: string, code: string, keptBefore: number): Promise<void> {
  expect(await read(uploadId)).toMatchObject({ status: 'refused', problem: { code } });
  expect(await leftInIntake(uploadId)).toBe(0);
  expect(await keptObjects()).toBe(keptBefore);
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const pdf = (salt: string) => samplePdf({ trailer: `/Salt (${salt})` });

describe('asking for an upload', () => {
  it.each([
    ['mat', 'document_classified'],
    ['toi-mat', 'document_classified'],
    ['tuyet-mat', 'document_classified'],
  ])('turns a document declared %s away before there is anywhere to post it', async (classification, code) => {
    const answer = await callApi(api, owner, 'POST /api/uploads', {
      contentType: 'application/pdf',
      size: 10,
      classification,
    });
    expect(answer).toMatchObject({ status: 422, body: { code, field: 'classification' } });
    expect(JSON.stringify(answer.body)).not.toContain('http:');
  });

  it.each([
    ['a size above the limit', { size: MAX + 1 }, 'upload_size'],
    ['no size', { size: 0 }, 'invalid_field'],
    ['another type', { contentType: 'application/zip' }, 'invalid_field'],
    ['no declaration of secrecy', { classification: undefined }, 'invalid_field'],
    ["another agency's name", { unit: 'H56.12.03' }, 'forbidden'],
  ])('refuses %s', async (_, change, code) => {
    const body = { contentType: 'application/pdf', size: 10, classification: 'none', ...change };
    expect((await callApi(api, owner, 'POST /api/uploads', body)).body).toMatchObject({ code });
  });

  it('gives the same form for the same Idempotency-Key', async () => {
    const body = { contentType: 'application/pdf', size: 10, classification: 'none' };
    const key = randomUUID();
    const [first, again] = [
      await callApi<Opened>(api, owner, 'POST /api/uploads', body, key),
      await callApi<Opened>(api, owner, 'POST /api/uploads', body, key),
    ];
    expect(again.body).toEqual(first.body);
    const other = await callApi(api, owner, 'POST /api/uploads', { ...body, size: 11 }, key);
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
  });
});

describe('the form', () => {
  it.each([
    ['one byte more', (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.from(' ')]), {}],
    ['one byte less', (bytes: Uint8Array) => bytes.subarray(1), {}],
    ['another type', (bytes: Uint8Array) => bytes, { 'Content-Type': 'text/html' }],
    ['another key', (bytes: Uint8Array) => bytes, { key: 'intake/01HZX3V9K2M4N6P8Q0R2S4T6V8' }],
    ['another owner', (bytes: Uint8Array) => bytes, { 'x-amz-meta-owner': '0'.repeat(32) }],
  ])('takes no %s', async (_, content, change) => {
    const bytes = pdf('form');
    const form = await open(bytes);
    expect(await post(form, content(bytes), change)).toBeGreaterThanOrEqual(400);
    expect(await leftInIntake(form.uploadId)).toBe(0);
    expect(await read(form.uploadId)).toMatchObject({ status: 'awaiting' });
  });
});

describe('a file that is in order', () => {
  it('becomes a document with the very bytes, pinned, and leaves intake', async () => {
    const bytes = pdf('accepted');
    const { uploadId } = await send(bytes);
    const upload = await read(uploadId);
    expect(upload).toMatchObject({ status: 'accepted', sha256: sha256(bytes), pages: 1 });
    expect(await leftInIntake(uploadId)).toBe(0);
    const path = `/api/documents/${upload.documentId}` as const;
    const content = await callApi<{ url: string }>(api, owner, `GET ${path}/versions/1/content`);
    const download = await fetch(content.body.url);
    expect(sha256(new Uint8Array(await download.arrayBuffer()))).toBe(sha256(bytes));
    expect(download.headers.get('content-disposition')).toMatch(/^inline; filename="ba-khong-[0-9A-Z]{8}-1\.pdf"$/);
    const events = await deps.events.log(uploadId);
    expect(events.map((event) => event.type)).toEqual(['upload.accepted']);
    expect(checkLog(uploadId, events, (await deps.uploads.find(uploadId as Id))!.log)).toEqual([]);
  });

  it('is read by its owner alone', async () => {
    const { uploadId } = await send(pdf('private'));
    const { documentId } = await read(uploadId);
    expect((await callApi(api, stranger, `GET /api/uploads/${uploadId}`)).body).toMatchObject({ code: 'not_found' });
    for (const path of ['', '/versions/1/content']) {
      const answer = await callApi(api, stranger, `GET /api/documents/${documentId}${path}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    const missing = await callApi(api, owner, `GET /api/documents/${documentId}/versions/2/content`);
    expect(missing.body).toMatchObject({ code: 'not_found' });
  });

  it('may be a picture, which becomes a page', async () => {
    const { uploadId } = await send(PNG, { contentType: 'image/png' });
    const upload = await read(uploadId);
    expect(upload).toMatchObject({ status: 'accepted', pages: 1 });
    const document = await deps.documents.document(upload.documentId as Id);
    expect(document.versions[0]).toMatchObject({ source: { type: 'image/png', sha256: sha256(PNG) } });
    const { key, versionId } = document.versions[0]!;
    const object = await s3.send(new GetObjectCommand({ Bucket: DOCUMENTS_BUCKET, Key: key, VersionId: versionId }));
    const kept = await object.Body!.transformToByteArray();
    expect(Buffer.from(kept.subarray(0, 5)).toString()).toBe('%PDF-');
    expect(sha256(kept)).toBe(upload.sha256);
  });
});

describe('a file that is not', () => {
  const refusals: readonly [string, Uint8Array, object, string][] = [
    ['a program named otherwise', Buffer.from('MZ\x90\0 this is no document'), {}, 'upload_type'],
    ['a picture declared as PDF', PNG, {}, 'upload_content_mismatch'],
    ['a PDF declared as a picture', pdf('as png'), { contentType: 'image/png' }, 'upload_content_mismatch'],
    ['other bytes than were hashed', pdf('hash'), { sha256: 'ab'.repeat(32) }, 'upload_content_mismatch'],
    ['a torn PDF', pdf('torn').subarray(0, 200), {}, 'pdf_broken'],
    [
      'a PDF that runs scripts',
      samplePdf({ catalog: '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>' }),
      {},
      'pdf_active_content',
    ],
    ['an encrypted PDF', samplePdf({ trailer: '/Encrypt << /Filter /Standard /V 1 /R 2 >>' }), {}, 'pdf_encrypted'],
    ['a picture without its end', PNG.subarray(0, 45), { contentType: 'image/png' }, 'image_broken'],
    ['a stamp of secrecy', stamped('TUYET'), {}, 'document_classified'],
  ];
  it.each(refusals)('is refused and deleted: %s', async (_, bytes, overrides, code) => {
    const before = await keptObjects();
    const { uploadId } = await send(bytes, overrides);
    await expectRefused(uploadId, code, before);
    const [event] = await deps.events.log(uploadId);
    expect(event).toMatchObject({ type: 'upload.refused', data: { code, owner: owner.sub } });
  });

  it('says why in both languages', async () => {
    const { uploadId } = await send(Buffer.from('no document at all'));
    expect((await read(uploadId)).problem).toEqual({
      code: 'upload_type',
      title: 'Only PDF, JPEG or PNG files are accepted.',
      titleVi: 'Chỉ nhận tệp PDF, JPEG hoặc PNG.',
    });
  });
});

/** A page whose only text is a stamp: `MẬT` needs glyphs beyond Latin-1, so a font with its own map to Unicode. */
function stamped(_kind: 'TUYET'): Uint8Array {
  const stream = (text: string) => `<< /Length ${text.length} >>\nstream\n${text}\nendstream`;
  const letters = [...'TUYỆT MẬT'];
  const map = letters
    .map((letter, n) => `<${hex(n + 1)}> <${letter.charCodeAt(0).toString(16).padStart(4, '0')}>`)
    .join('\n');
  const codes = letters.map((_, n) => hex(n + 1)).join('');
  return samplePdf({
    page: '/Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >>',
    extra: [
      stream(`BT /F1 14 Tf 72 780 Td <${codes}> Tj ET`),
      `<< /Type /Font /Subtype /Type1 /BaseFont /Stamp /FirstChar 1 /LastChar ${letters.length} /Widths [${letters.map(() => 600).join(' ')}] /ToUnicode 6 0 R >>`,
      stream(
        `/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange ${letters.length} beginbfchar\n${map}\nendbfchar endcmap end`,
      ),
    ],
  });
}

const hex = (n: number) => n.toString(16).padStart(2, '0');

describe('messages that come otherwise than expected', () => {
  it('changes nothing when one comes twice, at once or later', async () => {
    const bytes = pdf('twice');
    const form = await open(bytes);
    await post(form, bytes);
    const [message] = await messages(form.uploadId);
    const before = await keptObjects();
    const failed = await deliver(worker, message!, message!);
    expect(failed.length).toBeLessThanOrEqual(1); // the one that lost the race comes again
    expect(await deliver(worker, message!)).toEqual([]);
    expect(await read(form.uploadId)).toMatchObject({ status: 'accepted' });
    expect(await keptObjects()).toBe(before + 1);
    expect(await deps.events.log(form.uploadId)).toHaveLength(1);
    expect(await leftInIntake(form.uploadId)).toBe(0);
  });

  it.each([
    ['in order', [0, 1]],
    ['out of order', [1, 0]],
  ])('keeps the first object that is told of and deletes a second one, %s', async (_, order) => {
    const contents = [pdf('first 1'), pdf('second 2')].map((bytes) => Buffer.from(bytes.subarray(0)));
    const size = Math.max(...contents.map((bytes) => bytes.length));
    const bytes = contents.map((content) => Buffer.concat([content, Buffer.alloc(size - content.length, '\n')]));
    const form = await open(bytes[0]!, { sha256: undefined });
    for (const each of bytes) expect(await post(form, each)).toBe(204);
    const told = await messages(form.uploadId);
    for (const n of order) expect(await deliver(worker, told[n]!)).toEqual([]);
    expect(await read(form.uploadId)).toMatchObject({ status: 'accepted', sha256: sha256(bytes[order[0]!]!) });
    const discarded = { code: 'upload.discarded', fields: { upload: form.uploadId, outcome: 'surplus' } };
    expect(log.lines.filter((line) => line.fields.upload === form.uploadId).at(-1)).toMatchObject(discarded);
    expect(await leftInIntake(form.uploadId)).toBe(0);
  });

  it('deletes an object that no upload was waiting for', async () => {
    const uploadId = '7ZZZZZZZZZZZZZZZZZZZZZZZZZ';
    for (const name of [uploadId, 'not-an-id']) {
      await s3.send(new PutObjectCommand({ Bucket: INTAKE_BUCKET, Key: `intake/${name}`, Body: 'x' }));
      expect(await deliver(worker, ...(await messages(name)))).toEqual([]);
      expect(await leftInIntake(name)).toBe(0);
    }
    expect(await deps.uploads.find(uploadId as Id)).toBeUndefined();
  });

  it('refuses an upload whose object went away before it was read', async () => {
    const bytes = pdf('gone');
    const form = await open(bytes);
    await post(form, bytes);
    const [message] = await messages(form.uploadId);
    const event = JSON.parse(message!.body) as { Records: [{ s3: { object: { versionId: string } } }] };
    await deps.intake.discard(`intake/${form.uploadId}`, event.Records[0].s3.object.versionId);
    expect(await deliver(worker, message!)).toEqual([]);
    expect(await read(form.uploadId)).toMatchObject({ status: 'refused', problem: { code: 'upload_expired' } });
  });

  it.each([
    '',
    'not json',
    '{}',
    '{"Records":[]}',
    '{"Records":[{"eventSource":"aws:s3","eventName":"ObjectRemoved:Delete"}]}',
  ])('sends what is no message of the bucket to the dead letters: %j', async (body) => {
    expect(await deliver(worker, { body, messageId: 'bad' })).toEqual(['bad']);
  });

  it('passes over the test event of S3', async () => {
    expect(await deliver(worker, { body: '{"Service":"Amazon S3","Event":"s3:TestEvent"}' })).toEqual([]);
  });
});

describe('a run that is killed', () => {
  /** Runs once with the n-th call failing as if the function had died there, then again as the redelivery does. */
  it.each([1, 2, 3, 4, 5, 6])('ends in the same state when the next run takes over: killed at call %i', async (n) => {
    const bytes = pdf(`killed at ${n}`);
    const form = await open(bytes);
    await post(form, bytes);
    const [message] = await messages(form.uploadId);
    const before = await keptObjects();
    let calls = 0;
    const mortal = <F extends (...args: never[]) => Promise<unknown>>(run: F, after: boolean) =>
      (async (...args: Parameters<F>) => {
        calls += 1;
        if (!after && calls === n) throw new Error('killed before');
        const result = await run(...args);
        if (after && calls === n) throw new Error('killed after');
        return result;
      }) as F;
    const after = n % 2 === 0;
    const broken = intakeWorker({
      ...deps,
      uploads: {
        find: mortal(deps.uploads.find.bind(deps.uploads), after),
        putWrite: deps.uploads.putWrite.bind(deps.uploads),
      },
      intake: {
        fetch: mortal(deps.intake.fetch.bind(deps.intake), after),
        discard: mortal(deps.intake.discard.bind(deps.intake), after),
      },
      objects: { keep: mortal(deps.objects.keep.bind(deps.objects), after) },
      commit: mortal(deps.commit, after),
    } as unknown as IntakeWorkerDeps);
    expect(await deliver(broken, message!)).toHaveLength(1);
    expect(await deliver(worker, message!)).toEqual([]);
    expect(await read(form.uploadId)).toMatchObject({ status: 'accepted', sha256: sha256(bytes) });
    expect(await keptObjects()).toBe(before + 1);
    expect(await deps.events.log(form.uploadId)).toHaveLength(1);
    expect(await leftInIntake(form.uploadId)).toBe(0);
  });
});

describe('the log', () => {
  it('names nobody', () => {
    expect(JSON.stringify(log.lines)).not.toMatch(/Lan|lan@example|don-kien-nghi/);
  });
});
