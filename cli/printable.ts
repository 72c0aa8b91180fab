/** Characters that a terminal obeys instead of showing, and those that turn the direction of a text. */
const UNSHOWN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** One line that shows what it holds and does nothing else: for names out of files, certificates and answers. */
export function printable(text: string): string {
  return text.replace(UNSHOWN, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for several lines. In JSON it is the same text still: there it is how such a character is written. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
