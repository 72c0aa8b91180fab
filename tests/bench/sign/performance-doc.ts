import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const DOC = resolve(import.meta.dirname, '../../../docs/performance-signing.md');
const TITLE = '# Performance of signing\n\nWritten by the commands below; do not edit.\n';

/** Each part is written by a command of its own. */
const PARTS = {
  signers: '## Signers, side by side (`npm run bench:sign`)',
  large: '## A gigabyte, signed by a function with 256 MB (`npm run bench:large`)',
} as const;

/** Writes one part of docs/performance-signing.md and leaves the others as they are. */
export function replacePart(part: keyof typeof PARTS, text: string): void {
  const old = existsSync(DOC) ? readFileSync(DOC, 'utf8') : '';
  const parts = Object.entries(PARTS).map(([name, heading]) => {
    const body = name === part ? text : partOf(old, heading);
    return body === '' ? '' : `\n${heading}\n\n${body.trim()}\n`;
  });
  writeFileSync(DOC, TITLE + parts.join(''));
}

/** What stands below a heading, up to the next of these. */
function partOf(text: string, heading: string): string {
  const start = text.indexOf(`${heading}\n`);
  if (start < 0) return '';
  const rest = text.slice(start + heading.length);
  const ends = Object.values(PARTS).map((other) => rest.indexOf(`\n${other}\n`));
  return rest.slice(0, Math.min(rest.length, ...ends.filter((end) => end >= 0)));
}
