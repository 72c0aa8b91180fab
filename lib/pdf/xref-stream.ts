import { decodeFilters, type FilterStep } from './filters.ts';
import type { PdfLimits } from './limits.ts';
import { isArray, isDict, isInteger, isName, type PdfDict, type PdfObject } from './objects.ts';
import { ObjectParser } from './parser.ts';
import { broken, overLimit } from './problems.ts';
import { checkEndOfStream } from './stream-end.ts';
import type { WindowReader } from './window-reader.ts';
import { SectionRows, type XrefEntry, type XrefRange, type XrefSection } from './xref-section.ts';

/** Reads a cross-reference stream (ISO 32000-2 §7.5.8). Nothing in it may be indirect: there is no table yet. */
export async function readStreamSection(reader: WindowReader, offset: number, limits: PdfLimits): Promise<XrefSection> {
  const object = await reader.parse(offset, (window) => new ObjectParser(window, limits).indirectObject());
  const { value, dataOffset } = object;
  if (!isDict(value) || dataOffset === undefined || !isName(value.get('Type'), 'XRef')) {
    throw broken('no cross-reference stands at its offset');
  }
  const length = value.get('Length');
  if (!isInteger(length) || length < 0) throw broken('a cross-reference stream has no direct length');
  await checkEndOfStream(reader, dataOffset + length);
  if (length > limits.inflatedBytes) throw overLimit('a cross-reference stream is too long');
  const encoded = await reader.source.read(dataOffset, length);
  const widths = fieldWidths(value);
  const ranges = indexRanges(value, limits);
  const rowBytes = widths[0] + widths[1] + widths[2];
  const count = ranges.reduce((sum, range) => sum + range.count, 0);
  const room = Math.min(limits.inflatedBytes, 2 * count * rowBytes + 65_536);
  const rows = decodeFilters(encoded, directFilters(value), { ...limits, inflatedBytes: room });
  if (rows.length < count * rowBytes) throw broken('a cross-reference stream is too short');
  const places = new SectionRows(ranges);
  const holds = (num: number) => places.find(num) !== undefined;
  const find = async (num: number) => {
    const found = places.find(num);
    return found && parseRow(rows, (found.before + found.row) * rowBytes, widths);
  };
  return { kind: 'stream', offset, streamNum: object.num, trailer: value, ranges, holds, find };
}

function directFilters(dict: PdfDict): FilterStep[] {
  const asList = (value: PdfObject | undefined): readonly PdfObject[] =>
    value === undefined ? [] : isArray(value) ? value : [value];
  const parms = asList(dict.get('DecodeParms'));
  return asList(dict.get('Filter')).map((filter, index) => {
    if (!isName(filter)) throw broken('a filter is not a name');
    const own = parms[index];
    return { name: filter.value, parms: isDict(own) ? own : undefined };
  });
}

function fieldWidths(dict: PdfDict): [number, number, number] {
  const widths = dict.get('W');
  if (!isArray(widths) || widths.length < 3) throw broken('a cross-reference stream has no field widths');
  const [type, second, third] = widths.slice(0, 3).map((width) => {
    if (!isInteger(width) || width < 0 || width > 6) throw broken('a cross-reference stream has odd field widths');
    return width;
  });
  if (widths.length > 3 && widths.slice(3).some((width) => width !== 0))
    throw broken('a cross-reference stream has too many fields');
  return [type ?? 0, second ?? 0, third ?? 0];
}

function indexRanges(dict: PdfDict, limits: PdfLimits): XrefRange[] {
  const size = dict.get('Size');
  if (!isInteger(size) || size < 0) throw broken('a cross-reference stream has no size');
  const index = dict.get('Index') ?? [0, size];
  if (!isArray(index) || index.length % 2 !== 0) throw broken('the index of a cross-reference stream is malformed');
  const ranges: XrefRange[] = [];
  let total = 0;
  for (let i = 0; i < index.length; i += 2) {
    const [first, count] = [index[i], index[i + 1]];
    if (!isInteger(first) || !isInteger(count) || first < 0 || count < 0 || first > 2 ** 31) {
      throw broken('the index of a cross-reference stream is malformed');
    }
    total += count;
    if (total > limits.objects) throw overLimit('the file has too many objects');
    ranges.push({ first, count });
  }
  return ranges;
}

function parseRow(rows: Uint8Array, at: number, [w0, w1, w2]: [number, number, number]): XrefEntry | undefined {
  const type = w0 === 0 ? 1 : bigEndian(rows, at, w0);
  const second = bigEndian(rows, at + w0, w1);
  const third = bigEndian(rows, at + w0 + w1, w2);
  if (type === 0) return { type: 'free' };
  if (type === 1) return { type: 'offset', offset: second, gen: third };
  // §7.5.8.3: any other type is a reference to the null object.
  return type === 2 ? { type: 'compressed', stream: second, index: third } : { type: 'free' };
}

function bigEndian(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}
