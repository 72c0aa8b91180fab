import { randomUUID } from 'node:crypto';
import { HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiEvent } from '../../../functions/http/api.ts';
import { verifyApi } from '../../../functions/verify-api/api.ts';
import type { VerifyApiDeps } from '../../../functions/verify-api/compose.ts';
import type { UnitCode } from '../../../lib/access/actor.ts';
import { objectClient } from '../../../lib/platform/aws/object-client.ts';
import { ProblemError } from '../../../lib/platform/errors.ts';
import { sha256Hex } from '../../../lib/platform/hash.ts';
import { newCaseCode, systemRandom } from '../../../lib/platform/ids.ts';
import type { IssuedDocument } from '../../../lib/verification/issued.ts';
import type { VerificationView } from '../../../lib/verification/verification-view.ts';
import { DOCUMENTS_BUCKET, INTAKE_BUCKET, VERIFICATION_BUCKET } from '../../support/aws.ts';
import { callApi, lambdaContext } from '../../support/call.ts';
import { type CaseWorld, certifyService, HOANG_HOA, startCaseWorld } from '../../support/case-world.ts';
import { NOW } from '../../support/pki/authority.ts';
import { letterPdf, reasonCodes, signed, verify } from '../../support/pki/signing.ts';
import { shownText } from '../pdf/shown-text.ts';

let world: CaseWorld;
let deps: VerifyApiDeps;
let file: Uint8Array;
const s3 = objectClient;
beforeAll(async () => {
  world = await startCaseWorld();
  deps = world.verifyDeps;
  file = await signed(letterPdf(), { signer: world.authority.signer() });
});
afterAll(() => world?.close());

interface Asked {
  readonly body?: Uint8Array | object;
  readonly accept?: string;
  readonly using?: Partial<VerifyApiDeps>;
}

/** Posts as API Gateway hands it on; the body as it came, and read as JSON where it is. */
async function post(path: `/api/${string}`, { body, accept, using }: Asked = {}) {
  const pdf = body instanceof Uint8Array;
  const event = {
    version: '2.0',
    rawPath: path,
    headers: { 'content-type': pdf ? 'application/pdf' : 'application/json', ...(accept ? { accept } : {}) },
    requestContext: { http: { method: 'POST', path, sourceIp: '203.0.113.1' } },
    body: pdf ? Buffer.from(body).toString('base64') : JSON.stringify(body ?? {}),
    isBase64Encoded: pdf,
  } as unknown as ApiEvent;
  const handler = verifyApi({ ...deps, ...using });
  const answer = (await handler(event, lambdaContext())) as APIGatewayProxyStructuredResultV2;
  const bytes = Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8');
  const isJson = /json$/.test(String(answer.headers?.['content-type']));
  return {
    status: answer.statusCode,
    headers: answer.headers ?? {},
    bytes,
    json: isJson ? JSON.parse(String(bytes)) : undefined,
  };
}

interface Form {
  readonly id: string;
  readonly url: string;
  readonly fields: Record<string, string>;
}

async function formFor(bytes: Uint8Array): Promise<Form> {
  return (await post('/api/verify/uploads', { body: { size: bytes.length } })).json;
}

async function send({ url, fields }: Form, bytes: Uint8Array): Promise<number> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/pdf' }), 'file');
  return (await fetch(url, { method: 'POST', body: form })).status;
}

async function sent(bytes: Uint8Array): Promise<string> {
  const form = await formFor(bytes);
  expect(await send(form, bytes)).toBe(204);
  return form.id;
}

async function objectsIn(Bucket: string): Promise<string[]> {
  const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key ?? '');
}

const PDF = 'application/pdf';

/** Makes the file one that was issued here. */
async function issue(bytes: Uint8Array, more: Partial<IssuedDocument> = {}): Promise<IssuedDocument> {
  const issued: IssuedDocument = {
    sha256: sha256Hex(bytes),
    what: 'dispatch',
    code: newCaseCode('VB', systemRandom),
    documentId: randomUUID(),
    issuedAt: NOW,
    unit: { code: HOANG_HOA as UnitCode, name: 'Ủy ban nhân dân xã Hoằng Hóa' },
    number: '12/TB-UBND',
    type: 'thong-bao',
    signers: [{ name: 'Lê Thị Hạnh', title: 'CHỦ TỊCH', at: NOW }],
    standing: 'in-force',
    ...more,
  };
  await world.table.commit([world.signDeps.issued.write(issued)]);
  return issued;
}

