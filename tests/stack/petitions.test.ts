import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectRetentionCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { download } from '../../cli/demo/petition-job.ts';
import type { BundleReport } from '../../lib/bundles/check/check-bundle.ts';
import { type CaseEvent, chain, EMPTY_LOG } from '../../lib/evidence/case-event.ts';
import type { PetitionView } from '../../lib/petitions/petition-view.ts';
import { encodePem } from '../../lib/pki/pem.ts';
import { formatIso } from '../../lib/platform/clock.ts';
import type { VerificationView } from '../../lib/verification/verification-view.ts';
import { runProcess } from '../support/cli.ts';
import { objectsIn, petitionSteps, submit, uploaded } from '../support/demo-cases.ts';
import { type DemoStack, openDemoStack } from '../support/demo-stack.ts';
import { expectHistory } from '../support/final-state.ts';
import { repack } from '../support/repack-bundle.ts';
import { runCli } from '../support/terminal.ts';

let demo: DemoStack;
/** Of the petition that was answered. */
let answeredCode: string;
/** Days can pass in one step; `advance` would run all the sweeps on the way. */
let passed = 0;
const folder = mkdtempSync(join(tmpdir(), 'ba-khong-evidence-'));
beforeAll(async () => {
  demo = await openDemoStack({ clock: { now: () => Date.now() + passed } });
});
afterAll(async () => {
  await demo?.close();
  rmSync(folder, { recursive: true });
});

