import { table } from '../../conformance/conformance-doc.ts';
import type { BenchFile } from './bench-files.ts';
import type { Measured } from './measure.ts';

export interface Row {
  readonly name: string;
  /** One a file, in the files' order. */
  readonly cells: readonly Measured[];
}

interface Figures {
  readonly date: string;
  readonly machine: string;
  readonly files: readonly BenchFile[];
  readonly rows: readonly Row[];
}

/** Its part of docs/performance-signing.md. */
export function signingReport(figures: Figures): string {
  const { date, machine, files, rows } = figures;
  const aims = aimRows(figures);
  return [
    'All in one run on one machine: compare the figures with each other.',
    '',
    `${date} · ${machine} · Node ${process.version}`,
    '',
    'Median milliseconds a signature in a warm process (one cold signature at 1 GB), and in brackets the most memory, in MB, of a process that makes one signature. PAdES B-B, RSA-2048, SHA-256, invisible, the same key for all;',
    'ours and @libpdf/core load it once, @signpdf takes the container each time, as its interface wants it. JavaScript runs from one bundle, its peers from their packages. The limit and those that want all bytes have them in memory beforehand (the limit reads the file at 1 GB).',
    'The limit does not parse, build or write anything.',
    '',
    table(
      ['', ...files.map(({ title }) => title)],
      rows.map(({ name, cells }) => [name, ...cells.map(cellText)]),
    ),
    '',
    '### Against the aims',
    '',
    aims.length > 0 ? table(['aim', 'measured', ''], aims) : 'The sizes of the aims were not measured.',
    '',
  ].join('\n');
}

function cellText(cell: Measured): string {
  if ('failed' in cell) return cell.failed;
  return `${number(cell.ms)} (${cell.peakMb === undefined ? '?' : Math.round(cell.peakMb)})`;
}

function number(ms: number): string {
  return ms < 1 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en').replace(',', ' ');
}

function aimRows({ files, rows }: Figures): string[][] {
  const at = (name: string, title: string): Measured | undefined => {
    const column = files.findIndex((file) => file.title === title);
    return rows.find((row) => row.name.startsWith(name))?.cells[column];
  };
  const ms = (name: string, title: string) => {
    const cell = at(name, title);
    return cell && 'ms' in cell ? cell.ms : undefined;
  };
  const ratio = (title: string, most: number, name: string): string[][] => {
    const [own, least] = [ms(name, title), ms('limit', title)];
    if (own === undefined || least === undefined) return [];
    const times = own / least;
    return [[`${title}, ${name}: at most ${most} × the limit`, `${times.toFixed(2)} ×`, met(times <= most)]];
  };
  const bound = (what: string, value: number | undefined, most: number, unit: string): string[][] =>
    value === undefined ? [] : [[`${what}: under ${most} ${unit}`, `${value.toFixed(1)} ${unit}`, met(value < most)]];
  const gigabyte = at('ours, from the file', '1 GB');
  return [
    ...ratio('1 MB', 2, 'ours, from memory'),
    ...ratio('1 MB', 2, 'ours, from the file'),
    ...ratio('100 MB', 1.3, 'ours, from memory'),
    ...ratio('100 MB', 1.3, 'ours, from the file'),
    ...bound('1 GB, memory', gigabyte && 'ms' in gigabyte ? gigabyte.peakMb : undefined, 64, 'MB'),
    ...bound('100 MB, second signature with hash state', ms('ours, second', '100 MB'), 5, 'ms'),
    ...bound('10 000 pages, from memory', ms('ours, from memory', '10 000 pages'), 8, 'ms'),
    ...bound('10 000 pages, from the file', ms('ours, from the file', '10 000 pages'), 8, 'ms'),
  ];
}

function met(is: boolean): string {
  return is ? 'met' : '**not met**';
}
