import { WHITESPACE } from './lexer.ts';
import type { PdfLimits } from './limits.ts';
import { isInteger, type PdfDict } from './objects.ts';
import { broken, overLimit } from './problems.ts';
import type { WindowReader } from './window-reader.ts';
import type { XrefEntry, XrefSection } from './xref-section.ts';
import { readStreamSection } from './xref-stream.ts';
import { readTableSection } from './xref-table.ts';

export type { XrefEntry, XrefSection } from './xref-section.ts';

/** The chain of sections, newest first. */
export class Xref {
  readonly sections: readonly XrefSection[];

  constructor(sections: readonly XrefSection[]) {
    this.sections = sections;
  }

  /** §7.5.8.4: a table, then the hybrid stream beside it (for what the table hides), then the section before. */
  async find(num: number): Promise<XrefEntry | undefined> {
    for (const section of this.sections) {
      if (!section.holds(num) && !section.hybrid?.holds(num)) continue;
      const entry = await findInSection(section, num);
      if (entry) return entry;
    }
    return undefined;
  }

  /** Every object number that any section speaks of, each once. */
  *numbers(): Generator<number> {
    const seen = new Set<number>();
    for (const section of this.sections) {
      for (const range of [...section.ranges, ...(section.hybrid?.ranges ?? [])]) {
        for (let num = range.first; num < range.first + range.count; num++) {
          if (seen.has(num)) continue;
          seen.add(num);
          yield num;
        }
      }
    }
  }
}

/** The entry of one revision for an object, its hybrid stream included. */
export async function findInSection(section: XrefSection, num: number): Promise<XrefEntry | undefined> {
  const entry = section.holds(num) ? await section.find(num) : undefined;
  if (section.hybrid && (entry === undefined || entry.type === 'free')) {
    return (await section.hybrid.find(num)) ?? entry;
  }
  return entry;
}

/** Follows /Prev from the last section to the first. Throws `pdf_broken` on a loop, `pdf_limits` when it is long. */
export async function readXref(reader: WindowReader, startxref: number, limits: PdfLimits): Promise<Xref> {
  const sections: XrefSection[] = [];
  const visited = new Set<number>();
  let rows = 0;
  for (let offset: number | undefined = startxref; offset !== undefined; ) {
    if (visited.has(offset)) throw broken('the chain of cross-references runs in a circle');
    visited.add(offset);
    if (sections.length >= limits.sections) throw overLimit('the file has too many revisions');
    const section: XrefSection = await readSection(reader, offset, limits);
    for (const { count } of [...section.ranges, ...(section.hybrid?.ranges ?? [])]) rows += count;
    if (rows > limits.objects) throw overLimit('the file has too many objects');
    sections.push(section);
    offset = previousOf(section.trailer);
  }
  return new Xref(sections);
}

async function readSection(reader: WindowReader, offset: number, limits: PdfLimits): Promise<XrefSection> {
  // Some writers count a line end before `xref`: harmless, and found in files that are validly signed.
  const first = await reader.parse(offset, (window) => window.bytes.find((byte) => WHITESPACE[byte] !== 1));
  if (first !== 0x78) return readStreamSection(reader, offset, limits);
  const table = await readTableSection(reader, offset, limits);
  const at = table.trailer.get('XRefStm');
  if (at === undefined) return table;
  if (!isInteger(at)) throw broken('/XRefStm is not an offset');
  const hybrid = await readStreamSection(reader, at, limits);
  return { ...table, hybrid };
}

function previousOf(trailer: PdfDict): number | undefined {
  const previous = trailer.get('Prev');
  if (previous === undefined) return undefined;
  if (!isInteger(previous) || previous < 0) throw broken('/Prev is not an offset');
  return previous;
}
