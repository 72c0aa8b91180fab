import type { PdfDocument } from '../document.ts';
import { pageAt, pageCount } from '../page-tree.ts';
import { pageText } from './page-text.ts';
import { type TextLine, type TextSegment, textLines } from './text-lines.ts';

/** The words that are looked for: data of the rule on state secrets, kept by whoever applies it. */
export interface MarkVocabulary<Mark extends string> {
  /** Each mark with the words printed for it in capitals, the gravest first. */
  readonly marks: readonly { readonly mark: Mark; readonly words: string }[];
  /** Labels after which the mark stands on the same line in any letters: `Độ mật`. */
  readonly labels?: readonly string[];
  /** Words that make an ordinary word of a mark on the next line of a heading: `bí`, `bảo`. */
  readonly ordinaryAfter?: readonly string[];
}

/**
 * Looks for a classification mark on the first pages: words that stand alone, apart from any text on their line, in
 * capitals, spaced out or not, in composed or decomposed letters. The same words within a sentence are no mark.
 * Scans without text say nothing here. Throws `pdf_broken`, `pdf_limits`.
 */
export async function findClassificationMark<Mark extends string>(
  document: PdfDocument,
  vocabulary: MarkVocabulary<Mark>,
  pagesToRead = 2,
): Promise<Mark | undefined> {
  const count = Math.min(pagesToRead, await pageCount(document));
  for (let index = 0; index < count; index++) {
    const lines = textLines(await pageText(document, await pageAt(document, index)));
    const mark = markIn(lines, vocabulary);
    if (mark !== undefined) return mark;
  }
  return undefined;
}

/** The gravest mark on any of the lines. */
export function markIn<Mark extends string>(
  lines: readonly TextLine[],
  vocabulary: MarkVocabulary<Mark>,
): Mark | undefined {
  const columns = lines.flatMap((line) => line.segments);
  for (const { mark, words } of vocabulary.marks) {
    const wanted = lettersOnly(words);
    for (const line of lines) {
      const whole = lettersOnly(line.segments.map((segment) => segment.text).join(''));
      if (whole === wanted && line.segments.every((segment) => !continues(segment, columns, vocabulary))) return mark;
      for (const segment of line.segments) {
        if (columnsWithin(segment.text).includes(wanted) && !continues(segment, columns, vocabulary)) return mark;
        if (isLabelled(segment.text, wanted, vocabulary.labels ?? [])) return mark;
      }
    }
  }
  return undefined;
}

/** Letters alone, composed: blanks, dots and frames between or around them say nothing. */
function lettersOnly(text: string): string {
  return text.normalize('NFKC').replace(/[^\p{L}]/gu, '');
}

/** The letters of each part of a segment that wide blanks set apart, as when a whole line is shown at once. */
function columnsWithin(text: string): string[] {
  return [text, ...text.split(/\s{4,}/)].map(lettersOnly);
}

function isLabelled(text: string, wanted: string, labels: readonly string[]): boolean {
  const letters = lettersOnly(text).toLowerCase();
  return labels.some((label) => letters === lettersOnly(label).toLowerCase() + wanted.toLowerCase());
}

/** True when the segment is the second line of a heading whose first ends in a word such as `BÍ`. */
function continues(segment: TextSegment, all: readonly TextSegment[], vocabulary: MarkVocabulary<string>): boolean {
  const above = all.filter(
    (other) =>
      other.angle === segment.angle &&
      other.across > segment.across + 0.3 * segment.size &&
      other.across < segment.across + 2 * Math.max(segment.size, other.size) &&
      other.from < segment.to &&
      other.to > segment.from,
  );
  return above.some(({ text }) => {
    const last = lastWord(text);
    return last !== undefined && (vocabulary.ordinaryAfter ?? []).includes(last);
  });
}

/** Longer than any word or the marks that may follow it. */
const TAIL = 64;

/** Looked for at the end only: a line may be as long as its file. */
function lastWord(text: string): string | undefined {
  return text
    .slice(-TAIL)
    .normalize('NFKC')
    .split(/\P{L}+/u)
    .findLast((word) => word !== '')
    ?.toLowerCase();
}
