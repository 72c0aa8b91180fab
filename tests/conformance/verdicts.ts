/**
 * Our verdict on every signature of ../shared/corpus beside those of pyHanko and EU DSS: same trust, same time, offline.
 * `npm run conformance -- verdicts`. Fails when a signature is passed that both others reject, when a difference with EU DSS
 * has no explanation, or an explanation no difference, and when an attack is not named, or named where there is none.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AttackCode } from '../../lib/signatures/validation/attacks.ts';
import { REASONS } from '../../lib/signatures/validation/reasons.ts';
import { openDevelopmentAuthority } from '../support/pki/development-authority.ts';
import { corpusFiles } from '../unit/pdf/corpus.ts';
import { CORPUS_ATTACKS } from '../unit/signatures/corpus-attacks.ts';
import { table, today, writeSection } from './conformance-doc.ts';
import { type Compared, compareFile, type Said } from './corpus-verdicts.ts';
import { DIFFERENCES, type Measure } from './known-verdict-differences.ts';
import { Judges } from './opinions.ts';

const FULL = resolve(import.meta.dirname, '../../docs/conformance-verdicts.md');
const MEASURES: readonly Measure[] = ['integrity', 'form', 'level'];

const VALUE: Record<Measure, (said: Said) => string | boolean | undefined> = {
  integrity: ({ intact }) => intact,
  form: ({ wellFormed }) => wellFormed,
  level: ({ level }) => level,
};

type Agreement = 'same' | 'differs' | 'not compared';

function agreement({ own, dss }: Compared, measure: Measure): Agreement {
  const [ours, theirs] = [own && VALUE[measure](own), dss && VALUE[measure](dss)];
  if (ours === undefined || theirs === undefined) return 'not compared';
  return ours === theirs ? 'same' : 'differs';
}

/** Passed by us, while both others have seen it and reject it. */
function isPassedAlone({ own, pyHanko, dss }: Compared): boolean {
  return own?.passed === true && pyHanko?.passed !== true && dss?.passed !== true;
}

function explanationOf({ file, own }: Compared, measure: Measure): (typeof DIFFERENCES)[number] | undefined {
  return DIFFERENCES.find(
    (one) =>
      one.measure === measure &&
      (one.code === undefined || own?.codes?.includes(one.code) === true) &&
      (one.files === undefined || one.files.some((part) => file.includes(part))),
  );
}

/** The attack that a file of the corpus shows, as far as it is known. */
function expectedAttack(file: string): AttackCode | undefined {
  return CORPUS_ATTACKS[file.slice(file.indexOf('/') + 1).slice(0, 10)];
}

/** Files of the rows that show an attack, with whether it is named. */
function attacksShown(rows: readonly Compared[]): Map<string, boolean> {
  const shown = new Map<string, boolean>();
  for (const { file, own } of rows) {
    const expected = expectedAttack(file);
    if (expected) shown.set(file, shown.get(file) === true || own?.attack === expected);
  }
  return shown;
}

/** Attacks of the corpus that are not named, and names for what is none. */
function wronglyNamed(rows: readonly Compared[]): string[] {
  const missing = Object.keys(CORPUS_ATTACKS).filter((part) => !rows.some(({ file }) => file.includes(`/${part}`)));
  return [
    ...missing.map((part) => `${part}: not in the corpus, or no signature found`),
    ...[...attacksShown(rows)].flatMap(([file, named]) => (named ? [] : `${file}: ${expectedAttack(file)} not named`)),
    ...rows.flatMap((row) =>
      row.own?.attack && row.own.attack !== expectedAttack(row.file) ? `${nameOf(row)}: named ${row.own.attack}` : [],
    ),
  ];
}

const nameOf = ({ file, field }: Compared) => (field === '' ? file : `${file} · ${field}`);

/** Why it is not passed, in the words of our report. */
function reasonsOf({ codes, text }: Said): string {
  return codes && codes.length > 0 ? codes.map((code) => `${code}: ${REASONS[code].en}`).join(' ') : text;
}

interface Differing {
  readonly row: Compared;
  readonly measure: Measure;
  readonly why: string | undefined;
}

