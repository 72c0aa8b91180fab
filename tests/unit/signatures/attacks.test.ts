import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import {
  bytesString,
  dict,
  dictWith,
  name,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  ref,
  stream,
} from '../../../lib/pdf/objects.ts';
import { textString } from '../../../lib/pdf/text-string.ts';
import { content, type Edit, edited } from '../../support/edited.ts';
import { createAuthority } from '../../support/pki/authority.ts';
import { letterPdf, reasonCodes, signed, VISIBLE, verify } from '../../support/pki/signing.ts';
import { samplePdf, streamBody } from '../pdf/sample-pdf.ts';

const authority = createAuthority();
const leader = authority.signer();
const seal = authority.signer({ label: 'seal' });
const stranger = createAuthority(undefined, 'stranger').signer({ label: 'stranger' });

/** A file that was signed by someone who is trusted, with everything in order. */
const letter = () => signed(letterPdf(), { signer: leader });

const PAGE = ref(3);
const CONTENT = ref(4);

describe('what is added to a signed file without being allowed is never passed', () => {
  const attacks: Record<string, { codes: string[]; edit: (tools: Edit) => Promise<void> | void }> = {
    'other text on the page (incremental saving)': {
      codes: ['object_changed'],
      edit: ({ revision }) => revision.set(CONTENT, content('BT ET')),
    },
    'another content stream for the page': {
      codes: ['object_unexplained', 'page_changed'],
      edit: async ({ document, revision }) => {
        revision.set(
          PAGE,
          dictWith((await document.get(PAGE)) as PdfDict, { Contents: revision.add(content('BT ET')) }),
        );
      },
    },
    'an annotation over the page (evil annotation)': {
      codes: ['annotation_not_allowed', 'annotation_refused'],
      edit: async ({ document, revision }) => {
        const note = revision.add(dict({ Type: name('Annot'), Subtype: name('FreeText'), Rect: [0, 0, 500, 800] }));
        const page = (await document.get(PAGE)) as PdfDict;
        revision.set(PAGE, dictWith(page, { Annots: [...((page.get('Annots') ?? []) as PdfObject[]), note] }));
      },
    },
    'a script that runs on opening': {
      codes: ['catalog_changed', 'object_unexplained'],
      edit: ({ revision, root, catalog }) => {
        const action = revision.add(dict({ S: name('JavaScript'), JS: textString('app.alert(1)') }));
        revision.set(root, dictWith(catalog, { OpenAction: action }));
      },
    },
    'other fonts behind the same names (replaced glyphs)': {
      codes: ['object_changed'],
      edit: ({ revision }) =>
        revision.set(ref(5), dict({ Type: name('Font'), Subtype: name('Type1'), BaseFont: name('Symbol') })),
    },
    'an object that nothing needs yet': {
      codes: ['object_unexplained'],
      edit: ({ revision }) => void revision.add(content('0 0 m')),
    },
    'a text field with a value': {
      codes: ['form_changed', 'object_unexplained'],
      edit: async ({ document, revision, catalog }) => {
        const form = catalog.get('AcroForm') as PdfRef;
        const old = (await document.get(form)) as PdfDict;
        const field = revision.add(dict({ FT: name('Tx'), T: textString('sum'), V: textString('1 000 000') }));
        revision.set(form, dictWith(old, { Fields: [...(old.get('Fields') as PdfObject[]), field] }));
      },
    },
    'validation data that takes the place of a font': {
      codes: ['object_changed'],
      edit: ({ revision, root, catalog }) => {
        revision.set(ref(5), dict({ Certs: [] }));
        revision.set(root, dictWith(catalog, { DSS: ref(5) }));
      },
    },
    'validation data with a stream that is none': {
      codes: ['catalog_changed', 'object_unexplained'],
      edit: ({ revision, root, catalog }) => {
        const form = revision.add(content('0 0 500 800 re f'));
        revision.set(root, dictWith(catalog, { DSS: dict({ VRI: dict({ Overlay: form }) }) }));
      },
    },
  };

  test.each(Object.entries(attacks))('%s', async (_, { codes, edit }) => {
    const verdict = await verify(await edited(await letter(), edit), authority);
    expect(reasonCodes(verdict)).toEqual(codes);
    expect(verdict.status).not.toBe('TOTAL_PASSED');
    expect(verdict.signatures[0]?.laterRevisions.at(-1)?.reasons).not.toEqual([]);
  });

  test('also when a further, good signature covers it all', async () => {
    const manipulated = await edited(await letter(), ({ revision }) => revision.set(CONTENT, content('BT ET')));
    const verdict = await verify(await signed(manipulated, { signer: seal }));
    expect(verdict.signatures.map(({ status }) => status)).toEqual(['INDETERMINATE', 'TOTAL_PASSED']);
    expect(verdict.status).toBe('INDETERMINATE');
  });

  test('another root in the trailer', async () => {
    const file = await letter();
    const text = Buffer.from(file).toString('latin1');
    const startxref = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)![1]!;
    const body = '90 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n';
    const table = `xref\n90 1\n${String(file.length).padStart(10, '0')} 00000 n\r\n`;
    const trailer = `trailer\n<< /Size 91 /Root 90 0 R /Prev ${startxref} >>\nstartxref\n${file.length + body.length}\n%%EOF\n`;
    const verdict = await verify(Buffer.concat([file, Buffer.from(body + table + trailer, 'latin1')]));
    expect(verdict.status).toBe('INDETERMINATE');
    expect(reasonCodes(verdict)).toEqual(['signature_removed']);
  });

  test('an object freed', async () => {
    const file = await letter();
    const startxref = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(Buffer.from(file).toString('latin1'))![1]!;
    const { trailer } = await openPdf(memorySource(file));
    const end = `xref\n4 1\n0000000000 00001 f\r\ntrailer\n<< /Size ${trailer.get('Size')} /Root 1 0 R /Prev ${startxref} /ID [<00112233445566778899aabbccddeeff> <00>] >>\nstartxref\n${file.length}\n%%EOF\n`;
    const verdict = await verify(Buffer.concat([file, Buffer.from(end, 'latin1')]));
    expect(reasonCodes(verdict)).toEqual(['object_removed']);
  });

  test.each([
    ['words', 'and one more thing'],
    ['another end of file', '\n%%EOF\n'],
  ])('%s', async (_, garbage) => {
    expect((await verify(Buffer.concat([await letter(), Buffer.from(garbage)]))).status).not.toBe('TOTAL_PASSED');
  });

  test('words, and the end of the file said again', async () => {
    const file = await letter();
    const end = /startxref\s+\d+\s+%%EOF\s*$/.exec(Buffer.from(file).toString('latin1'))![0];
    const verdict = await verify(Buffer.concat([file, Buffer.from(`and one more thing\n${end}`)]));
    expect(reasonCodes(verdict)).toEqual(['bytes_after_revision']);
  });

  test('the signature taken out of the form', async () => {
    const verdict = await verify(
      await edited(await letter(), async ({ document, revision, catalog }) => {
        const form = catalog.get('AcroForm') as PdfRef;
        revision.set(form, dictWith((await document.get(form)) as PdfDict, { Fields: [] }));
      }),
    );
    expect(reasonCodes(verdict)).toEqual(['signature_removed']);
    expect(verdict.status).toBe('INDETERMINATE');
  });
});

