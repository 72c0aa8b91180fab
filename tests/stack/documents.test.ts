import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../cli/client.ts';
import { sendFile } from '../../cli/upload.ts';
import { type Product, startProduct } from '../support/stack.ts';
import { samplePdf } from '../unit/pdf/sample-pdf.ts';

interface UploadAnswer {
  readonly status: string;
  readonly documentId: string;
}

let product: Product;
let lan: ApiClient;
let binh: ApiClient;
let operator: ApiClient;

beforeAll(async () => {
  product = await startProduct({
    accounts: [
      { sub: 'lan', name: 'Nguyễn Thị Lan', email: 'lan@example.vn' },
      { sub: 'binh', name: 'Lê Văn Bình', email: 'binh@example.vn' },
      { sub: 'operator', name: 'Vận hành', email: 'van-hanh@example.vn', groups: ['operator'] },
    ],
  });
  [lan, binh, operator] = (await Promise.all(['lan', 'binh', 'operator'].map((sub) => product.client(sub)))) as [
    ApiClient,
    ApiClient,
    ApiClient,
  ];
});
afterAll(() => product?.close());

const pdf = (content: Uint8Array) => ({ bytes: content, contentType: 'application/pdf' as const });

describe('a file on the stack that deploys', () => {
  it('goes from the browser form to a document, and comes back byte for byte', async () => {
    const bytes = samplePdf({ trailer: '/Salt (stack)' });
    const uploadId = await sendFile(lan, pdf(bytes));
    await product.stack.idle();
    const upload = await lan.get<UploadAnswer>(`/api/uploads/${uploadId}`);
    expect(upload.status).toBe('accepted');
    const path = `/api/documents/${upload.documentId}`;
    const { url, sha256 } = await lan.get<{ url: string; sha256: string }>(`${path}/versions/1/content`);
    const kept = new Uint8Array(await (await fetch(url)).arrayBuffer());
    expect(createHash('sha256').update(kept).digest('hex')).toBe(sha256);
    expect(Buffer.from(kept).equals(bytes)).toBe(true);
    await expect(binh.get(path)).rejects.toMatchObject({ status: 404, code: 'not_found' });
    const nobody = await product.client();
    await expect(nobody.get(path)).rejects.toMatchObject({ status: 401 });
  });

  it('is refused, deleted and reported in one mail when it is no document', async () => {
    const uploadId = await sendFile(lan, pdf(Buffer.from('MZ no document')));
    await product.stack.idle();
    expect(await lan.get(`/api/uploads/${uploadId}`)).toMatchObject({
      status: 'refused',
      problem: { code: 'upload_type' },
    });
    const mails = (await product.stack.mail!.mails()).filter((mail) => mail.tags['mail-id']?.startsWith(uploadId));
    expect(mails).toHaveLength(1);
    const eml = await PostalMime.parse(await readFile(mails[0]!.emlPath));
    expect(eml.to?.[0]?.address).toBe('lan@example.vn');
    expect(eml.subject).toBe('Tệp tải lên không được nhận / Your file was not accepted');
    expect(eml.text).toContain('Chỉ nhận tệp PDF, JPEG hoặc PNG.');
    expect(eml.html).toContain('lang="en"');
  });

  it('never gets a form when it is declared secret', async () => {
    const request = lan.post('/api/uploads', { contentType: 'application/pdf', size: 10, classification: 'mat' });
    await expect(request).rejects.toMatchObject({ status: 422, code: 'document_classified' });
  });
});

describe('the directory on the stack that deploys', () => {
  const unit = { name: 'UBND xã Hoằng Hóa', notation: 'UBND', place: 'Hoằng Hóa', tier: 'commune', from: '2025-07-01' };

  it('lets an operator enter a unit and make its key within the rights of its role', async () => {
    await operator.put('/api/units/H56.12.03', unit);
    const [first, again] = [
      await operator.post<{ csr: string }>('/api/units/H56.12.03/key', { spec: 'ECC_NIST_P256' }),
      await operator.post<{ csr: string }>('/api/units/H56.12.03/key', { spec: 'ECC_NIST_P256' }),
    ];
    for (const { csr } of [first, again]) expect(csr).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/);
    expect(await lan.get('/api/units/H56.12.03')).toMatchObject({ name: unit.name });
    await expect(lan.put('/api/units/H56.12.04', unit)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
