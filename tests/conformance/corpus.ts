/**
 * Every file of ../shared/corpus is signed, or refused with a code. What we sign must be accepted by those tools that can
 * read the original, and no signature that was there may be worse off than before, by our verdict, pyHanko's or EU DSS's.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendedSource, memorySource, readAll } from '../../lib/pdf/byte-source.ts';
import type { Signer } from '../../lib/pki/signer.ts';
import { ProblemError } from '../../lib/platform/errors.ts';
import { signPdf } from '../../lib/signatures/sign-pdf.ts';
import { NOW } from '../support/pki/authority.ts';
import { openDevelopmentAuthority } from '../support/pki/development-authority.ts';
import { corpusFiles } from '../unit/pdf/corpus.ts';
import { table, today, writeSection } from './conformance-doc.ts';
import { EXPLANATIONS } from './known-disagreements.ts';
import { type Answer, isError, type LineJudge } from './line-judge.ts';
import { type DssAnswer, Judges, type PyHankoAnswer } from './opinions.ts';

/** What a tool says of one file: the state of every signature by its field, or why it does not read the file. */
type Reading = { readonly states: ReadonlyMap<string, string> } | { readonly unreadable: string };

interface Peer {
  readonly name: 'own' | 'pyHanko' | 'EU DSS';
  /** undefined: the tool is absent. */
  read(path: string, bytes: Uint8Array): Promise<Reading | undefined>;
  /** May a signature that was in state `before` be in state `after`? */
  harmed(before: string, after: string | undefined): boolean;
  /** Is our signature in order? */
  accepts(state: string | undefined): boolean;
}

interface Result {
  readonly folder: string;
  readonly name: string;
  /** `signed`, or the code of the refusal. */
  readonly outcome: string;
  /** By tool: `accepted`, `unreadable before`, or what is wrong. */
  readonly peers: ReadonlyMap<string, string>;
  /** Signatures in order before, and of those after. */
  readonly kept: readonly [number, number];
}

function peersOf(judges: Judges): Peer[] {
  return [
    {
      name: 'own',
      read: async (_path, bytes) => {
        const { signatures } = await judges.own(bytes);
        return { states: new Map(signatures.map(({ field, status }) => [field, status])) };
      },
      harmed: (before, after) => before !== 'TOTAL_FAILED' && (after === undefined || after === 'TOTAL_FAILED'),
      accepts: (state) => state === 'TOTAL_PASSED',
    },
    {
      name: 'pyHanko',
      read: async (path) => {
        const answer = await ask<PyHankoAnswer>(judges.python, ['judge', path]);
        if (!answer || isError(answer)) return answer && { unreadable: answer.error };
        const state = (one: PyHankoAnswer['signatures'][number]) =>
          one.passed ? 'passed' : one.sound ? 'sound' : `unsound ${one.error ?? one.modification ?? ''}`;
        return { states: new Map(answer.signatures.map((one) => [one.field, state(one)])) };
      },
      harmed: (before, after) => !before.startsWith('unsound') && (after?.startsWith('unsound') ?? true),
      accepts: (state) => state === 'passed',
    },
    {
      name: 'EU DSS',
      read: async (path) => {
        const answer = await ask<DssAnswer>(judges.dss, ['judge', path]);
        if (!answer || isError(answer)) return answer && { unreadable: answer.error };
        const state = (one: DssAnswer['signatures'][number]) =>
          `${one.indication} ${one.subIndication ?? ''} ${one.intact ? 'intact' : 'broken'}`;
        return { states: new Map(answer.signatures.map((one) => [one.field ?? '', state(one)])) };
      },
      harmed: (before, after) => after === undefined || (before.endsWith('intact') && before !== after),
      accepts: (state) => /^TOTAL.PASSED/.test(state ?? ''),
    },
  ];
}

async function ask<T extends object>(judge: LineJudge | undefined, request: string[]): Promise<Answer<T> | undefined> {
  return judge?.ask<T>(request, 30_000);
}

