import { describe, expect, test } from 'vitest';
import { dict, dictWith, name, type PdfDict, type PdfObject, type PdfRef, ref } from '../../../lib/pdf/objects.ts';
import { textString } from '../../../lib/pdf/text-string.ts';
import type { Verdict } from '../../../lib/signatures/validation/verdict.ts';
import { content, type Edit, edited } from '../../support/edited.ts';
import { createAuthority } from '../../support/pki/authority.ts';
import { letterPdf, signed, verify } from '../../support/pki/signing.ts';

const authority = createAuthority();
const leader = authority.signer();
const PAGE = ref(3);

const attacksIn = ({ signatures }: Verdict) => signatures.flatMap(({ attack }) => attack?.code ?? []);

async function letter() {
  const file = Buffer.from(await signed(letterPdf(), { signer: leader }));
  const [, start, end, rest] = (await verify(file, authority)).signatures[0]!.coverage!.byteRange;
  return { file, text: file.toString('latin1'), start, end, rest };
}
const rewritten = (text: string, pattern: RegExp, by: string) => {
  const changed = text.replace(pattern, (found) => by.padEnd(found.length));
  expect(changed).not.toBe(text);
  return Buffer.from(changed, 'latin1');
};
const RANGE = /\/ByteRange ?\[[^\]]*\]/;

describe('variants of published attacks that no file at hand shows', () => {
  test.each([
    ['[0 0 0 0]', '/ByteRange [0 0 0 0]'],
    ['null', '/ByteRange null'],
    ['three numbers', '/ByteRange [0 9 99]'],
    ['a name', '/ByteRange /All'],
  ])('universal signature forgery: /ByteRange %s', async (_, by) => {
    const { text } = await letter();
    const verdict = await verify(rewritten(text, RANGE, by), authority);
    expect([verdict.status, ...attacksIn(verdict)]).toEqual(['TOTAL_FAILED', 'universal_signature_forgery']);
  });

  test.each([
    ['<>', '/Contents <>'],
    ['<00>', '/Contents <00>'],
  ])('universal signature forgery: /Contents %s', async (_, by) => {
    const { text } = await letter();
    const verdict = await verify(rewritten(text, /\/Contents ?<[0-9A-Fa-f]*>/, by), authority);
    expect([verdict.status, ...attacksIn(verdict)]).toEqual(['TOTAL_FAILED', 'universal_signature_forgery']);
  });

  test('signature wrapping, with the file’s cross-reference lost by it: never passed', async () => {
    const { file, start, end, rest } = await letter();
    const filling = Buffer.from(` /ByteRange [0 ${start} ${end + 400} ${rest}] `.padEnd(400));
    const wrapped = Buffer.concat([file.subarray(0, end), filling, file.subarray(end)]);
    const verdict = await verify(wrapped, authority);
    expect(verdict.status).toBe('TOTAL_FAILED');
  });

  test.each<[string, (tools: Edit) => Promise<void> | void]>([
    [
      'a page of another size',
      async ({ document, revision }) =>
        revision.set(PAGE, dictWith((await document.get(PAGE)) as PdfDict, { MediaBox: [0, 0, 300, 300] })),
    ],
    [
      'a page added',
      async ({ document, revision }) => {
        const page = revision.add(dict({ Type: name('Page'), Parent: ref(2), MediaBox: [0, 0, 595, 842] }));
        const pages = (await document.get(ref(2))) as PdfDict;
        revision.set(ref(2), dictWith(pages, { Kids: [...(pages.get('Kids') as PdfObject[]), page], Count: 2 }));
      },
    ],
    [
      'another font behind the name',
      ({ revision }) =>
        revision.set(ref(5), dict({ Type: name('Font'), Subtype: name('Type1'), BaseFont: name('Symbol') })),
    ],
    [
      'other content, and the form written again',
      async ({ document, revision, catalog }) => {
        revision.set(ref(4), content('BT /F1 24 Tf 72 760 Td (Khac) Tj ET'));
        const form = catalog.get('AcroForm') as PdfRef;
        revision.set(form, (await document.get(form)) as PdfDict);
      },
    ],
  ])('incremental saving: %s', async (_, edit) => {
    const verdict = await verify(await edited((await letter()).file, edit), authority);
    expect([verdict.status, ...attacksIn(verdict)]).toEqual(['INDETERMINATE', 'incremental_saving']);
  });

  test.each(['Stamp', 'Square', 'Redact', 'Watermark', 'Ink', 'Line'])('evil annotation: %s', async (subtype) => {
    const file = await signed(letterPdf(), { signer: leader, certify: 2 });
    const verdict = await verify(
      await edited(file, async ({ document, revision }) => {
        const keys = { Type: name('Annot'), Subtype: name(subtype), Rect: [0, 0, 595, 842], P: PAGE };
        const N = revision.add(content('1 g 0 0 595 842 re f'));
        const note = revision.add(dict({ ...keys, Contents: textString('1 000 000 000'), AP: dict({ N }) }));
        const page = (await document.get(PAGE)) as PdfDict;
        revision.set(PAGE, dictWith(page, { Annots: [...((page.get('Annots') ?? []) as PdfObject[]), note] }));
      }),
      authority,
    );
    expect([verdict.status, ...attacksIn(verdict)]).toEqual(['INDETERMINATE', 'evil_annotation']);
  });
});
