import { isArray, isString, type PdfObject, type PdfString } from '../objects.ts';
import { operations } from './content-reader.ts';

const MOST_ENTRIES = 70_000;

/** Character codes (as numbers) to text, from a /ToUnicode CMap (ISO 32000-2 §9.10.3). */
export interface ToUnicode {
  textOf(code: number): string | undefined;
  /** Bytes of a code, when the CMap says so. */
  readonly codeBytes: number | undefined;
}

interface Range {
  readonly first: number;
  readonly last: number;
  /** Text of the first code; its last character counts up along the range. */
  readonly text: string;
}

export function parseToUnicode(bytes: Uint8Array): ToUnicode {
  const texts = new Map<number, string>();
  const ranges: Range[] = [];
  let codeBytes: number | undefined;
  for (const { operator, operands } of operations(bytes, 100_000)) {
    if (operator === 'endcodespacerange') codeBytes = widestCode(operands) ?? codeBytes;
    else if (operator === 'endbfchar') addCharacters(texts, operands);
    else if (operator === 'endbfrange') addRanges(texts, ranges, operands);
    if (texts.size + ranges.length > MOST_ENTRIES) break;
  }
  const textOf = (code: number) => {
    const known = texts.get(code);
    if (known !== undefined) return known;
    const range = ranges.find(({ first, last }) => code >= first && code <= last);
    if (range) texts.set(code, shifted(range.text, code - range.first));
    return texts.get(code);
  };
  return { textOf, codeBytes };
}

function widestCode(operands: readonly PdfObject[]): number | undefined {
  const lengths = operands.filter(isString).map((code) => code.bytes.length);
  return lengths.length > 0 ? Math.min(4, Math.max(1, ...lengths)) : undefined;
}

function addCharacters(texts: Map<number, string>, operands: readonly PdfObject[]): void {
  for (let i = 0; i + 1 < operands.length; i += 2) {
    const [code, text] = [operands[i], operands[i + 1]];
    if (isString(code) && isString(text)) texts.set(codeOf(code), utf16(text));
  }
}

function addRanges(texts: Map<number, string>, ranges: Range[], operands: readonly PdfObject[]): void {
  for (let i = 0; i + 2 < operands.length; i += 3) {
    const [from, to, target] = [operands[i], operands[i + 1], operands[i + 2]];
    if (!isString(from) || !isString(to)) continue;
    const first = codeOf(from);
    if (isString(target)) ranges.push({ first, last: codeOf(to), text: utf16(target) });
    for (const [step, text] of isArray(target) ? target.entries() : []) {
      if (isString(text)) texts.set(first + step, utf16(text));
    }
  }
}

function shifted(text: string, step: number): string {
  const last = text.codePointAt(text.length - (/[\udc00-\udfff]$/.test(text) ? 2 : 1)) ?? 0;
  const head = text.slice(0, text.length - String.fromCodePoint(last).length);
  return last + step <= 0x10ffff ? head + String.fromCodePoint(last + step) : head;
}

function codeOf({ bytes }: PdfString): number {
  return bytes.reduce((value, byte) => (value * 256 + byte) % 2 ** 32, 0);
}

function utf16({ bytes }: PdfString): string {
  let text = '';
  for (let i = 0; i + 1 < bytes.length; i += 2)
    text += String.fromCharCode((bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0));
  return text;
}
