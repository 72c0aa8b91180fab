import { memorySource, readAll } from '../../../lib/pdf/byte-source.ts';
import { formFields } from '../../../lib/pdf/form-fields.ts';
import { dict, dictWith, isArray, isRef, name, type PdfDict, ref, stream } from '../../../lib/pdf/objects.ts';
import { signatureFields } from '../../../lib/pdf/signature-permissions.ts';
import { textString } from '../../../lib/pdf/text-string.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import { runningHash } from '../../../lib/platform/running-hash.ts';
import { appendTimestamp } from '../../../lib/signatures/levels/append-revisions.ts';
import { GrowingFile } from '../../../lib/signatures/levels/growing-file.ts';
import { type Edit, edited } from '../edited.ts';
import { type Authority, createAuthority } from '../pki/authority.ts';
import type { DevelopmentAuthority } from '../pki/development-authority.ts';
import { letterPdf, signed } from '../pki/signing.ts';
import { crossCertificates, crossSigner, listWith, manyLists } from './hostile-evidence.ts';
import * as structure from './hostile-structure.ts';
import { firstField, manyFieldsPdf, repeat } from './plain-pdf.ts';

/** Whom the verdicts trust: signers are certified by the first, timestamps by the second. */
export interface Attacker {
  readonly authority: Authority;
  readonly signer: Signer;
  readonly development: DevelopmentAuthority;
}

export function attackerOf(development: DevelopmentAuthority): Attacker {
  const authority = createAuthority();
  return { authority, signer: authority.signer(), development };
}

const letter = ({ signer }: Attacker) => signed(letterPdf(), { signer });

/** Gives so many fields from object `first` on a value each, in one revision. */
const fill =
  (first: number, count: number) =>
  async ({ document, revision }: Edit) => {
    for (let num = first; num < first + count; num += 1) {
      revision.set(ref(num), dictWith((await document.get(ref(num))) as PdfDict, { V: textString('x') }));
    }
  };

async function stamped(file: Uint8Array, { development }: Attacker): Promise<Uint8Array> {
  const growing = new GrowingFile(memorySource(file), runningHash('sha256').update(file));
  await appendTimestamp(growing, development.timestamps);
  return readAll(growing.source);
}

async function inTurns(file: Uint8Array, count: number, edit: (n: number) => (tools: Edit) => Promise<void>) {
  let whole = file;
  for (let n = 0; n < count; n += 1) whole = await edited(whole, edit(n));
  return whole;
}

/** Adds a security store with these streams. */
const store = (key: 'CRLs' | 'Certs', all: readonly Uint8Array[]) => (tools: Edit) => {
  const list = all.map((der) => tools.revision.add(stream({}, der)));
  const dss = tools.revision.add(dict({ Type: name('DSS'), [key]: list }));
  tools.revision.set(tools.root, dictWith(tools.catalog, { DSS: dss }));
};

const annotate =
  (count: number) =>
  async ({ document, revision }: Edit) => {
    const notes = repeat(count, (n) => {
      const Rect = [n % 500, 700, (n % 500) + 20, 720];
      return revision.add(dict({ Type: name('Annot'), Subtype: name('Text'), Rect, P: ref(3) }));
    });
    const page = (await document.get(ref(3))) as PdfDict;
    const there = await document.value(page, 'Annots');
    revision.set(ref(3), dictWith(page, { Annots: [...(isArray(there) ? there : []), ...notes] }));
  };

/** So many more fields that have the signature, or the timestamp, of the last one that is signed. */
const shareSignature =
  (count: number) =>
  async ({ document, revision, root, catalog }: Edit) => {
    const form = await document.dict(catalog, 'AcroForm');
    const all = (await formFields(document)).map(({ ref: field }) => field);
    const field = (await signatureFields(document)).findLast(({ signature }) => signature);
    const more = repeat(count, (n) => revision.add(dictWith(field!.dict, { T: textString(`more ${n}`) })));
    const at = catalog.get('AcroForm');
    const grown = dictWith(form ?? dict({}), { Fields: [...all, ...more] });
    if (isRef(at)) revision.set(at, grown);
    else revision.set(root, dictWith(catalog, { AcroForm: grown }));
  };

const say = async ({ revision }: Edit) => {
  revision.add(dict({}));
};

const signedThenEdited = async ({ signer }: Attacker, file: Uint8Array) => edited(await signed(file, { signer }), say);

type Make = (attacker: Attacker, size: number) => Promise<Uint8Array> | Uint8Array;

/** Files whose cost must not run away, by what is hostile in them; `size` is how often that is repeated. */
export const HOSTILE = {
  'revocation lists in the store': async (by, size) =>
    edited(await letter(by), store('CRLs', manyLists(by.authority, size))),
  'entries of a revocation list': async (by, size) =>
    edited(await letter(by), store('CRLs', [listWith(by.authority, size)])),
  'document timestamps': async (by, size) => edited(await stamped(await letter(by), by), shareSignature(size - 1)),
  'fields that hold one signature': async (by, size) =>
    edited(await signed(manyFieldsPdf(4000), { signer: by.signer }), shareSignature(size)),
  'certificates in the signature, issuers of each other': (_, size) =>
    signed(letterPdf(), { signer: crossSigner(crossCertificates(size)) }),
  'certificates in the store, issuers of each other': async (_, size) =>
    edited(await signed(letterPdf(), { signer: crossSigner([]) }), store('Certs', crossCertificates(size))),
  revisions: async (by, size) => structure.withSections(await letter(by), size),
  'parts of a cross-reference that overlap': async (by, size) => structure.overlappingParts(await letter(by), size),
  'revisions that fill a field of 300': async ({ signer }, size) =>
    inTurns(await signed(manyFieldsPdf(300), { signer }), size, (n) => fill(firstField() + n, 1)),
  'fields filled in one revision': async ({ signer }, size) =>
    edited(await signed(manyFieldsPdf(size), { signer }), fill(firstField(), size)),
  'fields, one of them filled': async ({ signer }, size) =>
    edited(await signed(manyFieldsPdf(size), { signer }), fill(firstField(), 1)),
  'fields on as many pages, one of them filled': async ({ signer }, size) =>
    edited(await signed(manyFieldsPdf(size, size), { signer }), fill(firstField(size), 1)),
  'annotations added': async ({ signer }, size) =>
    edited(await signed(letterPdf(), { signer, certify: 3 }), annotate(size)),
  'objects, then a revision': (by, size) => signedThenEdited(by, structure.manyObjects(size)),
  'compressed objects, then a revision': (by, size) => signedThenEdited(by, structure.manyCompressedObjects(size)),
  'rows that point at one object, then a revision': (by, size) => signedThenEdited(by, structure.manyRows(size)),
  'levels of the page tree': async (by, size) => edited(await letter(by), structure.deepenPages(size)),
  'levels of a tree of names': (by, size) => signedThenEdited(by, structure.deepNames(size)),
  'arrays inside each other': (_, size) => structure.nested(size),
  'octets that a form unpacks to': (_, size) => structure.bomb(size, 1),
  'octets that a form unpacks to in three steps': (_, size) => structure.bomb(size, 3),
  'texts that look like signatures': (_, size) => structure.overlappingGaps(size),
} as const satisfies Record<string, Make>;
export type HostileName = keyof typeof HOSTILE;
