import { deflateSync } from 'node:zlib';
import { memorySource } from './byte-source.ts';
import { openPdf, type PdfDocument } from './document.ts';
import { dict, isArray, isDict, isRef, isStream, name, type PdfObject, type PdfRef } from './objects.ts';
import { uprightMatrix } from './page-geometry.ts';
import { type PdfPage, pageAt } from './page-tree.ts';
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
 * reference to it, turned as the page is. In a room of another shape it keeps its own, as large as fits, in the middle.
 */
export async function graftDrawing(
  revision: Revision,
  drawing: Drawing,
  room: { readonly width: number; readonly height: number },
  rotate: PdfPage['rotate'],
): Promise<PdfRef> {
  const box = roomyBox(drawing, room);
  const from = await openPdf(memorySource(drawing.pdf));
  const page = await pageAt(from, 0);
  const content = await pageContent(from, await from.value(page.dict, 'Contents'));
  const graft = new Graft(from, revision);
  return revision.add({
    kind: 'stream',
    dict: dict({
      Type: name('XObject'),
      Subtype: name('Form'),
      BBox: box,
      Matrix: uprightMatrix(rotate, drawing.width, drawing.height),
      Resources: await graft.copy(page.resources ?? new Map()),
      Filter: name('FlateDecode'),
    }),
    raw: deflateSync(content, { level: 9 }),
  });
}

/** The drawing's box, extended on two sides to the shape of the room that the reader will fit it into (§12.5.5). */
function roomyBox({ width, height }: Drawing, room: { readonly width: number; readonly height: number }): number[] {
  const shape = room.width / room.height;
  if (Math.abs(shape - width / height) < 1e-3) return [0, 0, width, height];
  const [sides, ends] = [(height * shape - width) / 2, (width / shape - height) / 2];
  return sides > 0 ? [-sides, 0, width + sides, height] : [0, -ends, width, height + ends];
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