/** The signed file, or the code of the refusal. Anything else that is thrown is a crash and passes through. */
async function sign(bytes: Uint8Array, signer: Signer): Promise<{ file: Uint8Array; field: string } | string> {
  const source = memorySource(bytes);
  try {
    const { tail, fieldName } = await signPdf(source, { signer, signingTime: NOW });
    return { file: await readAll(appendedSource(source, tail)), field: fieldName };
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
}

async function compare(peer: Peer, before: [string, Uint8Array], after: [string, Uint8Array], own: string) {
  const [was, is] = [await peer.read(...before), await peer.read(...after)];
  if (!was || !is) return { said: 'absent', good: 0, kept: 0 };
  if ('unreadable' in was) return { said: 'unreadable before', good: 0, kept: 0 };
  if ('unreadable' in is) return { said: `unreadable after: ${is.unreadable}`, good: 0, kept: 0 };
  const harmed = [...was.states].filter(([field, state]) => peer.harmed(state, is.states.get(field)));
  const good = [...was.states].filter(([, state]) => peer.harmed(state, undefined)).length;
  const said = harmed.map(([field, state]) => `${field}: ${state} → ${is.states.get(field) ?? 'gone'}`);
  if (!peer.accepts(is.states.get(own))) said.push(`our signature: ${is.states.get(own) ?? 'not found'}`);
  return { said: said.length === 0 ? 'accepted' : said.join('; '), good, kept: good - harmed.length };
}

async function qpdf(judges: Judges, before: string, after: string): Promise<string> {
  const request = (path: string) => ask<{ complaints: string[] }>(judges.python, ['qpdf', path]);
  const [was, is] = [await request(before), await request(after)];
  if (!was || !is) return 'absent';
  if (isError(was) || was.complaints.length > 0) return 'unreadable before';
  if (isError(is)) return is.error;
  return is.complaints.length === 0 ? 'accepted' : is.complaints.join(' ').replaceAll(after, '').slice(0, 160);
}

async function judgeFile(
  file: ReturnType<typeof corpusFiles>[number],
  folder: string,
  judges: Judges,
  signer: Signer,
): Promise<Result> {
  const { folder: origin, name } = file;
  const bytes = file.read();
  const signed = await sign(bytes, signer);
  if (typeof signed === 'string') return { folder: origin, name, outcome: signed, peers: new Map(), kept: [0, 0] };
  const [before, after] = [join(folder, 'before.pdf'), join(folder, 'after.pdf')];
  writeFileSync(before, bytes);
  writeFileSync(after, signed.file);
  const peers = new Map<string, string>();
  let [good, kept] = [0, 0];
  for (const peer of peersOf(judges)) {
    const answer = await compare(peer, [before, bytes], [after, signed.file], signed.field);
    peers.set(peer.name, answer.said);
    good += answer.good;
    kept += answer.kept;
  }
  peers.set('qpdf --check', await qpdf(judges, before, after));
  return { folder: origin, name, outcome: 'signed', peers, kept: [good, kept] };
}

const PEERS = ['own', 'pyHanko', 'EU DSS', 'qpdf --check'] as const;

/** What a tool holds against a signed file; undefined when nothing. */
function objections({ peers }: Result): [string, string][] {
  return [...peers].filter(([, said]) => !['accepted', 'unreadable before', 'absent'].includes(said));
}

function explanation(peer: string, name: string): string | undefined {
  return EXPLANATIONS.find((entry) => entry.peer === peer && entry.files.some((file) => name.includes(file)))?.why;
}

function report(results: readonly Result[], judges: Judges): string {
  const folders = [...new Set(results.map(({ folder }) => folder))].sort();
  const rows = folders.map((folder) => {
    const own = results.filter((result) => result.folder === folder);
    const signed = own.filter(({ outcome }) => outcome === 'signed');
    const codes = new Map<string, number>();
    for (const { outcome } of own) if (outcome !== 'signed') codes.set(outcome, (codes.get(outcome) ?? 0) + 1);
    const verdicts = PEERS.map((peer) => {
      const said = signed.map(({ peers }) => peers.get(peer));
      if (said.length > 0 && said.every((one) => one === 'absent')) return 'absent';
      const readable = said.filter((one) => one !== 'unreadable before');
      return `${readable.filter((one) => one === 'accepted').length} of ${readable.length}`;
    });
    const sum = (index: 0 | 1) => signed.reduce((total, { kept }) => total + kept[index], 0);
    return [
      folder,
      String(own.length),
      String(signed.length),
      [...codes].map(([code, times]) => `${code} ${times}`).join(', ') || '—',
      ...verdicts,
      `${sum(1)} of ${sum(0)}`,
    ];
  });
  const against = results.flatMap((result) =>
    objections(result).map(([peer, said]) => {
      const why = explanation(peer, result.name);
      return [`${result.folder}/${result.name}`, peer, said, why ?? '**not explained**'];
    }),
  );
  return [
    '## The corpus, signed',
    '',
    `\`npm run conformance -- corpus\` · ${today()} · ${PEERS.map((peer) => `${peer}: ${judges.versions[peer]}`).join(' · ')}`,
    '',
    'Every file of `../shared/corpus` gets one more signature of ours, or is refused with a code and left as it is. “Accepted”: the tool could read the original, finds our signature in order (pyHanko, EU DSS: valid and trusted),',
    'and none of the signatures that were there is worse off than before; of qpdf: nothing to complain of before, nothing after. Counted out of the signed files whose original the tool reads.',
    '“Kept”: signatures that were in order before by a tool (bytes and value, whoever signed) and still are after, all tools together.',
    '',
    table(['folder', 'files', 'signed', 'refused', ...PEERS, 'kept'], rows),
    '',
    ...(against.length === 0
      ? ['No tool disagrees.']
      : ['Where a tool disagrees:', '', table(['file', 'tool', 'says', 'why'], against)]),
  ].join('\n');
}

async function main(): Promise<number> {
  const files = corpusFiles();
  if (files.length === 0) {
    console.log('Not run: ../shared/corpus is absent. What docs/conformance.md says of it is of an earlier run.');
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'conformance-corpus-'));
  const development = await openDevelopmentAuthority();
  const signer = await development.signer();
  const judges = new Judges(folder, development);
  try {
    await judges.prepare();
    const results: Result[] = [];
    for (const file of files) {
      const result = await judgeFile(file, folder, judges, signer);
      results.push(result);
      for (const [peer, said] of objections(result)) console.log(`${result.folder}/${result.name}: ${peer}: ${said}`);
      if (results.length % 50 === 0) console.log(`${results.length} of ${files.length} files`);
    }
    writeSection('corpus', report(results, judges));
    const unexplained = results.filter((result) =>
      objections(result).some(([peer]) => explanation(peer, result.name) === undefined),
    );
    const signed = results.filter(({ outcome }) => outcome === 'signed').length;
    console.log(`${results.length} files, ${signed} signed, ${unexplained.length} with an objection not explained`);
    return unexplained.length === 0 ? 0 : 1;
  } finally {
    judges.stop();
    await development.close();
    rmSync(folder, { recursive: true });
  }
}

process.exitCode = await main();