describe('the report as JSON', () => {
  it('says who signed, on what the verdict stands, and what came after', async () => {
    const twice = await signed(file, { signer: world.authority.signer({ label: 'second' }) });
    const { status, json } = await post('/api/verify', { body: twice });
    const report = json as VerificationView;
    expect({ status, file: report.file }).toEqual({
      status: 200,
      file: { bytes: twice.length, sha256: sha256Hex(twice) },
    });
    expect(report.signatures[0]).toMatchObject({
      status: 'TOTAL_PASSED',
      signer: { name: 'Lê Thị Hạnh', organization: 'UBND xã Hoằng Hóa' },
      algorithm: { scheme: 'ecdsa', hash: 'sha256', keyBits: 256 },
      level: 'B-B',
      provenTime: null,
      revocation: [
        { status: 'good', answer: { kind: 'crl', source: 'asked' } },
        { status: 'good', answer: { kind: 'crl', source: 'asked' } },
      ],
      coversWholeFile: false,
      changedAfter: [
        {
          added: 'signature',
          fields: [report.signatures[1]?.field],
          changes: [{ kind: 'signature', en: expect.stringContaining('was signed') }],
          reasons: [],
        },
      ],
    });
    expect(report.signatures[0]?.path).toHaveLength(3);
    expect(report.anchors.map(({ sha256 }) => sha256)).toEqual([report.signatures[0]?.path.at(-1)]);
    expect(report.material.lists).toHaveLength(2);
    expect(report.signatures[1]).toMatchObject({ coversWholeFile: true, changedAfter: [] });
  });
});

describe('what a verification may cost', () => {
  /** A clock that goes on by itself, some way at each look. */
  const rushing = (step: number) => {
    let now = NOW;
    return { now: () => (now += step) };
  };

  it('is bounded: beyond that there is doubt with a reason of its own, never a pass', async () => {
    const within = await post('/api/verify', { body: file, using: { clock: rushing(1) } });
    expect(within.json).toMatchObject({ status: 'TOTAL_PASSED' });
    const beyond = await post('/api/verify', { body: file, using: { clock: rushing(1000) } });
    expect(beyond).toMatchObject({ status: 200, json: { genuine: false, status: 'INDETERMINATE', signatures: [] } });
    expect(reasonCodes(beyond.json)).toEqual(['beyond_time_limit']);
    expect(beyond.json.file.sha256).toBe(sha256Hex(file));
  });

  it('is not answered at all when not even the hash could be had', async () => {
    const beyond = await post('/api/verify', { body: file, using: { clock: rushing(60_000) } });
    expect(beyond).toMatchObject({ status: 503, json: { code: 'reading_limit' } });
  });
});