describe('a petition on the stack that deploys', () => {
  it('is answered, mailed, and verified from the downloaded bytes', async () => {
    const citizen = await demo.as('citizenThao');
    const { code } = await submit(demo, [await uploaded(demo, citizen)]);
    answeredCode = code;
    const path = `/api/petitions/${code}`;
    await demo.settled();
    await petitionSteps.accept(demo, code);
    await petitionSteps.assign(demo, code);
    for (const step of ['write', 'sign', 'issue'] as const) {
      await petitionSteps[step](demo, code);
      await demo.settled();
    }

    const answered = await citizen.get<PetitionView>(path);
    expect(answered).toMatchObject({ state: 'answered', number: expect.stringMatching(/^\d+\/UBND$/), onTime: true });
    const made = answered.documents.filter((item) => item.role !== 'attachment');
    expect(made.map((item) => item.role)).toEqual(['receipt', 'answer']);
    for (const { id, role } of made) {
      const verdict = await demo.anyone.postPdf<VerificationView>('/api/verify', await download(citizen, id));
      expect(verdict).toMatchObject({ genuine: true, status: 'TOTAL_PASSED', issued: { what: role, code } });
      // An answer is to be provable for long: a timestamp over all follows person and seal.
      const kinds = verdict.signatures.map(({ kind }) => kind === 'document_timestamp');
      expect(kinds).toEqual(role === 'answer' ? [false, false, true] : [false]);
    }
    const { items } = await demo.anyone.get<{ items: object[] }>(`/api/verify/${code}`);
    expect(items).toMatchObject([{ what: 'receipt' }, { what: 'answer', number: answered.number }]);
    await expectHistory(demo, citizen, path, [
      'petition.submitted',
      'petition.receipt-sealed',
      'petition.accepted',
      'petition.assigned',
      'petition.answer-written',
      'petition.answer-drafted',
      'petition.answer-approved',
      'petition.answer-signed',
      'petition.answer-numbered',
      'petition.answered',
    ]);
    await citizen.post(`${path}/rating`, { helped: true });

    const answer = made.at(-1)?.id;
    for (const name of ['citizenBinh', 'neighbourClerk', 'neighbourLeader', 'operator'] as const) {
      const outsider = await demo.as(name);
      await expect(outsider.get(path)).rejects.toMatchObject({ code: 'not_found' });
      await expect(outsider.post(`${path}/accept`)).rejects.toMatchObject({ code: 'not_found' });
      await expect(outsider.get(`/api/documents/${answer}`)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(demo.anyone.get(path)).rejects.toMatchObject({ status: 401 });
  });
});

describe('the sweep on the stack that deploys', () => {
  it('looks at every list, within the rights of its role, each time it falls due', async () => {
    demo.stack.calls.reset();
    await demo.stack.advance(5 * 60_000);
    const calls = demo.stack.calls.of(demo.stack.functions.id('sweep'));
    expect(calls.filter((call) => call.status >= 300)).toEqual([]);
    expect(calls.map((call) => call.operation).sort()).toEqual([
      'ListObjectVersions',
      'Query',
      'Query',
      'Query',
      'Query',
    ]);
  });
});

describe('the evidence of a petition on the stack that deploys', () => {
  const runDailyRoot = async () => {
    await demo.stack.functions.invoke('daily-root', {});
    await demo.settled();
  };
  const rootFiles = () => objectsIn(demo, 'documents', 'roots/');
  const file = (name: string) => join(folder, name);
  /** The report on a bundle and the exit code. */
  // The stack's clock is ahead of this process's.
  const known = () => ['--trust', file('root.pem'), '--at', formatIso(demo.stack.clock.now())];
  const check = async (bundle: string): Promise<BundleReport & { exit: number }> => {
    const { out, exit } = await runCli(['evidence', 'verify', bundle, ...known(), '--json']);
    return { ...JSON.parse(out), exit };
  };
  const exportTo = async (out: string) =>
    runCli(['evidence', 'export', answeredCode, '--out', out, '--api', demo.stack.apiUrl], {
      BA_KHONG_TOKEN: await demo.tokenOf('citizenThao'),
    });
  beforeAll(() => writeFileSync(file('root.pem'), encodePem('CERTIFICATE', demo.authorityRoot)));

  it('stands under a root of the day once that is over, timestamped as soon as the authority can, under Object Lock, once', async () => {
    await runDailyRoot();
    const before = await rootFiles();
    passed += 26 * 3_600_000;
    demo.authorityFaults.set('timestamp', 'down');
    await runDailyRoot();
    const unstamped = await rootFiles();
    const [day] = unstamped.slice(-1).map((key) => key.split('/')[1]);
    const added = unstamped.filter((key) => !before.includes(key));
    expect(added.filter((key) => key.includes(`/${day}/`))).toEqual([
      `roots/${day}/leaves.jsonl`,
      `roots/${day}/root.json`,
    ]);

    demo.authorityFaults.clear();
    await runDailyRoot();
    const stamped = await rootFiles();
    expect(stamped.filter((key) => !unstamped.includes(key))).toContain(`roots/${day}/timestamp.tst`);
    await runDailyRoot();
    expect(await rootFiles()).toEqual(stamped);
    for (const Key of stamped) {
      const asked = new GetObjectRetentionCommand({ Bucket: demo.physical('Documents'), Key });
      expect((await demo.s3.send(asked)).Retention?.Mode).toBe('GOVERNANCE');
    }
  });

  it('is exported by its citizen, and found intact by the program, which knows nothing but the trusted root', async () => {
    const bundle = file('case.zip');
    expect(await exportTo(bundle)).toMatchObject({ exit: 0 });
    const verified = await runProcess(['evidence', 'verify', bundle, ...known()]);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^INTACT/) });
    const report = await check(bundle);
    expect(report).toMatchObject({ status: 'intact', findings: [], records: 11, case: { code: answeredCode } });
    expect(report.documents.map(({ path, status }) => `${path.split('/').at(-1)} ${status}`)).toEqual([
      '1-original.pdf INDETERMINATE',
      '1-receipt.pdf TOTAL_PASSED',
      '1-original.pdf INDETERMINATE',
      '2-signed.pdf TOTAL_PASSED',
      '3-sealed.pdf TOTAL_PASSED',
    ]);
    // Nobody's word but the root's: without it nothing is confirmed.
    const untrusting = await runCli(['evidence', 'verify', bundle, '--json']);
    expect(JSON.parse(untrusting.out).status).toBe('unconfirmed');
    expect(untrusting.exit).toBe(2);
    // What is there already stays.
    expect(await exportTo(bundle)).toMatchObject({ exit: 1, told: expect.stringContaining('file_exists') });
  });

  it('has what was changed named, though all that was in the forger’s hands was made to fit', async () => {
    const forged = async (name: string, change: (events: CaseEvent[]) => CaseEvent[]) => {
      const bundle = await repack(file('case.zip'), file(`${name}.zip`), (files) => {
        const log = JSON.parse(Buffer.from(files.get('events.json')!).toString());
        const { events, head } = chain(log.case, EMPTY_LOG, change(log.events));
        files.set('events.json', Buffer.from(JSON.stringify({ ...log, events, head })));
      });
      const { exit, status, findings } = await check(bundle);
      expect({ exit, status }).toEqual({ exit: 1, status: 'altered' });
      return findings.map(({ code, record, path }) => `${code} ${record ?? path}`);
    };
    const other = (event?: CaseEvent) => ({ ...(event as CaseEvent), data: { forged: true } });
    expect(await forged('edited', (events) => events.with(3, other(events[3])))).toEqual(['record_edited 4']);
    expect(await forged('removed', (events) => events.toSpliced(3, 1))).toEqual(['record_removed 4']);
    expect(await forged('inserted', (events) => events.toSpliced(3, 0, other(events[3])))).toContain(
      'record_inserted 4',
    );
    expect(await forged('moved', (events) => events.toSpliced(5, 1).toSpliced(1, 0, events[5] as CaseEvent))).toEqual([
      'record_reordered 6',
    ]);
  });

  it('has a document named that was exchanged, and every file that is not what the manifest says', async () => {
    const paths: string[] = [];
    const exchanged = await repack(file('case.zip'), file('exchanged.zip'), (files) => {
      const sealed = [...files.keys()].find((path) => path.endsWith('3-sealed.pdf'))!;
      const original = [...files.keys()].find((path) => path.endsWith('1-original.pdf'))!;
      paths.push(sealed, original);
      files.set(sealed, files.get(original)!);
      files.set(
        original,
        Buffer.from(Buffer.from(files.get(original)!).toString('latin1').replace('Salt', 'Solt'), 'latin1'),
      );
    });
    const codes = async (bundle: string) => (await check(bundle)).findings.map(({ code, path }) => `${code} ${path}`);
    expect(await codes(exchanged)).toContain(`document_changed ${paths[1]}`);
    expect(await codes(exchanged)).toContain(`signature_unconfirmed ${paths[0]}`);
    // Every byte counts: any one of a file that is changed in place.
    const bytes = readFileSync(file('case.zip'));
    bytes[bytes.indexOf('"petition.accepted"') + 4] = 0x58;
    writeFileSync(file('flipped.zip'), bytes);
    expect(await codes(file('flipped.zip'))).toEqual(expect.arrayContaining(['file_changed events.json']));
    expect((await check(file('flipped.zip'))).findings[0]).toMatchObject({ code: 'record_edited', record: 3 });
  });
});
