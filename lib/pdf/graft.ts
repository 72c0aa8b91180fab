import { deflateSync } from 'node:zlib';
import { memorySource } from './byte-source.ts';
import { openPdf, type PdfDocument } from './document.ts';
import { dict, isArray, isDict, isRef, isStream, name, type PdfObject, type PdfRef } from './objects.ts';
import { pageAt } from './page-tree.ts';
import { broken } from './problems.ts';
import type { Revision } from './revision.ts';

/** A drawing authored as a PDF of one page; the page's size is the drawing's. */
export interface Drawing {
  /** Points. */
  readonly width: number;
  readonly height: number;
  readonly pdf: Uint8Array;
}

/**
 * Brings a drawing into a revision as a form XObject (ISO 32000-2 §8.10) with all that it uses, and gives the
 * reference to it. `matrix` turns the form where the page is turned.
 */
export async function graftDrawing(revision: Revision, drawing: Drawing, matrix: readonly number[]): Promise<PdfRef> {
  const from = await openPdf(memorySource(drawing.pdf));
  const page = await pageAt(from, 0);
  const content = await pageContent(from, await from.value(page.dict, 'Contents'));
  const graft = new Graft(from, revision);
  return revision.add({
    kind: 'stream',
    dict: dict({
      Type: name('XObject'),
      Subtype: name('Form'),
      BBox: [0, 0, drawing.width, drawing.height],
      Matrix: matrix,
      Resources: await graft.copy(page.resources ?? new Map()),
      Filter: name('FlateDecode'),
    }),
    raw: deflateSync(content, { level: 9 }),
  });
}

async function pageContent(document: PdfDocument, contents: PdfObject): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const item of isArray(contents) ? contents : [contents]) {
    const stream = await document.resolve(item);
    if (!isStream(stream)) throw broken('a drawing has no content');
    parts.push(await document.streamBytes(stream), Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}

/** Copies objects of one document into a revision of another; each source object once, circles included. */
class Graft {
  private readonly from: PdfDocument;
  private readonly revision: Revision;
  private readonly copies = new Map<number, PdfRef>();

  constructor(from: PdfDocument, revision: Revision) {
    this.from = from;
    this.revision = revision;
  }

  async copy(object: PdfObject): Promise<PdfObject> {
    if (isRef(object)) return this.copyIndirect(object);
    if (isArray(object)) {
      const items: PdfObject[] = [];
      for (const item of object) items.push(await this.copy(item));
      return items;
    }
    if (isDict(object)) {
      const entries = new Map<string, PdfObject>();
      for (const [key, value] of object) entries.set(key, await this.copy(value));
      return entries;
    }
    if (isStream(object)) {
      const entries = await this.copy(object.dict);
      return { kind: 'stream', dict: entries as Map<string, PdfObject>, raw: await this.from.rawBytes(object) };
    }
    return object;
  }

  private async copyIndirect(source: PdfRef): Promise<PdfRef> {
    const known = this.copies.get(source.num);
    if (known) return known;
    const target = this.revision.allocate();
    this.copies.set(source.num, target);
    this.revision.set(target, await this.copy(await this.from.get(source)));
    return target;
  }
}