describe('a file that was prepared before it was signed (shadow attack)', () => {
  /** The page also shows object 40, which does not exist when the file is signed. */
  const prepared = () =>
    signed(samplePdf({ page: '/Contents [4 0 R 40 0 R]', extra: [streamBody('BT ET')] }), { signer: leader });

  test('is passed as long as nothing comes of it', async () => {
    expect((await verify(await prepared())).status).toBe('TOTAL_PASSED');
  });

  test('is not passed once what was missing appears, dressed as validation data', async () => {
    const verdict = await verify(
      await edited(await prepared(), ({ revision, root, catalog }) => {
        revision.set(ref(40), content('BT (Dong y) Tj ET'));
        revision.set(root, dictWith(catalog, { DSS: dict({ Certs: [ref(40)] }) }));
      }),
    );
    expect(reasonCodes(verdict)).toEqual(['object_prepared']);
    expect(verdict.status).toBe('INDETERMINATE');
  });
});

describe('what may be added', () => {
  test('validation data', async () => {
    const verdict = await verify(
      await edited(await letter(), ({ revision, root, catalog }) => {
        const certificate = revision.add(stream({}, authority.intermediate));
        const entry = dict({ Cert: [certificate] });
        revision.set(
          root,
          dictWith(catalog, { DSS: dict({ Certs: [certificate], VRI: dict({ ['A'.repeat(40)]: entry }) }) }),
        );
      }),
    );
    expect(reasonCodes(verdict)).toEqual([]);
    expect(verdict.signatures[0]?.laterRevisions).toMatchObject([{ added: 'validation_data' }]);
  });

  test('an object written again as it was', async () => {
    const verdict = await verify(
      await edited(await letter(), async ({ document, revision }) => revision.set(PAGE, (await document.get(PAGE))!)),
    );
    expect(verdict.status).toBe('TOTAL_PASSED');
  });

  test('white space after the end of the file', async () => {
    expect((await verify(Buffer.concat([await letter(), Buffer.from('\r\n')]))).status).toBe('TOTAL_PASSED');
  });

  test('a signature by someone unknown, which itself is not passed', async () => {
    const verdict = await verify(await signed(await letter(), { signer: stranger }));
    expect(verdict.signatures.map(({ status }) => status)).toEqual(['TOTAL_PASSED', 'INDETERMINATE']);
    expect(verdict.status).toBe('INDETERMINATE');
  });

  test('but not one that shows something, for it may cover what was signed', async () => {
    const verdict = await verify(await signed(await letter(), { signer: stranger, visible: VISIBLE }));
    expect(reasonCodes(verdict)).toEqual(['later_signature_doubtful', 'no_path_to_trust']);
    expect(verdict.signatures[0]?.status).toBe('INDETERMINATE');
  });
});

