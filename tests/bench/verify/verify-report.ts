import { table } from '../../conformance/conformance-doc.ts';
import type { Measured } from '../sign/measure.ts';
import type { HostileCost } from './hostile-cost.ts';
import type { JudgedSet } from './judged-files.ts';
import { OURS } from './verifier.ts';

export interface Row {
  readonly name: string;
  /** One a set, in the sets' order. */
  readonly cells: readonly Measured[];
}

interface Figures {
  readonly date: string;
  readonly machine: string;
  readonly sets: readonly JudgedSet[];
  readonly rows: readonly Row[];
  readonly hostile: readonly HostileCost[];
}

/** docs/performance-verify.md. */
export function verifyReport(figures: Figures): string {
  const { date, machine, sets, rows, hostile } = figures;
  return [
    '# Performance of verification',
    '',
    'Written by `npm run bench:verify`; do not edit. All in one run on one machine: compare the figures with each other.',
    '',
    `${date} · ${machine} · Node ${process.version}`,
    '',
    'Signatures a second in a warm process (median), and in brackets the most memory, in MB, of a process that judges the file once (of the corpus: that has judged it all). All are given the same trust, time and revocation lists, and nobody has a network.',
    'The files by size hold one signature (PAdES B-B, RSA-2048, SHA-256), the letter two and what proves them for the long term. Of the corpus every file with a signature is judged, a minute after the latest time that it claims; where its chains end is trusted.',
    'Ours and pyHanko judge what later revisions changed; pyHanko judges the letter by today’s time alone. Ours runs from one bundle, and warm it remembers the certificates and keys that it saw last (256 of each) and who signed which: here those of the file itself, in service mostly those of authorities. The limit reads and hashes the file and checks one RSA signature: it neither parses nor judges.',
    '',
    table(
      ['', ...sets.map(({ title }) => title)],
      rows.map(({ name, cells }) => [name, ...cells.map((cell, at) => cellText(cell, sets[at]!))]),
    ),
    '',
    '## Against the aims',
    '',
    table(['', 'aim', ...sets.map(({ title }) => title)], aimRows(figures)),
    '',
    'Where the limit is not five times as fast as pyHanko, nobody can be: nearly all of the time goes into the digest of the file, which both take from OpenSSL.',
    '',
    memoryLine(figures),
    '',
    '## Hostile files',
    '',
    'Each judged once, from the file, by a new process that has nothing warm: milliseconds, and the most memory in MB. How often what is hostile in it is repeated is the first column. What the bounds are is decision',
    '[0039](decisions/0039-later-changes.md) and [limits.ts](../lib/pdf/limits.ts); that twice as many cost twice as much is counted by `signatures/hostile-files.test.ts`. Fuzzing is in [conformance.md](conformance.md).',
    '',
    table(['', '', 'MB of file', 'ms', 'MB', 'answer'], hostile.map(hostileRow)),
    '',
  ].join('\n');
}

function hostileRow({ name, size, bytes, ms, peakMb, answer }: HostileCost): string[] {
  const whole = (value: number | undefined) => (value === undefined ? '?' : spaced(value));
  return [spaced(size), name, (bytes / 1e6).toFixed(1), whole(ms), whole(peakMb), answer];
}

const spaced = (value: number) => Math.round(value).toLocaleString('en').replaceAll(',', ' ');

const perSecond = (ms: number, { signatures }: JudgedSet) => (signatures * 1000) / ms;

function cellText(cell: Measured, set: JudgedSet): string {
  if ('failed' in cell) return cell.failed;
  const rate = perSecond(cell.ms, set);
  const shown = rate < 100 ? rate.toFixed(1) : spaced(rate);
  return `${shown} (${cell.peakMb === undefined ? '?' : Math.round(cell.peakMb)})`;
}

const LIMIT = 'limit';

function cellsOf({ rows }: Figures, name: string): readonly Measured[] {
  return rows.find((row) => row.name.startsWith(name))?.cells ?? [];
}

function aimRows(figures: Figures): string[][] {
  const beside = (own: string, name: string, say: (times: number) => string) => {
    const [ours, theirs] = [cellsOf(figures, own), cellsOf(figures, name)];
    return figures.sets.map((_, at) => {
      const [one, other] = [ours[at], theirs[at]];
      if (!one || !other || 'failed' in one || 'failed' in other) return 'not measured';
      return say(other.ms / one.ms);
    });
  };
  const aimed = (aim: number) => (times: number) => `${times.toFixed(1)} × ${times >= aim ? 'met' : '**not met**'}`;
  return [
    ['ours from the file beside pyHanko', 'five times as fast', ...beside(OURS, 'pyHanko', aimed(5))],
    ['ours from the file beside EU DSS', 'faster, warm', ...beside(OURS, 'EU DSS', aimed(1))],
    ['the limit beside pyHanko', 'none', ...beside(LIMIT, 'pyHanko', (times) => `${times.toFixed(1)} ×`)],
  ];
}

/** Memory flat in the size of the file. */
function memoryLine(figures: Figures): string {
  const peaks = cellsOf(figures, OURS).flatMap((cell, at) => {
    const { title, files } = figures.sets[at]!;
    return 'failed' in cell || cell.peakMb === undefined || files.length > 1 ? [] : [{ title, mb: cell.peakMb }];
  });
  if (peaks.length < 2) return 'Memory was not measured.';
  const [least, most] = [Math.min(...peaks.map(({ mb }) => mb)), Math.max(...peaks.map(({ mb }) => mb))];
  return `Memory flat in the size of the file (aim: within 16 MB): ${peaks.map(({ title, mb }) => `${title} ${Math.round(mb)} MB`).join(', ')}: ${most - least <= 16 ? 'met' : '**not met**'}.`;
}
