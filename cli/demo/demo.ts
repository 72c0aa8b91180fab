// `npm run demo`: both jobs of the service, end to end, in a scratch folder.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import colors from 'picocolors';
import { type DispatchOutcome, dispatchJob } from './dispatch-job.ts';
import { fileToSend, sample } from './files.ts';
import { type DemoLaptop, openLaptop } from './laptop.ts';
import { type PetitionOutcome, petitionJob } from './petition-job.ts';
import { Steps } from './steps.ts';

const OUT = resolve(import.meta.dirname, '../../out');

/** A verdict as far as the demo shows it. */
interface Verification {
  readonly genuine: boolean;
  readonly status: string;
  readonly conclusion: { readonly vi: string; readonly en: string };
  readonly reasons: readonly { readonly code: string; readonly en: string }[];
  readonly signatures: readonly {
    readonly kind: string;
    readonly status: string;
    readonly claimedTime: string | null;
    readonly signer: { readonly name: string | null; readonly organization: string | null } | null;
  }[];
}

interface Check {
  readonly file: string;
  readonly verdict: Verification;
  readonly expected: boolean;
}

const { values: files } = parseArgs({
  options: { petition: { type: 'string' }, answer: { type: 'string' }, dispatch: { type: 'string' } },
});

try {
  process.exitCode = await demo();
} catch (error) {
  console.error(`\n${colors.red(error instanceof Error ? error.message : String(error))}`);
  if (error instanceof Error && error.cause) console.error(error.cause);
  process.exitCode = 1;
}

async function demo(): Promise<number> {
  const chosen = {
    petition: await (files.petition ? fileToSend(files.petition) : sample('petition')),
    answer: await (files.answer ? fileToSend(files.answer) : sample('answer')),
    dispatch: await (files.dispatch ? fileToSend(files.dispatch) : sample('dispatch')),
  };
  const steps = new Steps();
  const log: string[] = [];
  const stateDir = await mkdtemp(join(tmpdir(), 'ba-khong-demo-'));
  console.log(`${colors.bold('Ba Không')}: không khai lại, không tiền mặt, không phải đi lại`);
  let laptop: DemoLaptop | undefined;
  try {
    steps.chapter('The stack that deploys, on this machine');
    const open = () => openLaptop({ stateDir, log: ({ source, text }) => log.push(`${source} ${text}`) });
    laptop = await steps.step('Synthesize, start, seed', open, started);
    steps.chapter('A citizen’s petition');
    const petition = await petitionJob(laptop, chosen, steps);
    steps.chapter('A dispatch between agencies');
    const dispatch = await dispatchJob(laptop, chosen.dispatch, steps);
    steps.chapter('Verified from the downloaded bytes, by nobody in particular');
    const checks = await verify(laptop, petition, dispatch);
    await keep(laptop, petition, dispatch, checks);
    return conclude(checks, [petition.evidence, dispatch.evidence]);
  } catch (error) {
    if (log.length > 0) console.error(colors.dim(`\nThe last lines of the log:\n${log.slice(-15).join('\n')}`));
    throw error;
  } finally {
    await laptop?.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}

function started({ stack }: DemoLaptop): string {
  return `${stack.functions.ids().length} functions, three agencies, eleven people`;
}

/** What was made must be genuine; one flipped byte in it must not be. */
async function verify(laptop: DemoLaptop, petition: PetitionOutcome, dispatch: DispatchOutcome): Promise<Check[]> {
  const forged = Uint8Array.from(petition.answer);
  const at = Math.floor(forged.length / 3);
  forged[at] = (forged[at] ?? 0) ^ 1;
  const asked = [
    { file: 'receipt.pdf', bytes: petition.receipt, expected: true },
    { file: 'answer.pdf', bytes: petition.answer, expected: true },
    { file: 'dispatch.pdf', bytes: dispatch.document, expected: true },
    { file: 'answer.pdf, one bit changed', bytes: forged, expected: false },
  ];
  const checks: Check[] = [];
  for (const { file, bytes, expected } of asked) {
    const verdict = await laptop.anyone.postPdf<Verification>('/api/verify', bytes);
    checks.push({ file, verdict, expected });
    show(checks.at(-1) as Check);
  }
  return checks;
}

function show({ file, verdict, expected }: Check): void {
  const mark = verdict.genuine === expected ? colors.green('✓') : colors.red('✗');
  const word = verdict.genuine ? colors.green('valid    ') : colors.yellow('not valid');
  console.log(`  ${mark} ${file.padEnd(28)} ${word} ${verdict.conclusion.en}`);
  for (const { kind, signer, claimedTime, status } of verdict.signatures) {
    if (!verdict.genuine) continue;
    const who = [signer?.name, signer?.organization].filter(Boolean).join(', ');
    console.log(
      colors.dim(
        `      ${status}  ${kind === 'document_timestamp' ? 'document timestamp' : (claimedTime ?? '')}  ${who}`,
      ),
    );
  }
}

async function keep(
  laptop: DemoLaptop,
  petition: PetitionOutcome,
  dispatch: DispatchOutcome,
  checks: readonly Check[],
) {
  await rm(OUT, { recursive: true, force: true });
  await mkdir(join(OUT, 'mail'), { recursive: true });
  await writeFile(join(OUT, 'receipt.pdf'), petition.receipt);
  await writeFile(join(OUT, 'answer.pdf'), petition.answer);
  await writeFile(join(OUT, 'dispatch.pdf'), dispatch.document);
  const mails = laptop.stack.mail?.mails() ?? [];
  await Promise.all(
    mails.map(({ emlPath }, n) => copyFile(emlPath, join(OUT, 'mail', `${String(n + 1).padStart(2, '0')}.eml`))),
  );
  const evidence = {
    petition: { code: petition.code, number: petition.number, ...(petition.evidence as object) },
    dispatch: {
      code: dispatch.code,
      number: dispatch.number,
      incoming: dispatch.incomingNumber,
      ...(dispatch.evidence as object),
    },
    verdicts: Object.fromEntries(checks.map(({ file, verdict }) => [file, verdict])),
  };
  await writeFile(join(OUT, 'evidence.json'), `${JSON.stringify(evidence, null, 2)}\n`);
  const folder = relative(process.cwd(), OUT) || OUT;
  console.log(`\nIn ${folder}/: receipt.pdf, answer.pdf, dispatch.pdf, evidence.json, mail/ (${mails.length} mails)`);
}

function conclude(checks: readonly Check[], logs: readonly unknown[]): number {
  const wrong = checks.filter(({ verdict, expected }) => verdict.genuine !== expected);
  const broken = logs.filter((log) => (log as { whole?: boolean }).whole !== true);
  for (const { file, verdict } of wrong) {
    console.log(colors.red(`${file}: ${verdict.conclusion.en} ${verdict.reasons.map(({ code }) => code).join(', ')}`));
  }
  if (broken.length > 0) console.log(colors.red('An event log is not whole.'));
  const well = wrong.length === 0 && broken.length === 0;
  console.log(well ? colors.green('All is as it should be.') : colors.red('Something is not as it should be.'));
  return well ? 0 : 1;
}
