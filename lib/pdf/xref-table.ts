import { latin1, WHITESPACE } from './lexer.ts';
import type { PdfLimits } from './limits.ts';
import { isDict, type PdfDict } from './objects.ts';
import { ObjectParser } from './parser.ts';
import { broken, overLimit } from './problems.ts';
import type { WindowReader } from './window-reader.ts';
import { SectionRows, type XrefEntry, type XrefRange, type XrefSection } from './xref-section.ts';

const ROW = 20;
/** Rows fetched together: an object's neighbours are likely asked for next. */
const BLOCK_ROWS = 64;
const KEPT_BLOCKS = 64;

interface TableRange extends XrefRange {
  /** Offset of the first row. */
  readonly at: number;
}

/**
 * Reads the frame of a cross-reference table (ISO 32000-2 §7.5.4): subsection headers and trailer. Rows are exactly
 * 20 bytes, so they are left alone until one is asked for.
 */
export async function readTableSection(reader: WindowReader, offset: number, limits: PdfLimits): Promise<XrefSection> {
  const ranges: TableRange[] = [];
  let at = await reader.parse(offset, (window) => {
    const parser = new ObjectParser(window, limits);
    while (WHITESPACE[parser.peek()] === 1) parser.pos++;
    if (!parser.accept('xref')) throw broken('no cross-reference stands at its offset');
    return endOfHeader(parser);
  });
  for (;;) {
    const range = await subsection(reader, at, limits);
    if (!range) break;
    at = range.at + range.count * ROW;
    if (at > reader.source.length) throw broken('the cross-reference table is cut off');
    ranges.push(range);
    if (ranges.length > limits.objects / 16) throw overLimit('the cross-reference table has too many parts');
  }
  const trailer = await readTrailer(reader, at, limits);
  const places = new SectionRows(ranges);
  const holds = (num: number) => places.find(num) !== undefined;
  return { kind: 'table', offset, trailer, ranges, holds, find: rowFinder(reader, ranges, places) };
}

/** A header line `first count`; undefined where the trailer begins. */
async function subsection(reader: WindowReader, at: number, limits: PdfLimits): Promise<TableRange | undefined> {
  return reader.parse(at, (window) => {
    const parser = new ObjectParser(window, limits);
    parser.skipWhitespace();
    if (parser.peek() === 0x74) return undefined;
    const first = parser.unsigned('a cross-reference subsection');
    const count = parser.unsigned('a cross-reference subsection');
    if (count > limits.objects || first > 2 ** 31) throw overLimit('the file has too many objects');
    return { first, count, at: endOfHeader(parser) };
  });
}

/** Blanks, then one end of line; the offset behind it. */
function endOfHeader(parser: ObjectParser): number {
  while (parser.peek() === 0x20 || parser.peek() === 0x09) parser.pos++;
  if (!parser.skipEndOfLine()) throw broken('a line of the cross-reference table does not end');
  return parser.offset;
}

async function readTrailer(reader: WindowReader, at: number, limits: PdfLimits): Promise<PdfDict> {
  return reader.parse(at, (window) => {
    const parser = new ObjectParser(window, limits);
    parser.skipWhitespace();
    if (!parser.accept('trailer')) throw broken('the trailer is missing');
    const trailer = parser.object();
    if (!isDict(trailer)) throw broken('the trailer is not a dictionary');
    return trailer;
  });
}

function rowFinder(reader: WindowReader, ranges: readonly TableRange[], places: SectionRows): XrefSection['find'] {
  const blocks = new Map<number, Uint8Array>();
  return async (num) => {
    const found = places.find(num);
    const range = found && ranges[found.range];
    if (!found || !range) return undefined;
    const block = found.row - (found.row % BLOCK_ROWS);
    const at = range.at + block * ROW;
    let bytes = blocks.get(at);
    if (!bytes) {
      bytes = await reader.source.read(at, Math.min(BLOCK_ROWS, range.count - block) * ROW);
      if (blocks.size >= KEPT_BLOCKS) blocks.clear();
      blocks.set(at, bytes);
    }
    const start = (found.row - block) * ROW;
    return parseRow(latin1(bytes, start, start + ROW));
  };
}

/** `nnnnnnnnnn ggggg n` or `f`, and two bytes of line end. */
function parseRow(row: string): XrefEntry {
  const match = /^(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)$/.exec(row);
  if (!match) throw broken('a row of the cross-reference table is not 20 bytes of the right form');
  if (match[3] === 'f') return { type: 'free' };
  return { type: 'offset', offset: Number(match[1]), gen: Number(match[2]) };
}
