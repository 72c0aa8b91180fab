import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import type { Code } from '../../../lib/platform/errors.ts';
import { completeSigning, prepareSigning, type SigningOptions } from '../../../lib/signatures/prepare-signing.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import { createAuthority, DAY, NOW } from '../../support/pki/authority.ts';
import { letterPdf, reasonCodes, signed, VISIBLE, verify } from '../../support/pki/signing.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

const authority = createAuthority();
const leader = authority.signer();
const seal = authority.signer({ label: 'seal', subject: { commonName: 'UBND xã Hoằng Hóa', countryName: 'VN' } });

interface Bad {
  readonly file?: Uint8Array | Promise<Uint8Array>;
  readonly signer?: Signer;
  readonly options?: Partial<SigningOptions>;
}

const form = (field: string, extra: string[] = []) =>
  samplePdf({ catalog: '/AcroForm << /Fields [4 0 R] >>', page: '/Annots [4 0 R]', extra: [field, ...extra] });

const BAD: readonly (readonly [what: string, code: Code, bad: Bad])[] = [
  ['encrypted', 'pdf_encrypted', { file: samplePdf({ trailer: '/Encrypt << /Filter /Standard >>' }) }],
  ['in need of repair', 'pdf_broken', { file: Buffer.concat([Buffer.from('x'), samplePdf()]) }],
  ['an XFA form', 'pdf_xfa', { file: samplePdf({ catalog: '/AcroForm << /Fields [] /XFA (x) >>' }) }],
  ['certified with P=1', 'pdf_certified_no_changes', { file: signed(letterPdf(), { signer: leader, certify: 1 }) }],
  [
    'a locked field',
    'pdf_field_locked',
    {
      file: signed(letterPdf(), { signer: leader, lock: { action: 'Include', fields: ['Signature2'] } }),
      options: { fieldName: 'Signature2' },
    },
  ],
  [
    'a field that is signed',
    'pdf_field_locked',
    { file: signed(letterPdf(), { signer: leader, fieldName: 'ky' }), options: { fieldName: 'ky' } },
  ],
  [
    'a field that shows twice',
    'pdf_field_widgets',
    {
      file: form('<< /FT /Sig /T (ky) /Kids [5 0 R 6 0 R] >>', [
        '<< /Subtype /Widget /Parent 4 0 R /Rect [0 0 9 9] >>',
        '<< /Subtype /Widget /Parent 4 0 R /Rect [0 0 9 9] >>',
      ]),
      options: { fieldName: 'ky' },
    },
  ],
  [
    'a name of another field',
    'pdf_field_name',
    { file: form('<< /FT /Tx /T (ten) >>'), options: { fieldName: 'ten' } },
  ],
  [
    'off the page',
    'pdf_placement',
    { options: { visible: { ...VISIBLE, box: { x: 590, y: 5, width: 200, height: 80 } } } },
  ],
  ['on no page', 'pdf_placement', { options: { visible: { ...VISIBLE, page: 7 } } }],
  ['an expired certificate', 'certificate_expired', { signer: authority.signer({ notAfter: NOW - 1 }) }],
  ['one not yet valid', 'certificate_not_yet_valid', { signer: authority.signer({ notBefore: NOW + DAY }) }],
  ['one of wrong usage', 'certificate_key_usage', { signer: authority.signer({ keyUsage: ['keyAgreement'] }) }],
  ['a key that is not its own', 'certificate_key_mismatch', { signer: { ...leader, sign: seal.sign } }],
  ['no certificate', 'certificate_invalid', { signer: { ...leader, certificate: Uint8Array.of(0x30, 0) } }],
  [
    'a second certification',
    'invalid_state',
    { file: signed(letterPdf(), { signer: leader, certify: 2 }), options: { certify: 2 } },
  ],
];

test.each(BAD)('%s is refused with %s, the original untouched', async (_, code, bad) => {
  const original = await (bad.file ?? letterPdf());
  const before = Buffer.from(original);
  const work = signPdf(memorySource(original), {
    signer: bad.signer ?? leader,
    signingTime: NOW,
    ...bad.options,
  });
  await expect(work).rejects.toMatchObject({ name: 'ProblemError', code });
  expect(before.equals(original)).toBe(true);
});

test('room that is too small for the signature is found before there is a file', async () => {
  const unsigned = await prepareSigning(memorySource(letterPdf()), leader, { signingTime: NOW });
  await expect(
    (async () => completeSigning(unsigned, new Uint8Array(unsigned.prepared.contentsBytes)))(),
  ).rejects.toMatchObject({ code: 'pdf_signature_room' });
});

describe('signatures by different signers, whichever order', () => {
  const rsa = authority.signer({ kind: 'rsa', algorithm: { scheme: 'rsa-pss', hash: 'sha256' } });
  const p384 = authority.signer({ kind: 'p384', label: 'third' });

  test.each<[string, Signer[]]>([
    ['leader, seal, PSS, P-384', [leader, seal, rsa, p384]],
    ['P-384, PSS, seal, leader', [p384, rsa, seal, leader]],
  ])('%s: each stays valid', async (_, signers) => {
    const field = '<< /FT /Sig /T (ky) /Subtype /Widget /Rect [10 20 110 70] >>';
    let file: Uint8Array = form(field);
    for (const [n, signer] of signers.entries()) {
      const box = { ...VISIBLE.box, x: 20 + 30 * n };
      const where = n === 1 ? { fieldName: 'ky' } : n === 2 ? {} : { visible: { ...VISIBLE, box } };
      file = await signed(file, { signer, ...where, ...(n === 0 ? { certify: 2 as const } : {}) });
    }
    const verdict = await verify(file);
    expect(reasonCodes(verdict)).toEqual([]);
    expect(verdict.status).toBe('TOTAL_PASSED');
    expect(verdict.signatures.map(({ field: name, kind }) => [name, kind])).toEqual([
      ['ky', 'approval'],
      ['Signature1', 'certification'],
      ['Signature2', 'approval'],
      ['Signature3', 'approval'],
    ]);
  });
});
