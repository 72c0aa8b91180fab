import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import { pageAt } from '../../../lib/pdf/page-tree.ts';
import { pageText } from '../../../lib/pdf/text/page-text.ts';
import { textLines } from '../../../lib/pdf/text/text-lines.ts';

/** The lines of a page, columns set apart by ` | `. */
export async function shownText(pdf: Uint8Array, page = 0): Promise<string[]> {
  const document = await openPdf(memorySource(pdf));
  const lines = textLines(await pageText(document, await pageAt(document, page)));
  return lines.map(({ segments }) => segments.map(({ text }) => text.trim()).join(' | '));
}
