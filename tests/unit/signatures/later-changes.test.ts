import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  dict,
  dictWith,
  type PdfDict,
  type PdfObject,
  name as pdfName,
  ref,
  stream,
} from '../../../lib/pdf/objects.ts';
import { textString } from '../../../lib/pdf/text-string.ts';
import { noted } from '../../../lib/signatures/changes/noted-change.ts';
import type { LaterRevision } from '../../../lib/signatures/validation/verdict.ts';
import { content, type Edit, edited } from '../../support/edited.ts';
import { createAuthority } from '../../support/pki/authority.ts';
import { letterPdf, reasonCodes, signed, VISIBLE, verify } from '../../support/pki/signing.ts';
import { samplePdf, streamBody } from '../pdf/sample-pdf.ts';
import { FIELDS, formPdf } from './form-pdf.ts';

const authority = createAuthority();
const leader = authority.signer();
const seal = authority.signer({ label: 'seal' });
const PAGE = ref(3);

type Tools = Pick<Edit, 'document' | 'revision'>;
type Changes = Record<string, PdfObject | undefined>;

/** A look as readers write one for a value. */
const look = (text: string, keys: Changes = {}) =>
  stream(
    {
      Type: pdfName('XObject'),
      Subtype: pdfName('Form'),
      BBox: [0, 0, 200, 20],
      Resources: dict({ Font: dict({ F1: ref(5) }) }),
      ...keys,
    },
    Buffer.from(`BT /F1 12 Tf 2 5 Td (${text}) Tj ET`),
  );

async function change({ revision }: Tools, num: number, changes: Changes): Promise<void> {
  revision.set(ref(num), dictWith((await revision.get(ref(num))) as PdfDict, changes));
}

async function fill(tools: Tools, num: number, text: string, keys: Changes = {}): Promise<void> {
  const looks = dict({ N: tools.revision.add(look(text, keys)) });
  await change(tools, num, { V: textString(text), AP: looks });
}

/** The one later revision that the verdict on the first signature speaks of, and the codes of all reasons. */
async function laterOf(file: Uint8Array): Promise<LaterRevision & { codes: string[]; status: string }> {
  const verdict = await verify(file, authority);
  const [later, ...more] = verdict.signatures[0]?.laterRevisions ?? [];
  expect(more).toEqual([]);
  return { ...(later as LaterRevision), codes: reasonCodes(verdict), status: verdict.status };
}

let form: Uint8Array;
let open: Uint8Array;
beforeAll(async () => {
  form = await signed(formPdf(), { signer: leader });
  open = await signed(formPdf(), { signer: leader, certify: 3 });
});

