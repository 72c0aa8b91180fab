import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import {
  bytesString,
  dict,
  dictWith,
  name,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  ref,
} from '../../../lib/pdf/objects.ts';
import { textString } from '../../../lib/pdf/text-string.ts';
import type { AttackCode } from '../../../lib/signatures/validation/attacks.ts';
import type { Verdict } from '../../../lib/signatures/validation/verdict.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { content, type Edit, edited } from '../../support/edited.ts';
import { createAuthority } from '../../support/pki/authority.ts';
import { letterPdf, signed, VISIBLE, verify } from '../../support/pki/signing.ts';
import { corpusFiles } from '../pdf/corpus.ts';
import { CORPUS_ATTACKS } from './corpus-attacks.ts';

const authority = createAuthority();
const leader = authority.signer();
const stranger = createAuthority(undefined, 'stranger').signer({ label: 'stranger' });
const PAGE = ref(3);

const attacksIn = ({ signatures }: Verdict) => signatures.flatMap(({ attack }) => attack?.code ?? []);

const CORPUS = corpusFiles();
const shadows = CORPUS.filter(({ folder }) => folder === 'attack-shadow');

describe.skipIf(CORPUS.length === 0)('the corpus', () => {
  test.each(shadows.map((file) => [file.name, file] as const))('%s', async (file, { read }) => {
    const verdict = await verifyPdf(memorySource(read()), { trust: [], at: Date.UTC(2026, 0) });
    const expected = CORPUS_ATTACKS[file.slice(0, 10)];
    expect(file.endsWith('-manipulated.pdf')).toBe(expected !== undefined);
    expect(attacksIn(verdict)).toEqual(expected ? [expected] : []);
  });

  test('the attacks that files show are named, and none in files that are merely unusual, damaged, or not trusted', async () => {
    const named: Record<string, AttackCode> = {};
    for (const { folder, name: file, read } of CORPUS) {
      if (!folder.startsWith('signed-') && folder !== 'attack-shadow') continue;
      const verdict = await verifyPdf(memorySource(read()), { trust: [], at: Date.UTC(2026, 0) });
      for (const code of attacksIn(verdict)) named[file.slice(0, 10)] = code;
    }
    expect(named).toEqual(CORPUS_ATTACKS);
  });
});

describe('files of our own', () => {
  const letter = () => signed(letterPdf(), { signer: leader });
  const forged = (file: Uint8Array, pattern: RegExp, by: string) => {
    const text = Buffer.from(file).toString('latin1');
    const changed = text.replace(pattern, (found) => by.padEnd(found.length));
    expect(changed).not.toBe(text);
    return Buffer.from(changed, 'latin1');
  };

  test.each<[string, RegExp, string]>([
    ['no /ByteRange', /\/ByteRange ?\[[^\]]*\]/, ''],
    ['a negative /ByteRange', /\/ByteRange ?\[[^\]]*\]/, '/ByteRange [0 -1 9 9]'],
    ['no /Contents', /\/Contents ?<[0-9A-Fa-f]*>/, ''],
    ['/Contents null', /\/Contents ?<[0-9A-Fa-f]*>/, '/Contents null'],
  ])('universal signature forgery: %s', async (_, pattern, by) => {
    const verdict = await verify(forged(await letter(), pattern, by), authority);
    expect([verdict.status, ...attacksIn(verdict)]).toEqual(['TOTAL_FAILED', 'universal_signature_forgery']);
  });

  test('universal signature forgery: a signature of zeros', async () => {
    const file = forged(await letter(), /<[0-9A-Fa-f]{1000,}>/, '');
    const [, start, end] = (await verify(await letter(), authority)).signatures[0]!.coverage!.byteRange;
    file.fill(0x30, start, end);
    file[start] = 0x3c;
    file[end - 1] = 0x3e;
    expect(attacksIn(await verify(file, authority))).toEqual(['universal_signature_forgery']);
  });

  test('signature wrapping: more than the signature left unsigned', async () => {
    const file = await letter();
    const [, start, end, after] = (await verify(file, authority)).signatures[0]!.coverage!.byteRange;
    const wider = forged(file, /\/ByteRange ?\[[^\]]*\]/, `/ByteRange [0 ${start} ${end + 200} ${after - 200}]`);
    expect(attacksIn(await verify(wider, authority))).toEqual(['signature_wrapping']);
  });

  const withAnnotation =
    (keys: Record<string, PdfObject>, isField = false) =>
    async ({ document, revision, catalog }: Edit) => {
      const page = (await document.get(PAGE)) as PdfDict;
      const made = revision.add(dict({ Type: name('Annot'), Rect: [0, 0, 595, 842], P: PAGE, ...keys }));
      revision.set(PAGE, dictWith(page, { Annots: [...((page.get('Annots') ?? []) as PdfObject[]), made] }));
      if (!isField) return;
      const form = catalog.get('AcroForm') as PdfRef;
      const old = (await document.get(form)) as PdfDict;
      revision.set(form, dictWith(old, { Fields: [...(old.get('Fields') as PdfObject[]), made] }));
    };
  const FREE_TEXT = withAnnotation({ Subtype: name('FreeText'), Contents: textString('1 000 000 000') });

  test.each<[string, AttackCode, 0 | 1 | 2 | 3, (tools: Edit) => Promise<void> | void]>([
    ['another page content', 'incremental_saving', 0, ({ revision }) => revision.set(ref(4), content('BT ET'))],
    ['text laid over the page', 'incremental_saving', 0, FREE_TEXT],
    ['text laid over the page', 'evil_annotation', 2, FREE_TEXT],
    ['text laid over the page', 'evil_annotation', 3, FREE_TEXT],
    [
      'an empty field that shows something',
      'sneaky_signature',
      2,
      async (tools) => {
        const N = tools.revision.add(content('0 0 m'));
        const keys = { Subtype: name('Widget'), FT: name('Sig'), T: textString('S'), AP: dict({ N }) };
        await withAnnotation(keys, true)(tools);
      },
    ],
  ])('%s: %s, certified %i', async (_, code, certify, edit) => {
    const file = await signed(letterPdf(), { signer: leader, ...(certify ? { certify } : {}) });
    const verdict = await verify(await edited(file, edit), authority);
    expect([verdict.status, ...attacksIn(verdict)]).toEqual(['INDETERMINATE', code]);
    expect(verdict.signatures[0]?.laterRevisions[0]?.attack?.code).toBe(code);
  });

  test('a visible signature by a stranger on a certified document: sneaky signature; by someone trusted: none', async () => {
    const certified = await signed(letterPdf(), { signer: leader, certify: 2 });
    const sneaky = await verify(await signed(certified, { signer: stranger, visible: VISIBLE }), authority);
    expect(attacksIn(sneaky)).toEqual(['sneaky_signature']);
    const fair = await verify(await signed(certified, { signer: leader, visible: VISIBLE }), authority);
    expect([fair.status, ...attacksIn(fair)]).toEqual(['TOTAL_PASSED']);
  });

  test('no attack is named where nothing is wrong, or where objects merely took numbers that were free', async () => {
    expect(attacksIn(await verify(await letter(), authority))).toEqual([]);
    const dangling = await signed(letterPdf('table', '/PieceInfo 9 0 R'), { signer: leader });
    const verdict = await verify(
      await edited(dangling, ({ revision, root, catalog }) => {
        revision.set(root, dictWith(catalog, { DSS: dict({ Certs: [revision.add(bytesString(Buffer.from('x')))] }) }));
      }),
      authority,
    );
    expect(attacksIn(verdict)).toEqual([]);
  });
});
