import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
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
import { extendPdf } from '../../../lib/signatures/levels/extend-pdf.ts';
import { edited } from '../../support/edited.ts';
import { signed, VISIBLE } from '../../support/pki/signing.ts';
import { FIELDS, formPdf } from './form-pdf.ts';
import { openSigningWorld, propertyRuns, type SigningWorld } from './signed-subjects.ts';

const RUNS = propertyRuns(25);

let world: SigningWorld;
afterAll(() => world.close());
beforeAll(async () => {
  world = await openSigningWorld();
});

const PAGE = ref(3);

async function extended(file: Uint8Array, to: 'B-T' | 'B-LT' | 'B-LTA'): Promise<Uint8Array> {
  const { tail } = await extendPdf(memorySource(file), { to, authorities: world.authorities });
  return Buffer.concat([file, tail]);
}

/** No two values or times are the same. */
let values = 0;
const filled = (file: Uint8Array) =>
  edited(file, async ({ document, revision }) => {
    values += 1;
    const field = (await document.get(ref(FIELDS.name))) as PdfDict;
    const keys = { Type: pdfName('XObject'), Subtype: pdfName('Form'), BBox: [0, 0, 200, 20] };
    const Resources = dict({ Font: dict({ F1: ref(5) }) });
    const look = stream({ ...keys, Resources }, Buffer.from(`BT /F1 12 Tf 2 5 Td (Lan ${values}) Tj ET`));
    const looks = dict({ N: revision.add(look) });
    revision.set(ref(FIELDS.name), dictWith(field, { V: textString(`Lan ${values}`), AP: looks }));
  });

const annotated = (file: Uint8Array) =>
  edited(file, async ({ document, revision }) => {
    const keys = { Type: pdfName('Annot'), Subtype: pdfName('Text'), Rect: [300, 700, 320, 720], P: PAGE };
    const note = revision.add(dict({ ...keys, Contents: textString('Xem lại') }));
    const page = (await document.get(PAGE)) as PdfDict;
    revision.set(PAGE, dictWith(page, { Annots: [...((await document.value(page, 'Annots')) as PdfObject[]), note] }));
  });

const retold = (file: Uint8Array) =>
  edited(file, async ({ document, revision }) => {
    values += 1;
    const info = (await document.get(ref(20))) as PdfDict;
    revision.set(ref(20), dictWith(info, { ModDate: textString(`D:202603${10 + (values % 20)}`) }));
  });

/** 0: no certification. */
type Certified = 0 | 1 | 2 | 3;
const ANY: readonly Certified[] = [0, 1, 2, 3];
const NOT_CLOSED: readonly Certified[] = [0, 2, 3];

/** What may follow under which certification (ISO 32000-2 table 257); the name is for the counterexample. */
const REVISIONS: readonly (readonly [string, readonly Certified[], (file: Uint8Array) => Promise<Uint8Array>])[] = [
  ['another signature', NOT_CLOSED, (file) => signed(file, { signer: world.seal })],
  ['a visible signature', NOT_CLOSED, (file) => signed(file, { signer: world.seal, visible: VISIBLE })],
  [
    'a signature at B-LTA',
    NOT_CLOSED,
    (file) => signed(file, { signer: world.seal, level: 'B-LTA', authorities: world.authorities }),
  ],
  ['a form value', NOT_CLOSED, filled],
  ['a note', [3], annotated],
  ['a document timestamp', ANY, (file) => extended(file, 'B-T')],
  ['validation data', ANY, (file) => extended(file, 'B-LT')],
  ['validation data and a timestamp over them', ANY, (file) => extended(file, 'B-LTA')],
  ['metadata', ANY, retold],
  ['white space', ANY, async (file) => Buffer.concat([file, Buffer.from('\r\n')])],
];

const situation = fc.constantFrom(...ANY).chain((certify) =>
  fc.record({
    certify: fc.constant(certify),
    kind: fc.constantFrom('table' as const, 'stream' as const, 'hybrid' as const),
    level: fc.constantFrom('B-B' as const, 'B-T' as const, 'B-LTA' as const),
    later: fc.array(
      fc.constantFrom(...REVISIONS.filter(([, under]) => under.includes(certify)).map(([name]) => name)),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  }),
);

test('an allowed revision after a signature, whatever follows whatever: it stays TOTAL_PASSED', {
  timeout: RUNS.timeout,
}, async () => {
  await fc.assert(
    fc.asyncProperty(situation, async ({ certify, kind, level, later }) => {
      const { leader, authorities, verify } = world;
      const options = { signer: leader, ...(certify === 0 ? {} : { certify }) };
      let file = await signed(formPdf('', kind), level === 'B-B' ? options : { ...options, level, authorities });
      for (const name of later) file = await REVISIONS.find(([known]) => known === name)![2](file);
      const [first] = (await verify(file)).signatures;
      expect([first?.status, first?.reasons]).toEqual(['TOTAL_PASSED', []]);
      expect(first?.laterRevisions.flatMap(({ reasons }) => reasons)).toEqual([]);
      expect(first?.laterRevisions.every(({ changes }) => changes.length > 0)).toBe(true);
    }),
    { numRuns: RUNS.numRuns },
  );
});