describe('values that are filled in after signing', () => {
  test('a text with its look: passed, and said in words with field and page', async () => {
    const later = await laterOf(await edited(form, (tools) => fill(tools, FIELDS.name, 'Lan')));
    expect(later).toMatchObject({ status: 'TOTAL_PASSED', codes: [], added: 'form_value' });
    expect(later.changes).toEqual([
      {
        kind: 'form_value',
        vi: 'Đã điền ô “name” ở trang 1.',
        en: 'A value was entered in field “name” on page 1.',
        field: 'name',
        page: 1,
        object: FIELDS.name,
      },
    ]);
  });

  test.each<[string, (tools: Tools) => Promise<void>, string]>([
    [
      'another choice',
      (t) => change(t, FIELDS.town, { V: textString('Nghe An'), I: [1] }),
      'The value of field “town” was changed on page 1.',
    ],
    [
      'a value taken away',
      (t) => change(t, FIELDS.note, { V: undefined }),
      'The value of field “note” was cleared on page 1.',
    ],
    [
      'a box ticked',
      (t) => change(t, FIELDS.agree, { V: pdfName('Yes'), AS: pdfName('Yes') }),
      'A value was entered in field “agree” on page 1.',
    ],
    [
      'a radio button chosen',
      async (t) => {
        await change(t, FIELDS.radio, { V: pdfName('B') });
        await change(t, 18, { AS: pdfName('B') });
      },
      'A value was entered in field “radio” on page 1.',
    ],
  ])('%s', async (_, edit, en) => {
    const later = await laterOf(await edited(form, edit));
    expect([later.codes, later.changes.map((one) => one.en)]).toEqual([[], [en]]);
  });

  test('and signed in the same revision, by another', async () => {
    const filled = await edited(form, (tools) => fill(tools, FIELDS.name, 'Lan'));
    const verdict = await verify(await signed(filled, { signer: seal, visible: VISIBLE }), authority);
    expect(verdict.status).toBe('TOTAL_PASSED');
    expect(verdict.signatures[0]?.laterRevisions.map(({ added }) => added)).toEqual(['form_value', 'signature']);
    expect(verdict.signatures[0]?.laterRevisions[1]?.changes.map(({ en }) => en)).toEqual([
      'A signature field was signed (“Signature2”) on page 1.',
    ]);
  });

  test('the same look object written over, which that field alone has', async () => {
    const file = await signed(await edited(formPdf(), (tools) => fill(tools, FIELDS.note, 'second')), {
      signer: leader,
    });
    const rewritten = await edited(file, async (tools) => {
      const looks = ((await tools.document.get(ref(FIELDS.note))) as PdfDict).get('AP') as PdfDict;
      tools.revision.set(looks.get('N') as ReturnType<typeof ref>, look('third'));
      await change(tools, FIELDS.note, { V: textString('third') });
    });
    expect(await laterOf(rewritten)).toMatchObject({ codes: [], added: 'form_value' });
  });

  const refused: Record<string, [string[], (tools: Tools) => Promise<void> | void]> = {
    'another look without another value (shadow attack)': [
      ['appearance_replaced', 'object_unexplained'],
      (t) => change(t, FIELDS.note, { AP: dict({ N: t.revision.add(look('2 000 000')) }) }),
    ],
    'a look written over that another field has too': [
      ['form_field_changed', 'form_field_read_only', 'object_changed'],
      async (t) => {
        t.revision.set(ref(7), look('Lan'));
        await change(t, FIELDS.name, { V: textString('Lan') });
      },
    ],
    'a look written over on its own': [
      ['appearance_replaced', 'form_field_read_only', 'object_changed'],
      (t) => t.revision.set(ref(7), look('x')),
    ],
    'a look that was in the file for something else': [
      ['form_field_changed'],
      (t) => change(t, FIELDS.note, { V: textString('x'), AP: dict({ N: ref(9) }) }),
    ],
    'a read-only field': [['form_field_read_only', 'object_unexplained'], (t) => fill(t, FIELDS.fixed, '9 000 000')],
    'a field that lies upon another (shadow attack)': [['fields_stacked'], (t) => fill(t, FIELDS.over, 'x')],
    'a field that moves': [
      ['form_field_changed'],
      (t) => change(t, FIELDS.name, { V: textString('x'), Rect: [0, 0, 595, 842] }),
    ],
    'a script on the field': [
      ['form_field_changed', 'object_unexplained'],
      (t) =>
        change(t, FIELDS.name, {
          V: textString('x'),
          AA: t.revision.add(dict({ K: dict({ S: pdfName('JavaScript') }) })),
        }),
    ],
    'a look that another file fills in': [
      ['form_field_changed', 'object_unexplained'],
      (t) => fill(t, FIELDS.name, 'x', { Ref: dict({ F: textString('other.pdf'), Page: 0 }) }),
    ],
    'a look that can be switched off': [
      ['form_field_changed', 'object_unexplained'],
      (t) => fill(t, FIELDS.name, 'x', { OC: t.revision.add(dict({ Type: pdfName('OCG'), Name: textString('x') })) }),
    ],
    'a look without extent': [
      ['form_field_changed', 'object_unexplained'],
      (t) => fill(t, FIELDS.name, 'x', { BBox: [0, 0, 0, 0] }),
    ],
    'a box that shows another state than its value': [
      ['form_field_changed'],
      (t) => change(t, FIELDS.agree, { V: pdfName('No'), AS: pdfName('Yes') }),
    ],
    'a box ticked that keeps its value': [
      ['appearance_replaced'],
      (t) => change(t, FIELDS.agree, { AS: pdfName('Yes') }),
    ],
    'a box with other states': [
      ['form_field_changed', 'object_unexplained'],
      (t) =>
        change(t, FIELDS.agree, {
          V: pdfName('Yes'),
          AS: pdfName('Yes'),
          AP: dict({ N: dict({ Yes: t.revision.add(look('No')), Off: ref(10) }) }),
        }),
    ],
    'rich text in a field that has none': [
      ['form_field_changed'],
      (t) => change(t, FIELDS.name, { V: textString('x'), RV: textString('<body/>') }),
    ],
    'a value of another kind': [['form_field_changed'], (t) => change(t, FIELDS.name, { V: pdfName('x') })],
    'a value beyond all measure': [
      ['form_field_changed'],
      (t) => change(t, FIELDS.name, { V: textString('x'.repeat(70_000)) }),
    ],
    'looks that are to be made anew by the reader': [
      ['form_changed'],
      async ({ document, revision }) => {
        const root = ref(1);
        const catalog = (await document.get(root)) as PdfDict;
        const fields = catalog.get('AcroForm') as PdfDict;
        revision.set(root, dictWith(catalog, { AcroForm: dictWith(fields, { NeedAppearances: true }) }));
      },
    ],
  };

  test.each(Object.entries(refused))('not %s', async (_, [codes, edit]) => {
    const later = await laterOf(await edited(form, edit));
    expect([later.status, later.codes]).toEqual(['INDETERMINATE', codes]);
  });

  test('no key but those of a value may change, whatever it is', async () => {
    const key = fc.constantFrom(
      'A',
      'AA',
      'BS',
      'DA',
      'Ff',
      'H',
      'MK',
      'MaxLen',
      'OC',
      'Q',
      'Rect',
      'TU',
      'T',
      'F',
      'DV',
      'X',
    );
    await fc.assert(
      fc.asyncProperty(key, fc.integer({ min: 5, max: 9 }), async (changed, value) => {
        const file = await edited(form, (tools) =>
          change(tools, FIELDS.name, { V: textString('Lan'), [changed]: value }),
        );
        expect((await verify(file, authority)).status, changed).not.toBe('TOTAL_PASSED');
      }),
      { numRuns: 30 },
    );
  });

  test('not under a certification with P=1, nor in a field that a signature locks', async () => {
    const filled = (file: Uint8Array) => edited(file, (tools) => fill(tools, FIELDS.name, 'Lan'));
    const closed = await signed(formPdf(), { signer: leader, certify: 1 });
    expect((await laterOf(await filled(closed))).reasons.map(({ code }) => code)).toEqual(['certified_no_changes']);
    const lock = await signed(formPdf(), { signer: leader, lock: { action: 'Include', fields: ['name'] } });
    expect((await laterOf(await filled(lock))).reasons).toMatchObject([
      { code: 'field_locked', detail: `page 1, object ${FIELDS.name}` },
    ]);
    const other = await signed(formPdf(), { signer: leader, lock: { action: 'Exclude', fields: ['name'] } });
    expect((await laterOf(await filled(other))).codes).toEqual([]);
    expect((await laterOf(await filled(open))).codes).toEqual([]);
  });

  test('not the look of a signature that is there', async () => {
    const file = await signed(letterPdf(), { signer: leader, visible: VISIBLE });
    const later = await laterOf(
      await edited(file, async (tools) => {
        const [annotation] = ((await tools.document.get(PAGE)) as PdfDict).get('Annots') as ReturnType<typeof ref>[];
        await change(tools, annotation!.num, { AP: dict({ N: tools.revision.add(look('x')) }) });
      }),
    );
    expect(later).toMatchObject({ status: 'INDETERMINATE', attack: { code: 'shadow_replace' } });
    expect(later.codes).toContain('appearance_replaced');
  });
});

