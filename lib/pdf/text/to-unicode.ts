import { isArray, isString, type PdfObject, type PdfString } from '../objects.ts';
import { operations } from './content-reader.ts';

const MOST_CODES = 70_000;

/** Character codes (as numbers) → text, from a /ToUnicode CMap (ISO 32000-2 §9.10.3). */
export interface ToUnicode {
  readonly texts: ReadonlyMap<number, string>;
  /** Bytes of a code, when the CMap says so. */
  readonly codeBytes: number | undefined;
}

export function parseToUnicode(bytes: Uint8Array): ToUnicode {
  const texts = new Map<number, string>();
  let codeBytes: number | undefined;
  for (const { operator, operands } of operations(bytes, 100_000)) {
    if (operator === 'endcodespacerange') codeBytes = widestCode(operands) ?? codeBytes;
    else if (operator === 'endbfchar') addCharacters(texts, operands);
    else if (operator === 'endbfrange') addRanges(texts, operands);
    if (texts.size > MOST_CODES) break;
  }
  return { texts, codeBytes };
}

function widestCode(operands: readonly PdfObject[]): number | undefined {
  const lengths = operands.filter(isString).map((code) => code.bytes.length);
  return lengths.length > 0 ? Math.max(...lengths) : undefined;
}

function addCharacters(texts: Map<number, string>, operands: readonly PdfObject[]): void {
  for (let i = 0; i + 1 < operands.length; i += 2) {
    const [code, text] = [operands[i], operands[i + 1]];
    if (isString(code) && isString(text)) texts.set(codeOf(code), utf16(text));
  }
}

function addRanges(texts: Map<number, string>, operands: readonly PdfObject[]): void {
  for (let i = 0; i + 2 < operands.length; i += 3) {
    const [from, to, target] = [operands[i], operands[i + 1], operands[i + 2]];
    if (!isString(from) || !isString(to)) continue;
    const first = codeOf(from);
    const count = Math.min(codeOf(to) - first + 1, MOST_CODES - texts.size);
    for (let step = 0; step < count; step++) {
      const own = isArray(target) ? target[step] : target;
      if (isString(own)) texts.set(first + step, isArray(target) ? utf16(own) : shifted(utf16(own), step));
    }
  }
}

/** The last code unit of a range's text counts up. */
function shifted(text: string, step: number): string {
  const last = text.codePointAt(text.length - (/[\udc00-\udfff]$/.test(text) ? 2 : 1)) ?? 0;
  const head = text.slice(0, text.length - String.fromCodePoint(last).length);
  return last + step <= 0x10ffff ? head + String.fromCodePoint(last + step) : head;
}

function codeOf({ bytes }: PdfString): number {
  return bytes.reduce((value, byte) => (value * 256 + byte) % 2 ** 32, 0);
}

function utf16({ bytes }: PdfString): string {
  return new TextDecoder('utf-16be').decode(bytes);
}
