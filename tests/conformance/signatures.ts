/**
 * Are our signatures accepted by independent tools? Signs a letter in every combination and asks pyHanko, EU DSS, openssl
 * and qpdf. Run by hand: `npm run conformance -- signatures`. What the tools need (Python, Java with Maven, openssl) and is
 * not there is said; its column is then "absent".
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PADES_LEVELS } from '../../lib/signatures/levels/pades-level.ts';
import { openDevelopmentAuthority } from '../support/pki/development-authority.ts';
import { table, today, writeSection } from './conformance-doc.ts';
import { Judges, type Opinion, TOOLS, type ToolName } from './opinions.ts';
import { COUNTS, letters, matrix, type Sample, specials } from './signed-samples.ts';
import { OUT } from './tools.ts';

interface Judged {
  readonly sample: Pick<Sample, 'row' | 'column' | 'level' | 'signatures'>;
  readonly opinions: Record<ToolName, Opinion>;
}

async function judgeAll(samples: AsyncIterable<Sample>, judges: Judges): Promise<Judged[]> {
  const judged: Judged[] = [];
  for await (const sample of samples) {
    const opinions = await judges.about(sample);
    for (const tool of TOOLS) {
      const { verdict, said } = opinions[tool];
      if (verdict === 'refused') console.log(`${sample.row} · ${sample.column}: ${tool} refuses: ${said}`);
    }
    const { row, column, level, signatures } = sample;
    judged.push({ sample: { row, column, level, signatures }, opinions });
    if (judged.length % 40 === 0) console.log(`${judged.length} files judged`);
  }
  return judged;
}

/** `✓` accepted by all who are here, else the names of those who refuse. */
function cell(judged: Judged | undefined): string {
  if (!judged) return '—';
  const against = TOOLS.filter((tool) => judged.opinions[tool].verdict === 'refused');
  return against.length === 0 ? '✓' : `✗ ${against.join(', ')}`;
}

function grid(judged: readonly Judged[], columns: readonly string[], corner: string): string {
  const rows = [...new Set(judged.map(({ sample }) => sample.row))];
  const at = (row: string, column: string) =>
    judged.find(({ sample }) => sample.row === row && sample.column === column);
  return table(
    [corner, ...columns],
    rows.map((row) => [row, ...columns.map((column) => cell(at(row, column)))]),
  );
}

function totals(judged: readonly Judged[], groups: readonly (readonly [string, (one: Judged) => boolean])[]): string {
  const rows = groups.map(([title, belongs]) => {
    const files = judged.filter(belongs);
    const counts = TOOLS.map((tool) => {
      const verdicts = files.map(({ opinions }) => opinions[tool].verdict);
      if (verdicts.every((verdict) => verdict === 'absent')) return 'absent';
      return String(verdicts.filter((verdict) => verdict === 'accepted').length);
    });
    return [title, String(files.length), ...counts];
  });
  return table(['accepted', 'files', ...TOOLS], rows);
}

function report(plain: readonly Judged[], special: readonly Judged[], judges: Judges): string {
  const all = [...plain, ...special];
  const refusals = all.flatMap(({ sample, opinions }) =>
    TOOLS.filter((tool) => opinions[tool].verdict === 'refused').map(
      (tool) => `- ${sample.row} · ${sample.column}: ${tool}: ${opinions[tool].said}`,
    ),
  );
  const columns = PADES_LEVELS.flatMap((level) => COUNTS.map((count) => `${level} · ${count}`));
  return [
    '## Our signatures before independent tools',
    '',
    `\`npm run conformance -- signatures\` · ${today()}`,
    '',
    table(
      ['tool', 'version'],
      TOOLS.map((tool) => [tool, judges.versions[tool]]),
    ),
    '',
    'Offline, one trusted root, one time for all; the authorities’ revocation lists are at hand instead of the network. **pyHanko** reads strictly (hybrid files excepted: its strict mode knows no signatures there) and must find every signature',
    'valid, trusted and followed by allowed changes only; B-LT and B-LTA are validated besides after EN 319 102-1 with revocation required and from the file alone. **EU DSS** works under its default policy, must say TOTAL_PASSED and name the level (`PAdES_BASELINE_…`).',
    '**openssl** verifies every CMS with `cms -verify -cades`. **qpdf** must have nothing to complain of.',
    '',
    totals(all, [
      ...PADES_LEVELS.map(
        (level) => [level, (one: Judged) => plain.includes(one) && one.sample.level === level] as const,
      ),
      ['certified, locked, filled', (one: Judged) => special.includes(one)],
    ]),
    '',
    'Cross-reference and algorithm against level and number of signatures; ✓: accepted by all who are present.',
    '',
    grid(plain, columns, ''),
    '',
    grid(special, [...new Set(special.map(({ sample }) => sample.column))], ''),
    '',
    ...(refusals.length === 0 ? ['No tool refuses a file.'] : ['Refused:', '', ...refusals]),
  ].join('\n');
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  const development = await openDevelopmentAuthority();
  const judges = new Judges(folder, development);
  for (const tool of TOOLS) console.log(`${tool}: ${judges.versions[tool]}`);
  try {
    await judges.prepare();
    const forms = await letters(folder, judges.python);
    if (!judges.python) console.log('Linearized files are absent: it is pikepdf that makes them.');
    const plain = await judgeAll(matrix(folder, development, forms), judges);
    const special = await judgeAll(specials(folder, development), judges);
    writeSection('signatures', report(plain, special, judges));
    mkdirSync(OUT, { recursive: true });
    const lines = [...plain, ...special].map((one) => JSON.stringify(one));
    writeFileSync(join(OUT, 'conformance-signatures.jsonl'), `${lines.join('\n')}\n`);
    const refused = [...plain, ...special].filter(({ opinions }) =>
      TOOLS.some((tool) => opinions[tool].verdict === 'refused'),
    ).length;
    console.log(
      `${plain.length + special.length} files, ${refused} of them refused by a tool; see docs/conformance.md`,
    );
    return refused === 0 ? 0 : 1;
  } finally {
    judges.stop();
    await development.close();
    rmSync(folder, { recursive: true });
  }
}

process.exitCode = await main();