describe('annotations that are added after signing', () => {
  const annotate = (file: Uint8Array, keys: Changes, look?: PdfObject) =>
    edited(file, async ({ document, revision }) => {
      const looks = look === undefined ? {} : { AP: dict({ N: revision.add(look) }) };
      const note = revision.add(dict({ Type: pdfName('Annot'), P: PAGE, ...looks, ...keys }));
      const page = (await document.get(PAGE)) as PdfDict;
      revision.set(PAGE, dictWith(page, { Annots: [...(page.get('Annots') as PdfObject[]), note] }));
    });
  const NOTE = { Subtype: pdfName('Text'), Rect: [300, 700, 320, 720], Contents: textString('Xem lại') };
  const MARK = {
    Subtype: pdfName('Highlight'),
    Rect: [70, 755, 300, 785],
    QuadPoints: [72, 780, 298, 780, 72, 758, 298, 758],
    C: [1, 1, 0],
  };
  const markLook = (text: string, keys: Changes = {}) =>
    stream(
      {
        Subtype: pdfName('Form'),
        BBox: [70, 755, 300, 785],
        Resources: dict({ ExtGState: dict({ G: dict({ BM: pdfName('Multiply') }), N: dict({ CA: 1 }) }) }),
        ...keys,
      },
      Buffer.from(text),
    );

  test('a note under P=3: passed, with the page in words', async () => {
    const later = await laterOf(await annotate(open, NOTE));
    expect(later).toMatchObject({ status: 'TOTAL_PASSED', added: 'annotation' });
    expect(later.changes).toMatchObject([
      {
        kind: 'annotation',
        vi: 'Đã thêm ghi chú ở trang 1.',
        en: 'An annotation (note) was added on page 1.',
        page: 1,
      },
    ]);
  });

  test.each([
    ['by the reader', undefined],
    ['as transparent colour', markLook('/G gs 1 1 0 rg 72 758 m 298 758 l 298 780 l 72 780 l f')],
  ])('a text markup under P=3, drawn %s', async (_, drawn) => {
    expect(await laterOf(await annotate(open, MARK, drawn))).toMatchObject({ status: 'TOTAL_PASSED', codes: [] });
  });

  test.each([
    ['without certification', undefined],
    ['P=2', 2],
  ] as const)('named, and not passed: %s', async (_, certify) => {
    const file = await signed(formPdf(), { signer: leader, ...(certify ? { certify } : {}) });
    const later = await laterOf(await annotate(file, NOTE));
    expect(later).toMatchObject({ status: 'INDETERMINATE', codes: ['annotation_not_allowed'] });
    expect(later.changes.map(({ kind }) => kind)).toEqual(['annotation']);
    expect(later.reasons[0]?.detail).toBe(`page 1, object ${later.changes[0]?.object}`);
  });

  test.each<[string, Changes, PdfObject?]>([
    ['text over the page', { ...NOTE, Subtype: pdfName('FreeText') }],
    ['a stamp', { ...NOTE, Subtype: pdfName('Stamp') }],
    ['a redaction', { ...NOTE, Subtype: pdfName('Redact') }],
    ['a link that acts', { ...NOTE, Subtype: pdfName('Link'), A: dict({ S: pdfName('URI'), URI: textString('x:') }) }],
    ['an attached file', { ...NOTE, Subtype: pdfName('FileAttachment') }],
    ['a note that acts', { ...NOTE, AA: dict({ E: dict({ S: pdfName('JavaScript') }) }) }],
    ['a note with a look of its own', NOTE, markLook('')],
    ['a note as large as the page', { ...NOTE, Rect: [0, 0, 595, 842] }],
    ['a markup away from its text', { ...MARK, Rect: [0, 0, 595, 842] }],
    ['a markup that covers', MARK, markLook('1 1 1 rg 70 755 230 30 re f')],
    ['a markup that covers after a change of state', MARK, markLook('q /G gs Q 1 1 1 rg 70 755 230 30 re f')],
    ['a markup with thick lines', MARK, markLook('20 w 70 770 m 300 770 l S')],
    ['a markup that writes', MARK, markLook('/G gs BT (x) Tj ET')],
    ['a markup that draws letters', MARK, markLook(`/G gs ${'72 758 m 73 759 l '.repeat(20)} f`)],
    ['a markup drawn larger than it is', MARK, markLook('/G gs 0 0 1 1 re f', { BBox: [0, 0, 1, 1] })],
    ['a reply to what is elsewhere', { ...NOTE, IRT: ref(4) }],
  ])('evil: %s', async (_, keys, drawn) => {
    const later = await laterOf(await annotate(open, keys, drawn));
    expect(later).toMatchObject({ status: 'INDETERMINATE', attack: { code: 'evil_annotation' } });
    expect(later.reasons).toMatchObject([{ code: 'annotation_refused', detail: expect.stringContaining('page 1, ') }]);
  });

  test('evil: another place for an annotation that was there', async () => {
    const file = await signed(await annotate(formPdf(), NOTE), { signer: leader, certify: 3 });
    const later = await laterOf(
      await edited(file, async (tools) => {
        const list = ((await tools.document.get(PAGE)) as PdfDict).get('Annots') as ReturnType<typeof ref>[];
        const note = list.at(-2) as ReturnType<typeof ref>;
        await change(tools, note.num, { Rect: [0, 0, 20, 20] });
      }),
    );
    expect(later.codes).toEqual(['object_changed']);
  });
});