describe('a file too large for a request', () => {
  it('is posted by form, verified where it lies, and gone with the verdict', async () => {
    const id = await sent(file);
    expect(id).toMatch(/^[0-9A-Z]{26}$/);
    expect(await objectsIn(VERIFICATION_BUCKET)).toEqual([id]);
    const { status, json } = await post(`/api/verify/uploads/${id}/report`);
    expect({ status, sha256: json.file.sha256 }).toEqual({ status: 200, sha256: sha256Hex(file) });
    expect(json).toMatchObject({ status: 'TOTAL_PASSED', genuine: false });
    expect(await objectsIn(VERIFICATION_BUCKET)).toEqual([]);
    expect(await post(`/api/verify/uploads/${id}/report`)).toMatchObject({ status: 404, json: { code: 'not_found' } });
    // Nothing else has seen it.
    expect([await objectsIn(DOCUMENTS_BUCKET), await objectsIn(INTAKE_BUCKET)]).toEqual([[], []]);
    await world.aws.settled();
    expect(world.aws.arrivals).toEqual([]);
  });

  it.each([
    ['more than is allowed', { size: 20_000_001 }, 422, 'upload_size'],
    ['nothing', { size: 0 }, 422, 'invalid_field'],
  ])('gets no form for %s', async (_, body, status, code) => {
    expect(await post('/api/verify/uploads', { body })).toMatchObject({ status, json: { code } });
  });

  it('has exactly the size that was asked for, and the place that the form names', async () => {
    const form = await formFor(file);
    expect(await send(form, file.subarray(1))).toBe(400);
    expect(await send(form, Buffer.concat([file, Buffer.from(' ')]))).toBe(400);
    expect(await send({ ...form, fields: { ...form.fields, key: 'another' } }, file)).toBe(403);
    expect(await objectsIn(VERIFICATION_BUCKET)).toEqual([]);
  });

  it.each(['01HZX3V9K2M4N6P8Q0R2S4T6V8', '..%2Fdocuments', 'x'])('%s: not found', async (id) => {
    expect(await post(`/api/verify/uploads/${id}/report`)).toMatchObject({ status: 404, json: { code: 'not_found' } });
  });

  it('is not judged when another takes its place meanwhile', async () => {
    const id = await sent(file);
    const open: VerifyApiDeps['files']['open'] = async (known) => {
      const source = await deps.files.open(known);
      await s3().send(new PutObjectCommand({ Bucket: VERIFICATION_BUCKET, Key: id, Body: letterPdf() }));
      return source;
    };
    const files = { open, discard: deps.files.discard.bind(deps.files) } as VerifyApiDeps['files'];
    const answer = await post(`/api/verify/uploads/${id}/report`, { using: { files } });
    expect(answer).toMatchObject({ status: 409, json: { code: 'document_changed' } });
    await deps.files.discard(id as never);
  });

  it('has its verdict also when it cannot be deleted, which is logged', async () => {
    const id = await sent(file);
    const stuck = { open: deps.files.open.bind(deps.files), discard: () => Promise.reject(new Error('stuck')) };
    const answer = await post(`/api/verify/uploads/${id}/report`, { using: { files: stuck as never } });
    expect(answer).toMatchObject({ status: 200, json: { status: 'TOTAL_PASSED' } });
    expect(world.log.lines.at(-1)).toMatchObject({ code: 'verification.file-left' });
    await deps.files.discard(id as never);
  });
});

