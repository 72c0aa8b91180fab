import type { PdfDocument } from '../document.ts';
import {
  isArray,
  isDict,
  isInteger,
  isName,
  isNumber,
  isStream,
  nameOf,
  type PdfDict,
  type PdfObject,
} from '../objects.ts';
import { textOfGlyph } from './glyph-names.ts';
import { parseToUnicode, type ToUnicode } from './to-unicode.ts';

export interface DecodedCode {
  readonly text: string;
  /** Advance in thousandths of the font size. */
  readonly width: number;
  /** A one-byte code 32, to which word spacing applies (ISO 32000-2 §9.3.3). */
  readonly isSpace: boolean;
}

/** Turns the strings of a content stream into text. */
export interface FontDecoder {
  decode(bytes: Uint8Array): DecodedCode[];
}

/** A decoder for a font dictionary (§9.10.2): by /ToUnicode, else by /Encoding for simple fonts. */
export async function fontDecoder(document: PdfDocument, font: PdfDict): Promise<FontDecoder> {
  const cmap = await document.value(font, 'ToUnicode');
  const toUnicode = isStream(cmap) ? parseToUnicode(await document.streamBytes(cmap)) : undefined;
  return isName(await document.value(font, 'Subtype'), 'Type0')
    ? compositeDecoder(toUnicode, await compositeWidths(document, font))
    : simpleDecoder(toUnicode, await simpleEncoding(document, font), await simpleWidths(document, font));
}

function compositeDecoder(toUnicode: ToUnicode | undefined, widths: Widths): FontDecoder {
  const codeBytes = toUnicode?.codeBytes ?? 2;
  return {
    decode(bytes) {
      const codes: DecodedCode[] = [];
      for (let at = 0; at < bytes.length; at += codeBytes) {
        let code = 0;
        for (let i = 0; i < codeBytes; i++) code = code * 256 + (bytes[at + i] ?? 0);
        codes.push({
          text: toUnicode?.textOf(code) ?? '',
          width: widths.of(code),
          isSpace: codeBytes === 1 && code === 32,
        });
      }
      return codes;
    },
  };
}

function simpleDecoder(toUnicode: ToUnicode | undefined, encoding: readonly string[], widths: Widths): FontDecoder {
  return {
    decode: (bytes) =>
      Array.from(bytes, (code) => ({
        text: toUnicode?.textOf(code) ?? encoding[code] ?? '',
        width: widths.of(code),
        isSpace: code === 32,
      })),
  };
}

interface Widths {
  of(code: number): number;
}

async function simpleWidths(document: PdfDocument, font: PdfDict): Promise<Widths> {
  const first = await document.value(font, 'FirstChar');
  const widths = await document.value(font, 'Widths');
  const start = isInteger(first) ? first : 0;
  const list = isArray(widths) ? widths : [];
  return { of: (code) => numberOr(list[code - start], 500) };
}

/** /W of the descendant font (§9.7.4.3): `c [w …]` and `c1 c2 w`. */
async function compositeWidths(document: PdfDocument, font: PdfDict): Promise<Widths> {
  const descendants = await document.value(font, 'DescendantFonts');
  const descendant = isArray(descendants) ? await document.resolve(descendants[0]) : null;
  if (!isDict(descendant)) return { of: () => 1000 };
  const otherwise = numberOr(await document.value(descendant, 'DW'), 1000);
  const entries = await document.value(descendant, 'W');
  const single = new Map<number, number>();
  const ranges: { from: number; to: number; width: number }[] = [];
  for (let i = 0; isArray(entries) && i < entries.length; ) {
    const first = entries[i];
    const second = await document.resolve(entries[i + 1]);
    if (!isInteger(first)) break;
    if (isArray(second)) {
      for (const [step, width] of second.entries()) single.set(first + step, numberOr(width, otherwise));
      i += 2;
    } else {
      if (isInteger(second)) ranges.push({ from: first, to: second, width: numberOr(entries[i + 2], otherwise) });
      i += 3;
    }
  }
  return {
    of: (code) => single.get(code) ?? ranges.find(({ from, to }) => code >= from && code <= to)?.width ?? otherwise,
  };
}

function numberOr(value: PdfObject | undefined, otherwise: number): number {
  return isNumber(value) ? value : otherwise;
}

const BASE_ENCODINGS = new Map(
  ['macintosh', 'windows-1252'].map((charset) => [
    charset,
    new TextDecoder(charset).decode(Uint8Array.from({ length: 256 }, (_, code) => code)),
  ]),
);

/** Text for each of the 256 codes: the base encoding with its /Differences (§9.6.5). */
async function simpleEncoding(document: PdfDocument, font: PdfDict): Promise<string[]> {
  const encoding = await document.value(font, 'Encoding');
  const base =
    nameOf(encoding) ?? (isDict(encoding) ? nameOf(await document.value(encoding, 'BaseEncoding')) : undefined);
  const charset = base === 'MacRomanEncoding' ? 'macintosh' : 'windows-1252';
  const texts = [...(BASE_ENCODINGS.get(charset) ?? '')];
  const differences = isDict(encoding) ? await document.value(encoding, 'Differences') : null;
  let code = 0;
  for (const item of isArray(differences) ? differences : []) {
    if (isInteger(item)) code = item;
    else if (isName(item)) {
      if (code >= 0 && code < 256) texts[code] = textOfGlyph(item.value) ?? '';
      code++;
    }
  }
  return texts;
}
