import * as z from 'zod';

/** Characters that are not seen or turn the direction of what follows (UAX #9): they make a text look other than it is. */
const HIDDEN = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const LINE_ENDS_AND_CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
const CONTROLS = /[^\P{Cc}\n\t]/gu;

/** Composed letters on one line, without what is not seen: word processors leave it behind, and it can deceive. */
function asLine(text: string): string {
  return text.normalize('NFC').replace(HIDDEN, '').replace(LINE_ENDS_AND_CONTROLS, ' ').trim();
}

function asProse(text: string): string {
  return text.normalize('NFC').replace(HIDDEN, '').replace(/\r\n?/g, '\n').replace(CONTROLS, '').trim();
}

/** A line that people write and others read. It is cleaned rather than refused; at least one character must be left. */
export const oneLine = (most: number) => z.string().overwrite(asLine).min(1).max(most);

/** The same over several lines. */
export const prose = (most: number) => z.string().overwrite(asProse).min(1).max(most);

/** A name that comes from elsewhere, as `oneLine(200)` would have it; empty when nothing is left. */
export function cleanName(name: string): string {
  return asLine(name).slice(0, 200).toWellFormed().trim();
}