describe('the report as PDF', () => {
  const report = (body: Uint8Array, using?: Partial<VerifyApiDeps>) =>
    post('/api/verify', { body, accept: PDF, ...(using ? { using } : {}) });

  it('is refused while there is no seal for it, and a posted file stays for its JSON', async () => {
    const id = await sent(file);
    for (const path of ['/api/verify', `/api/verify/uploads/${id}/report`] as const) {
      const answer = await post(path, { body: file, accept: PDF });
      expect(answer).toMatchObject({ status: 406, json: { code: 'report_not_offered', detail: 'unit_unknown' } });
    }
    expect(await report(file, { sealUnit: undefined })).toMatchObject({ status: 406 });
    expect(await post(`/api/verify/uploads/${id}/report`)).toMatchObject({ status: 200 });
  });

  describe('with a seal', () => {
    let genuine: Uint8Array;
    let issued: IssuedDocument;
    beforeAll(async () => {
      await certifyService(world);
      genuine = await signed(letterPdf('stream'), { signer: world.authority.signer() });
      issued = await issue(genuine);
    });

    it('bears a valid signature of the service, and says in words what the JSON does', async () => {
      const { status, headers, bytes } = await report(genuine);
      expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: PDF });
      expect(headers['content-disposition']).toBe(
        `attachment; filename="bao-cao-kiem-tra-${issued.sha256.slice(0, 8)}.pdf"`,
      );
      const verdict = await verify(bytes, world.authority);
      expect(verdict).toMatchObject({ status: 'TOTAL_PASSED', signatures: [{ signer: { name: 'Dịch vụ kiểm tra' } }] });
      const text = (await shownText(bytes)).join('\n');
      for (const said of [
        'Đúng là văn bản đã phát hành, chữ ký hợp lệ và nội dung nguyên vẹn.',
        'This is the document that was issued; its signatures are valid and it is unchanged.',
        issued.sha256,
        '12/TB-UBND',
        issued.code,
        'Lê Thị Hạnh',
        'HỢP LỆ',
        'Không phải văn bản của cơ quan nhà nước',
      ]) {
        expect(text).toContain(said);
      }
    });

    it('never looks like a document of an agency, and is none that was issued here', async () => {
      const { bytes } = await report(genuine);
      const text = (await shownText(bytes)).join('\n').toUpperCase();
      for (const sign of ['CỘNG HÒA XÃ HỘI CHỦ NGHĨA', 'ĐỘC LẬP - TỰ DO', 'KÍNH GỬI', 'NƠI NHẬN']) {
        expect(text).not.toContain(sign);
      }
      const { json } = await post('/api/verify', { body: bytes });
      expect(json).toMatchObject({ status: 'TOTAL_PASSED', genuine: false });
      expect(json.issued).toBeUndefined();
    });

    it.each([
      [
        'an altered file',
        'KHÔNG HỢP LỆ',
        async () => {
          const altered = Buffer.from(file);
          altered[altered.indexOf('Cong hoa')] = 0x44;
          return altered;
        },
      ],
      ['a file without a signature', 'Tệp không có chữ ký số.', async () => letterPdf()],
      ['no PDF at all', 'Tệp không phải PDF hoặc bị hỏng.', async () => Buffer.from('MZ no document')],
      [
        'a document that was recalled',
        'ĐÃ BỊ THU HỒI',
        async () => {
          const recalled = await signed(letterPdf('hybrid'), { signer: world.authority.signer() });
          await issue(recalled, { standing: 'recalled' });
          return recalled;
        },
      ],
    ])('of %s says so', async (_, said, make) => {
      const { status, bytes } = await report(await make());
      expect(status).toBe(200);
      const text = (await shownText(bytes)).join('\n');
      expect(text).toContain(said);
      expect(text).not.toContain('Đúng là văn bản đã phát hành');
    });

    it('goes over as many sheets as many signatures take, whatever their names', async () => {
      let many = letterPdf();
      const names = ['X'.repeat(400), '漢字 😀 \u202eabc', 'Nguyễn Thị Minh Khai', ' '];
      for (const [index, commonName] of [...names, ...names].entries()) {
        const subject = { commonName, organizationName: commonName, countryName: 'VN' };
        many = await signed(many, {
          signer: world.authority.signer({ subject }),
          fieldName: `${index}${'F'.repeat(90)}`,
        });
      }
      const { bytes } = await report(many);
      expect(await verify(bytes, world.authority)).toMatchObject({ status: 'TOTAL_PASSED' });
      const [first, fourth] = [await shownText(bytes), await shownText(bytes, 3)];
      expect(first.join('\n')).toContain('Chữ ký: 8 (hợp lệ 8,');
      expect(fourth[0]).toBe('4');
    });

    it('of a posted file is given once, and stays to be had while the key does not answer', async () => {
      const id = await sent(genuine);
      const path = `/api/verify/uploads/${id}/report` as const;
      const signerFor: VerifyApiDeps['signerFor'] = (facts) => ({
        ...deps.signerFor(facts),
        sign: () => Promise.reject(new ProblemError('signing_key_unavailable')),
      });
      expect(await post(path, { accept: PDF, using: { signerFor } })).toMatchObject({ status: 503 });
      await s3().send(new HeadObjectCommand({ Bucket: VERIFICATION_BUCKET, Key: id }));
      expect((await post(path, { accept: `${PDF}, application/json;q=0.5` })).headers['content-type']).toBe(PDF);
      expect(await post(path, { accept: PDF })).toMatchObject({ status: 404 });
    });
  });
});

it('lists what was issued under a code as before', async () => {
  const issued = await issue(letterPdf('stream'), { what: 'answer' });
  const answer = await callApi(verifyApi(deps), undefined, `GET /api/verify/${issued.code}`);
  expect(answer).toMatchObject({ status: 200, body: { items: [{ code: issued.code, number: '12/TB-UBND' }] } });
});
