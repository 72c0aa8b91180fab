import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const PATH = resolve(import.meta.dirname, '../../docs/conformance.md');

const HEAD = `# Conformance

What independent tools say of our signatures, and what a fuzzer says of our reader. Each section is written by the command that it names; do not edit.
A tool that is not on the machine is called absent: its column then proves nothing.
`;

const SECTIONS = ['signatures', 'corpus', 'verdicts', 'fuzzing'] as const;
export type Section = (typeof SECTIONS)[number];

/** Puts `text` in the place of a section of docs/conformance.md; the other sections stay as they are. */
export function writeSection(section: Section, text: string): void {
  const old = existsSync(PATH) ? readFileSync(PATH, 'utf8') : '';
  const bodies = SECTIONS.map((name) => {
    const [open, close] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
    const kept = old.includes(open) ? old.slice(old.indexOf(open) + open.length, old.indexOf(close)) : '';
    const body = name === section ? `\n${text.trim()}\n` : kept;
    return `${open}${body || '\nNot run yet.\n'}${close}\n`;
  });
  writeFileSync(PATH, [HEAD, ...bodies].join('\n'));
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** A Markdown table, its columns padded as the formatter wants them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const lines = [head, ...rows].map((line) => line.map(cell));
  const widths = head.map((_, column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)));
  const show = (line: readonly string[]) =>
    `| ${widths.map((width, at) => (line[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [show(lines[0]!), show(widths.map((width) => '-'.repeat(width))), ...lines.slice(1).map(show)].join('\n');
}
