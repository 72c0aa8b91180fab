import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import { dict, name, ref } from '../../../lib/pdf/objects.ts';
import { Revision } from '../../../lib/pdf/revision.ts';
import { signatureFields } from '../../../lib/pdf/signature-permissions.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import { createAuthority, NOW } from '../../support/pki/authority.ts';
import { letterPdf, reasonCodes, signed, VISIBLE, verify } from '../../support/pki/signing.ts';
import { problemOf } from '../pdf/expect-problem.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

const authority = createAuthority();
const signer = authority.signer();

/** What `npm run fuzz` found once. */
describe('found by fuzzing', () => {
  test('bytes after the last revision are seen when they end in that revision’s own startxref', async () => {
    const once = await signed(letterPdf(), { signer });
    const twice = await signed(once, { signer, visible: VISIBLE });
    const end = Buffer.from(twice).lastIndexOf('startxref');
    const file = Buffer.concat([twice, Buffer.from('12 0 obj null endobj\n'), twice.subarray(end)]);
    const verdict = await verify(file, authority);
    expect(verdict.status).toBe('INDETERMINATE');
    expect(reasonCodes(verdict)).toContain('bytes_after_revision');
  });

  test.each(['table', 'stream', 'hybrid'] as const)(
    '%s: a field that waits for an object nobody wrote does not get the new signature',
    async (kind) => {
      const file = samplePdf({
        kind,
        catalog: '/AcroForm << /Fields [4 0 R] >>',
        page: '/Annots [4 0 R]',
        extra: ['<< /Type /Annot /Subtype /Widget /FT /Sig /T (Waiting) /Rect [0 0 0 0] /P 3 0 R /V 20 0 R >>'],
      });
      expect(await problemOf(() => signPdf(memorySource(file), { signer, signingTime: NOW }))).toBe('pdf_broken');
    },
  );

  test('a signature whose parts cannot be read ends in a verdict', async () => {
    const file = samplePdf({
      catalog: '/AcroForm << /Fields [4 0 R] >>',
      page: '/Annots [4 0 R]',
      extra: [
        '<< /Type /Annot /Subtype /Widget /FT /Sig /T (Broken) /Rect [0 0 0 0] /P 3 0 R /V 5 0 R >>',
        '<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /Contents <00> /M 6 0 R /Reference 6 0 R >>',
        '<< /Name#zz 1 >>',
      ],
    });
    const verdict = await verify(file, authority);
    expect(verdict.status).toBe('TOTAL_FAILED');
    expect(reasonCodes(verdict)).toEqual(['file_unreadable']);
  });

  test('a page tree that leads to a signature does not have it written over', async () => {
    const once = await signed(letterPdf(), { signer });
    const document = await openPdf(memorySource(once));
    const revision = new Revision(document);
    const [field] = await signatureFields(document);
    const kids = [field!.value!];
    revision.set(ref(2), dict({ Type: name('Pages'), Kids: kids, Count: 1, MediaBox: [0, 0, 595, 842] }));
    const file = Buffer.concat([once, (await revision.finish()).tail]);
    expect(await problemOf(() => signPdf(memorySource(file), { signer, signingTime: NOW }))).toBe('pdf_broken');
  });
});