function differencesOf(rows: readonly Compared[]): Differing[] {
  return rows.flatMap((row) =>
    MEASURES.filter((measure) => agreement(row, measure) === 'differs').map((measure) => {
      return { row, measure, why: explanationOf(row, measure)?.why };
    }),
  );
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

function summary(rows: readonly Compared[]): string {
  const agree = MEASURES.map((measure) => {
    const compared = rows.map((row) => agreement(row, measure)).filter((one) => one !== 'not compared');
    const same = compared.filter((one) => one === 'same').length;
    return [`${measure}, as EU DSS`, `${same} of ${compared.length}`, percent(same, compared.length)];
  });
  const both = rows.filter(({ own, dss }) => own && dss);
  const attacks = [...attacksShown(rows).values()];
  const named = attacks.filter(Boolean).length;
  const status = both.filter(({ own, dss }) => own!.passed === dss!.passed).length;
  return table(
    ['', 'signatures', ''],
    [
      ...agree,
      ['passed or not, as EU DSS', `${status} of ${both.length}`, percent(status, both.length)],
      ['passed by us, not by EU DSS', String(both.filter(({ own, dss }) => own!.passed && !dss!.passed).length), ''],
      ['passed by us, rejected by both', String(rows.filter(isPassedAlone).length), ''],
      ['attacks named', `${named} of ${attacks.length}`, percent(named, attacks.length)],
    ],
  );
}

function report(rows: readonly Compared[], judges: Judges): string {
  const differing = differencesOf(rows);
  const stricter = rows.filter(({ own, dss }) => own && !own.passed && dss?.passed);
  const attacks = rows.filter(({ own }) => own?.attack);
  const shown = (said: Said | undefined, measure: Measure) => String(said && VALUE[measure](said));
  return [
    '## Verdicts on the corpus',
    '',
    `\`npm run conformance -- verdicts\` · ${today()} · pyHanko: ${judges.versions.pyHanko} · EU DSS: ${judges.versions['EU DSS']}`,
    '',
    'Every signature and document timestamp of `../shared/corpus`: the same trust for all (where a chain ends, as far as the file brings it, is an anchor), the same time (a minute after the latest that the file claims), nobody to ask.',
    'Integrity: the signed bytes are as they were and the value is that of the key; left out where we do not know the algorithm, lack the certificate or refuse the form, which is then counted there. Form: no FORMAT_FAILURE. Level: B-B to B-LTA or none. A file that we refuse to read counts once.',
    'All rows: [conformance-verdicts.md](conformance-verdicts.md).',
    '',
    summary(rows),
    '',
    'Where we differ from EU DSS:',
    '',
    table(
      ['signature', 'in', 'ours', 'EU DSS', 'why'],
      differing.map(({ row, measure, why }) => [
        ...[nameOf(row), measure, shown(row.own, measure), shown(row.dss, measure)],
        why ?? '**not explained**',
      ]),
    ),
    '',
    'Passed by EU DSS and not by us; the reasons are those of our report:',
    '',
    table(
      ['signature', 'ours', 'pyHanko', 'reasons'],
      stricter.map((row) => [nameOf(row), row.own!.text, row.pyHanko?.text ?? '—', reasonsOf(row.own!)]),
    ),
    '',
    'Attacks, as our report names them:',
    '',
    table(
      ['signature', 'attack', 'ours', 'pyHanko', 'EU DSS'],
      attacks.map((row) => [
        ...[nameOf(row), row.own!.attack!, row.own!.text],
        ...[row.pyHanko?.text ?? '—', row.dss?.text ?? '—'],
      ]),
    ),
  ].join('\n');
}

function full(rows: readonly Compared[]): string {
  const cells = (said: Said | undefined) => [said?.text ?? '—', said?.level ?? ''];
  return [
    '# Verdicts on the corpus, row by row',
    '',
    'Written by `npm run conformance -- verdicts`; do not edit. What is compared and how: [conformance.md](conformance.md).',
    '',
    table(
      ['signature', 'ours', 'level', 'reasons', 'attack', 'pyHanko', 'EU DSS', 'level'],
      rows.map((row) => [
        ...[nameOf(row), ...cells(row.own), row.own?.codes?.join(' ') ?? '', row.own?.attack ?? ''],
        ...[row.pyHanko?.text ?? '—', ...cells(row.dss)],
      ]),
    ),
    '',
  ].join('\n');
}

/** Whoever finds no signature in the file at all has nothing to say of it. */
async function compareAll(judges: Judges, folder: string): Promise<Compared[]> {
  const rows: Compared[] = [];
  for (const { folder: origin, name, read } of corpusFiles()) {
    const bytes = read();
    if (!Buffer.from(bytes).includes('/ByteRange') && !origin.startsWith('signed-')) continue;
    rows.push(...(await compareFile(`${origin}/${name}`, bytes, judges, folder)));
  }
  return rows;
}

function unused(differing: readonly Differing[]): string[] {
  const used = new Set(differing.map(({ row, measure }) => explanationOf(row, measure)));
  return DIFFERENCES.filter((one) => !used.has(one)).map(({ why }) => why);
}

async function main(): Promise<number> {
  if (corpusFiles().length === 0) {
    console.log('Not run: ../shared/corpus is absent. What docs/conformance.md says of it is of an earlier run.');
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'conformance-verdicts-'));
  const development = await openDevelopmentAuthority();
  const judges = new Judges(folder, development);
  try {
    if (!judges.python || !judges.dss) {
      console.log(`Not run: pyHanko ${judges.versions.pyHanko}, EU DSS ${judges.versions['EU DSS']}`);
      return 1;
    }
    const rows = await compareAll(judges, folder);
    const differing = differencesOf(rows);
    writeSection('verdicts', report(rows, judges));
    writeFileSync(FULL, full(rows));
    console.log(summary(rows));
    const alone = rows.filter(isPassedAlone);
    const unexplained = differing.filter(({ why }) => why === undefined);
    const stale = unused(differing);
    for (const row of alone) console.log(`passed by us alone: ${nameOf(row)}: ${row.pyHanko?.text} / ${row.dss?.text}`);
    for (const { row, measure } of unexplained) console.log(`not explained: ${nameOf(row)}: ${measure}`);
    for (const why of stale) console.log(`explains nothing any more: ${why}`);
    const misnamed = wronglyNamed(rows);
    for (const what of misnamed) console.log(`attack: ${what}`);
    return alone.length + unexplained.length + stale.length + misnamed.length === 0 ? 0 : 1;
  } finally {
    judges.stop();
    await development.close();
    rmSync(folder, { recursive: true });
  }
}

process.exitCode = await main();