describe('metadata', () => {
  const xmp = (text: string) => stream({ Type: pdfName('Metadata'), Subtype: pdfName('XML') }, Buffer.from(text));

  test('brought up to date: passed, and named, even under P=1', async () => {
    const file = await signed(formPdf(), { signer: leader, certify: 1 });
    const later = await laterOf(
      await edited(file, async (tools) => {
        tools.revision.set(ref(19), xmp('<x:xmpmeta>2</x:xmpmeta>'));
        await change(tools, 20, { ModDate: textString('D:20260101'), Producer: textString('B') });
      }),
    );
    expect(later).toMatchObject({ status: 'TOTAL_PASSED', added: 'metadata' });
    expect(later.changes.map(({ kind }) => kind)).toEqual(['metadata', 'metadata']);
  });

  test('that a page shows as well is none (shadow attack)', async () => {
    const polyglot = samplePdf({
      catalog: '/Metadata 4 0 R',
      page: '/Contents 4 0 R',
      extra: [streamBody('0 0 m', '/Type /Metadata /Subtype /XML')],
    });
    const file = await signed(polyglot, { signer: leader });
    const later = await laterOf(await edited(file, ({ revision }) => revision.set(ref(4), xmp('0 0 595 842 re f'))));
    expect(later).toMatchObject({ codes: ['object_changed'], attack: { code: 'incremental_saving' } });
  });

  test('with another title, or that is no metadata', async () => {
    const titled = await edited(form, (tools) => change(tools, 20, { Title: textString('Giả') }));
    expect((await laterOf(titled)).codes).toEqual(['object_changed']);
    const drawn = await edited(form, ({ revision }) => revision.set(ref(19), content('0 0 m')));
    expect((await laterOf(drawn)).codes).toEqual(['object_changed']);
  });
});

test('a name out of the file stays short and on its line, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const { field, vi, en } = noted('value_entered', { field: text, page: 2 });
      expect(field!.length).toBeLessThanOrEqual(80);
      expect(`${vi}${en}`).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      expect(vi.endsWith(' ở trang 2.')).toBe(true);
      expect(vi.isWellFormed()).toBe(true);
    }),
  );
  expect(noted('signature', { field: '$& a\nb\u202e' }).en).toBe('A signature field was signed (“$& a b”).');
});
