import { memorySource } from '../../lib/pdf/byte-source.ts';
import { openPdf, type PdfDocument } from '../../lib/pdf/document.ts';
import { type PdfDict, type PdfRef, stream } from '../../lib/pdf/objects.ts';
import { Revision } from '../../lib/pdf/revision.ts';

export interface Edit {
  readonly document: PdfDocument;
  readonly revision: Revision;
  readonly root: PdfRef;
  readonly catalog: PdfDict;
}

/** Appends a revision, as anyone can do to a signed file. */
export async function edited(file: Uint8Array, edit: (tools: Edit) => Promise<void> | void): Promise<Uint8Array> {
  const document = await openPdf(memorySource(file));
  const revision = new Revision(document);
  await edit({ document, revision, root: document.trailer.get('Root') as PdfRef, catalog: await document.catalog() });
  const { tail } = await revision.finish();
  return Buffer.concat([file, tail]);
}

export const content = (text: string) => stream({}, Buffer.from(text));
