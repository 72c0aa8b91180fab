import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import {
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
import { nextNumber, withStream } from '../../support/attacks/raw-revision.ts';
import { type Edit, edited } from '../../support/edited.ts';
import { createAuthority } from '../../support/pki/authority.ts';
import { letterPdf, signed, VISIBLE, verify } from '../../support/pki/signing.ts';
import { samplePdf, streamBody } from '../pdf/sample-pdf.ts';
import { catcher } from './expect-caught.ts';

const authority = createAuthority();
const leader = authority.signer();
const seal = authority.signer({ label: 'seal' });
const stranger = createAuthority(undefined, 'stranger').signer({ label: 'stranger' });
const PAGE = ref(3);
const OVER_THE_PAGE = [0, 0, 595, 842];

const expectCaught = catcher(authority);

const certified = (level: 1 | 2 | 3, file = letterPdf()) => signed(file, { signer: leader, certify: level });
const look = () => stream({ Subtype: name('Form'), BBox: OVER_THE_PAGE }, Buffer.from('1 g 0 0 595 842 re f'));

/** Adds to the annotations of the page and, where it is a field, to the form. */
async function attach({ document, revision, catalog }: Edit, made: PdfRef, isField = false): Promise<void> {
  const page = (await document.get(PAGE)) as PdfDict;
  revision.set(PAGE, dictWith(page, { Annots: [...((page.get('Annots') ?? []) as PdfObject[]), made] }));
  const form = catalog.get('AcroForm') as PdfRef;
  const old = isField ? ((await document.get(form)) as PdfDict) : undefined;
  if (old) revision.set(form, dictWith(old, { Fields: [...(old.get('Fields') as PdfObject[]), made] }));
}

async function change({ document, revision }: Edit, num: number, changes: Record<string, PdfObject | undefined>) {
  revision.set(ref(num), dictWith((await document.get(ref(num))) as PdfDict, changes));
}

describe('sneaky signature and evil annotation on a certified document', () => {
  const waiting = samplePdf({
    catalog: '/AcroForm << /Fields [6 0 R] >>',
    page: '/Contents 4 0 R /Annots [6 0 R]',
    extra: [
      streamBody('BT ET'),
      '<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>',
      '<< /Type /Annot /Subtype /Widget /FT /Sig /T (Approve) /P 3 0 R /F 4 /Rect [300 80 500 160] >>',
    ],
  });

  test('a field that waits for a signature is shown over the page, and not signed', async () => {
    const file = await edited(await certified(2, waiting), async (tools) =>
      change(tools, 6, { Rect: OVER_THE_PAGE, AP: dict({ N: tools.revision.add(look()) }) }),
    );
    await expectCaught(file, ['object_changed', 'object_unexplained']);
  });

  test('a field that waits gets a look, and stays where it is and unsigned', async () => {
    const file = await edited(await certified(2, waiting), async (tools) =>
      change(tools, 6, { AP: dict({ N: tools.revision.add(look()) }) }),
    );
    await expectCaught(file, ['object_changed', 'object_unexplained']);
  });

  test('an unsigned field with a second widget over the page', async () => {
    const file = await edited(await certified(2), async (tools) => {
      const widget = tools.revision.add(
        dict({
          Type: name('Annot'),
          Subtype: name('Widget'),
          Rect: OVER_THE_PAGE,
          P: PAGE,
          AP: dict({ N: tools.revision.add(look()) }),
        }),
      );
      await attach(tools, tools.revision.add(dict({ FT: name('Sig'), T: textString('S'), Kids: [widget] })), true);
    });
    await expectCaught(file, ['annotation_not_allowed', 'annotation_refused', 'form_changed']);
  });

  test('a signature by someone unknown, shown over the page', async () => {
    const page = { ...VISIBLE, box: { x: 0, y: 0, width: 595, height: 842 } };
    await expectCaught(
      await signed(await certified(2), { signer: stranger, visible: page }),
      ['later_signature_doubtful', 'no_path_to_trust'],
      'sneaky_signature',
    );
  });

  test('text laid over the page beside a signature that is good, in the revision after it', async () => {
    const twice = await signed(await certified(2), { signer: seal, visible: VISIBLE });
    const file = await edited(twice, (tools) =>
      attach(
        tools,
        tools.revision.add(dict({ Type: name('Annot'), Subtype: name('FreeText'), Rect: OVER_THE_PAGE, P: PAGE })),
      ),
    );
    await expectCaught(file, ['annotation_not_allowed', 'annotation_refused', 'later_signature_doubtful']);
  });

  test('text laid over the page, in an object stream', async () => {
    const file = await certified(3, letterPdf('stream'));
    const [widget] = ((await (await openPdf(memorySource(file))).get(PAGE)) as PdfDict).get('Annots') as PdfRef[];
    const num = nextNumber(file);
    const keys = '/MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >>';
    const text = '<< /Type /Annot /Subtype /FreeText /Rect [0 0 595 842] /Contents (9 000 000) /P 3 0 R >>';
    const page = `<< /Type /Page /Parent 2 0 R ${keys} /Annots [${widget!.num} 0 R ${num} 0 R] >>`;
    await expectCaught(
      withStream(file, {
        streamNum: num + 1,
        compressed: [
          [num, text],
          [3, page],
        ],
      }),
      ['annotation_refused'],
      'evil_annotation',
    );
  });
});

describe('certification that is taken down', () => {
  const note = (tools: Edit) =>
    attach(
      tools,
      tools.revision.add(
        dict({
          Type: name('Annot'),
          Subtype: name('Text'),
          Rect: [300, 700, 320, 720],
          P: PAGE,
          Contents: textString('x'),
        }),
      ),
    );

  test.each([1, 2] as const)('P=%i: /Perms is taken out of the catalog, and a note added', async (level) => {
    const file = await edited(await certified(level), ({ revision, root, catalog }) =>
      revision.set(root, dictWith(catalog, { Perms: undefined })),
    );
    await expectCaught(file, ['catalog_changed']);
    const forbidden = level === 1 ? 'certified_no_changes' : 'annotation_not_allowed';
    await expectCaught(await edited(file, note), ['catalog_changed', forbidden]);
  });

  test('P=1: another signature stands in /Perms, which allows more', async () => {
    const file = await edited(await certified(1), ({ revision, root, catalog }) => {
      const parameters = dict({ Type: name('TransformParams'), P: 3, V: name('1.2') });
      const reference = dict({ Type: name('SigRef'), TransformMethod: name('DocMDP'), TransformParams: parameters });
      const made = revision.add(dict({ Type: name('Sig'), Filter: name('Adobe.PPKLite'), Reference: [reference] }));
      revision.set(root, dictWith(catalog, { Perms: dict({ DocMDP: made }) }));
    });
    await expectCaught(file, ['catalog_changed', 'object_unexplained']);
    await expectCaught(await edited(file, note), ['catalog_changed', 'certified_no_changes', 'object_unexplained']);
  });

  test('P=1: the signature dictionary is written again with P=3', async () => {
    const file = await edited(await certified(1), async ({ document, revision, catalog }) => {
      const permissions = (await document.value(catalog, 'Perms')) as PdfDict;
      const at = permissions.get('DocMDP') as PdfRef;
      const signature = (await document.get(at)) as PdfDict;
      const parameters = dict({ Type: name('TransformParams'), P: 3, V: name('1.2') });
      const reference = dict({ Type: name('SigRef'), TransformMethod: name('DocMDP'), TransformParams: parameters });
      revision.set(at, dictWith(signature, { Reference: [reference] }));
    });
    await expectCaught(file, ['byte_range_gap']);
  });

  test('an approved document is “certified” by a later signature that allows notes', async () => {
    const approved = await signed(letterPdf(), { signer: leader });
    const file = await edited(approved, async ({ document, revision, root, catalog }) => {
      const [field] = ((await document.get(catalog.get('AcroForm') as PdfRef)) as PdfDict).get('Fields') as PdfRef[];
      const value = ((await document.get(field!)) as PdfDict).get('V') as PdfRef;
      revision.set(root, dictWith(catalog, { Perms: dict({ DocMDP: value }) }));
    });
    await expectCaught(file, ['catalog_changed']);
    await expectCaught(await edited(file, note), ['annotation_not_allowed', 'catalog_changed']);
  });

  test('locked fields: the lock of the field is taken away, then the field is filled', async () => {
    const form = samplePdf({
      catalog: '/AcroForm << /Fields [6 0 R] >>',
      page: '/Contents 4 0 R /Annots [6 0 R]',
      extra: [
        streamBody('BT ET'),
        '<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>',
        '<< /Type /Annot /Subtype /Widget /FT /Tx /T (sum) /P 3 0 R /Rect [72 700 300 720] >>',
      ],
    });
    const locked = await signed(form, { signer: leader, lock: { action: 'Include', fields: ['sum'] } });
    const file = await edited(locked, async (tools) => {
      const { document, revision, catalog } = tools;
      const fields = (await document.dict(catalog, 'AcroForm'))!.get('Fields') as PdfRef[];
      const own = fields.at(-1)!;
      revision.set(own, dictWith((await document.get(own)) as PdfDict, { Lock: undefined }));
      await change(tools, 6, { V: textString('9 000 000') });
    });
    await expectCaught(file, ['field_locked', 'object_changed']);
  });
});

describe('a form laid over the page', () => {
  const over = (rect: string) =>
    samplePdf({
      catalog: '/AcroForm << /Fields [6 0 R] /DA (/F1 0 Tf 0 g) /DR << /Font << /F1 5 0 R >> >> >>',
      page: '/Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [6 0 R]',
      extra: [
        streamBody('BT /F1 24 Tf 72 760 Td (1 000 000) Tj ET'),
        '<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>',
        `<< /Type /Annot /Subtype /Widget /FT /Tx /T (sum) /P 3 0 R /F 4 /Rect [${rect}] >>`,
      ],
    });

  test('a field that lay over the text when it was signed is filled: allowed, and said in words', async () => {
    const file = await edited(await signed(over('0 0 595 842'), { signer: leader }), async (tools) =>
      change(tools, 6, { V: textString('9 000 000'), AP: dict({ N: tools.revision.add(look()) }) }),
    );
    const verdict = await verify(file, authority);
    expect(verdict.signatures[0]?.laterRevisions[0]?.changes.map(({ en }) => en)).toEqual([
      'A value was entered in field “sum” on page 1.',
    ]);
  });

  const overlays: Record<string, [string[], (tools: Edit) => Promise<void>]> = {
    'the field grows over the page': [
      ['form_field_changed', 'object_unexplained'],
      (tools) =>
        change(tools, 6, { V: textString('9'), Rect: OVER_THE_PAGE, AP: dict({ N: tools.revision.add(look()) }) }),
    ],
    'the field gets a second widget over the page': [
      ['annotation_not_allowed', 'annotation_refused', 'form_field_changed'],
      async (tools) => {
        const keys = { Type: name('Annot'), Subtype: name('Widget'), Rect: OVER_THE_PAGE, P: PAGE, Parent: ref(6) };
        const widget = tools.revision.add(dict({ ...keys, AP: dict({ N: tools.revision.add(look()) }) }));
        await change(tools, 6, { Kids: [widget], V: textString('9') });
        await attach(tools, widget);
      },
    ],
    'a new text field over the page': [
      ['annotation_not_allowed', 'annotation_refused'],
      (tools) => {
        const keys = { Type: name('Annot'), Subtype: name('Widget'), FT: name('Tx'), T: textString('x'), P: PAGE };
        const N = tools.revision.add(look());
        return attach(tools, tools.revision.add(dict({ ...keys, Rect: OVER_THE_PAGE, AP: dict({ N }) })), true);
      },
    ],
    'a new button over the page': [
      ['annotation_not_allowed', 'annotation_refused'],
      (tools) => {
        const keys = { Type: name('Annot'), Subtype: name('Widget'), FT: name('Btn'), T: textString('x'), P: PAGE };
        const made = tools.revision.add(dict({ ...keys, Ff: 65536, Rect: OVER_THE_PAGE, MK: dict({ BG: [1] }) }));
        return attach(tools, made, true);
      },
    ],
    'the widget is detached from its field and made an annotation': [
      ['appearance_replaced'],
      (tools) => change(tools, 6, { Subtype: name('FreeText'), FT: undefined, Contents: textString('9 000 000') }),
    ],
    'the form asks readers to draw all fields anew, by another font': [
      ['form_changed'],
      async ({ document, revision, root, catalog }) => {
        const form = (await document.dict(catalog, 'AcroForm'))!;
        const changes = { NeedAppearances: true, DA: textString('/F1 900 Tf 1 g') };
        revision.set(root, dictWith(catalog, { AcroForm: dictWith(form, changes) }));
      },
    ],
  };
  test.each(Object.entries(overlays))('%s', async (_, [codes, edit]) => {
    await expectCaught(await edited(await signed(over('72 700 300 720'), { signer: leader }), edit), codes);
  });
});
