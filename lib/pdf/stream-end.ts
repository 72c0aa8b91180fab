import { Lexer, WHITESPACE } from './lexer.ts';
import { broken } from './problems.ts';
import type { WindowReader } from './window-reader.ts';

/** Stream data must be followed by white space only and `endstream`, `endobj`: /Length is believed, never mended. */
export async function checkEndOfStream(reader: WindowReader, end: number): Promise<void> {
  if (end >= reader.source.length) throw broken('a stream reaches beyond the file');
  const bytes = await reader.bytes(end, 64);
  const lexer = new Lexer({ bytes, base: end, last: true });
  while (WHITESPACE[lexer.peek()] === 1) lexer.pos++;
  if (!lexer.accept('endstream')) throw broken('a stream is not as long as it says');
  lexer.skipWhitespace();
  if (!lexer.accept('endobj')) throw broken('a stream object does not end in endobj');
}