describe('a field that only looks signed', () => {
  /** A field whose signature dictionary is made up, added as a real one would be. */
  const forged = (file: Uint8Array, value: PdfDict) =>
    edited(file, async ({ document, revision, catalog }) => {
      const form = catalog.get('AcroForm') as PdfRef;
      const old = (await document.get(form)) as PdfDict;
      const field = revision.add(dict({ FT: name('Sig'), T: textString('Forged'), V: revision.add(value) }));
      revision.set(form, dictWith(old, { Fields: [...(old.get('Fields') as PdfObject[]), field] }));
    });

  test('fails, and takes with it the revision that it came in', async () => {
    const value = dict({ Type: name('Sig'), Filter: name('Adobe.PPKLite'), SubFilter: name('ETSI.CAdES.detached') });
    const verdict = await verify(await forged(await letter(), value));
    expect(verdict.signatures.map(({ status }) => status)).toEqual(['INDETERMINATE', 'TOTAL_FAILED']);
    expect(reasonCodes(verdict)).toEqual(['byte_range_malformed', 'later_signature_broken']);
  });

  test('fails when it points at the signature of another (its own /Contents is elsewhere)', async () => {
    const file = await letter();
    const [, start, end, after] = (await verify(file)).signatures[0]!.coverage!.byteRange;
    const value = dict({
      Type: name('Sig'),
      Filter: name('Adobe.PPKLite'),
      SubFilter: name('ETSI.CAdES.detached'),
      ByteRange: [0, start, end, after],
      Contents: bytesString(new Uint8Array(8), true),
    });
    const verdict = await verify(await forged(file, value));
    expect(verdict.signatures[1]).toMatchObject({ status: 'TOTAL_FAILED', reasons: [{ code: 'byte_range_gap' }] });
  });

  test('brings no annotation with it, and takes none away', async () => {
    const file = await signed(letterPdf('table', '/Annots [6 0 R]'), { signer: leader });
    for (const change of ['add', 'remove'] as const) {
      const verdict = await verify(
        await edited(file, async ({ document, revision, catalog }) => {
          const form = catalog.get('AcroForm') as PdfRef;
          const page = (await document.get(PAGE)) as PdfDict;
          const fields = ((await document.get(form)) as PdfDict).get('Fields') as PdfObject[];
          const field = revision.add(dict({ FT: name('Sig'), T: textString('F'), P: PAGE, V: revision.add(dict({})) }));
          const kept = page.get('Annots') as PdfObject[];
          const shown =
            change === 'add' ? [...kept, field, revision.add(dict({ Subtype: name('FreeText') }))] : [field];
          revision.set(form, dictWith((await document.get(form)) as PdfDict, { Fields: [...fields, field] }));
          revision.set(PAGE, dictWith(page, { Annots: shown }));
        }),
      );
      expect(reasonCodes(verdict), change).toContain(change === 'add' ? 'annotation_refused' : 'page_changed');
    }
  });

  test('fails when it borrows the signature of another field (signature wrapping)', async () => {
    const file = await letter();
    const verdict = await verify(
      await edited(file, async ({ document, revision, catalog }) => {
        const form = catalog.get('AcroForm') as PdfRef;
        const old = (await document.get(form)) as PdfDict;
        const [first] = old.get('Fields') as PdfRef[];
        const field = (await document.get(first!)) as PdfDict;
        const copy = revision.add(dict({ FT: name('Sig'), T: textString('Copy'), V: field.get('V') }));
        revision.set(form, dictWith(old, { Fields: [first!, copy] }));
      }),
    );
    expect(verdict.signatures.map(({ status }) => status)).toEqual(['TOTAL_FAILED', 'TOTAL_FAILED']);
    expect(reasonCodes(verdict)).toContain('signature_shared');
  });

  test('is no change that a certification with P=1 allows', async () => {
    const certified = await signed(letterPdf(), { signer: leader, certify: 1 });
    expect((await verify(certified)).signatures[0]).toMatchObject({ status: 'TOTAL_PASSED', kind: 'certification' });
    const verdict = await verify(await forged(certified, dict({ Type: name('Sig') })));
    expect(reasonCodes(verdict)).toContain('certified_no_changes');
  });
});

test('a wider gap than the signature needs is refused', async () => {
  const file = await letter();
  const [, start, end, after] = (await verify(file)).signatures[0]!.coverage!.byteRange;
  const text = Buffer.from(file).toString('latin1');
  const wider = text.replace(`[0 ${start} ${end} ${after}]`, `[0 ${start - 9} ${end} ${after}]`);
  expect(wider).not.toBe(text);
  expect(reasonCodes(await verify(Buffer.from(wider, 'latin1')))).toEqual(['byte_range_gap']);
});

test('a file without signatures is never passed', async () => {
  const verdict = await verify(letterPdf());
  expect(verdict).toMatchObject({ status: 'INDETERMINATE', signatures: [] });
  expect(reasonCodes(verdict)).toEqual(['no_signature']);
  expect(reasonCodes(await verify(Buffer.from('not a PDF'.repeat(20))))).toEqual(['file_unreadable']);
});
