import { memorySource, readAll } from '../../../lib/pdf/byte-source.ts';
import { dict, dictWith, name, type PdfDict, ref, stream } from '../../../lib/pdf/objects.ts';
import { textString } from '../../../lib/pdf/text-string.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import { runningHash } from '../../../lib/platform/running-hash.ts';
import { appendTimestamp } from '../../../lib/signatures/levels/append-revisions.ts';
import { GrowingFile } from '../../../lib/signatures/levels/growing-file.ts';
import { type Edit, edited } from '../edited.ts';
import { type Authority, createAuthority } from '../pki/authority.ts';
import type { DevelopmentAuthority } from '../pki/development-authority.ts';
import { letterPdf, signed } from '../pki/signing.ts';
import { crossCertificates, listWith, manyLists } from './hostile-evidence.ts';
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

/** A kind of file whose cost must not run away: `size` is how often what is hostile in it is repeated. */
export interface HostileKind {
  readonly name: string;
  /** The largest that is tried: as many as the file then has some tens of megabytes, or far beyond the bound. */
  readonly full: number;
  make(attacker: Attacker, size: number): Promise<Uint8Array> | Uint8Array;
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

async function stamped(file: Uint8Array, count: number, { development }: Attacker): Promise<Uint8Array> {
  const growing = new GrowingFile(memorySource(file), runningHash('sha256').update(file));
  for (let n = 0; n < count; n += 1) await appendTimestamp(growing, development.timestamps);
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
    revision.set(ref(3), dictWith((await document.get(ref(3))) as PdfDict, { Annots: notes }));
  };

const say = async ({ revision }: Edit) => {
  revision.add(dict({}));
};

const signedThenEdited = async ({ signer }: Attacker, file: Uint8Array) => edited(await signed(file, { signer }), say);

export const HOSTILE_KINDS: readonly HostileKind[] = [
  {
    name: 'revocation lists in the store',
    full: 1000,
    make: async (by, size) => edited(await letter(by), store('CRLs', manyLists(by.authority, size))),
  },
  {
    name: 'revocation lists in the store, under 60 timestamps',
    full: 1000,
    make: async (by, size) =>
      stamped(await edited(await letter(by), store('CRLs', manyLists(by.authority, size))), 60, by),
  },
  {
    name: 'entries of a revocation list',
    full: 850_000,
    make: async (by, size) => edited(await letter(by), store('CRLs', [listWith(by.authority, size)])),
  },
  {
    name: 'entries of a revocation list, under 60 timestamps',
    full: 850_000,
    make: async (by, size) =>
      stamped(await edited(await letter(by), store('CRLs', [listWith(by.authority, size)])), 60, by),
  },
  { name: 'timestamps', full: 100, make: async (by, size) => stamped(await letter(by), size, by) },
  {
    name: 'timestamps, as many as are judged',
    full: 63,
    make: async (by, size) => stamped(await letter(by), size, by),
  },
  {
    name: 'signatures of a form of 5000 fields',
    full: 60,
    make: async (by, size) => {
      let file = manyFieldsPdf(5000);
      for (let n = 0; n < size; n += 1) file = await signed(file, { signer: by.signer });
      return file;
    },
  },
  {
    name: 'certificates in the signature, issuers of each other',
    full: 2000,
    make: ({ signer }, size) =>
      signed(letterPdf(), { signer: { ...signer, chain: [...crossCertificates(size), ...signer.chain] } }),
  },
  {
    name: 'certificates in the store, issuers of each other',
    full: 2000,
    make: async (by, size) =>
      edited(
        await signed(letterPdf(), { signer: { ...by.signer, chain: [] } }),
        store('Certs', crossCertificates(size)),
      ),
  },
  { name: 'revisions', full: 10_000, make: async (by, size) => structure.withSections(await letter(by), size) },
  {
    name: 'fields, of which 100 revisions fill one each',
    full: 5000,
    make: async ({ signer }, size) =>
      inTurns(await signed(manyFieldsPdf(size), { signer }), 100, (n) => fill(firstField() + n, 1)),
  },
  {
    name: 'fields filled in one revision',
    full: 20_000,
    make: async ({ signer }, size) => edited(await signed(manyFieldsPdf(size), { signer }), fill(firstField(), size)),
  },
  {
    name: 'fields, one of them filled',
    full: 100_000,
    make: async ({ signer }, size) => edited(await signed(manyFieldsPdf(size), { signer }), fill(firstField(), 1)),
  },
  {
    name: 'fields on as many pages, one of them filled',
    full: 20_000,
    make: async ({ signer }, size) =>
      edited(await signed(manyFieldsPdf(size, size), { signer }), fill(firstField(size), 1)),
  },
  {
    name: 'annotations added',
    full: 20_000,
    make: async ({ signer }, size) => edited(await signed(letterPdf(), { signer, certify: 3 }), annotate(size)),
  },
  {
    name: 'objects, then a revision',
    full: 500_000,
    make: (by, size) => signedThenEdited(by, structure.manyObjects(size)),
  },
  {
    name: 'compressed objects, then a revision',
    full: 100_000,
    make: (by, size) => signedThenEdited(by, structure.manyCompressedObjects(size)),
  },
  {
    name: 'rows that point at one object, then a revision',
    full: 1_000_000,
    make: (by, size) => signedThenEdited(by, structure.manyRows(size)),
  },
  {
    name: 'levels of the page tree',
    full: 50_000,
    make: (by, size) => signedThenEdited(by, structure.deepPages(size)),
  },
  {
    name: 'levels of a tree of names',
    full: 50_000,
    make: (by, size) => signedThenEdited(by, structure.deepNames(size)),
  },
  { name: 'arrays inside each other', full: 1_000_000, make: (_, size) => structure.nested(size) },
  { name: 'octets that a form unpacks to', full: 200_000_000, make: (_, size) => structure.bomb(size, 1) },
  {
    name: 'octets that a form unpacks to in three steps',
    full: 200_000_000,
    make: (_, size) => structure.bomb(size, 3),
  },
  { name: 'texts that look like signatures', full: 1000, make: (_, size) => structure.overlappingGaps(size) },
];
