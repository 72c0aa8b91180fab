import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiClient, ApiProblem } from '../../cli/client.ts';
import { DEMO_PEOPLE, HOANG_GIANG, PROVINCE, QUANG_BINH } from '../../cli/demo/people.ts';
import { download } from '../../cli/demo/petition-job.ts';
import type { DispatchView, IncomingView } from '../../lib/exchange/exchange-view.ts';
import type { VerificationView } from '../../lib/verification/verification-view.ts';
import { adminTable, arrivals, draftDispatch, register, signDispatch, uploaded } from '../support/demo-cases.ts';
import { type DemoStack, openDemoStack } from '../support/demo-stack.ts';
import { expectHistory } from '../support/final-state.ts';
import { callsOf } from '../support/kills.ts';
import { keepSignedDispatch } from '../support/signed-dispatch.ts';
import { samplePdf, streamBody } from '../unit/pdf/sample-pdf.ts';

let demo: DemoStack;
beforeAll(async () => {
  demo = await openDemoStack();
});
afterAll(() => demo?.close());

describe('a dispatch on the stack that deploys', () => {
  it('is checked, registered by one recipient and returned by another, and recalled from the first', async () => {
    const documentId = await uploaded(demo, await demo.as('provinceOfficer'), PROVINCE);
    const { code } = await draftDispatch(demo, documentId, [HOANG_GIANG, QUANG_BINH]);
    const path = `/api/dispatches/${code}`;
    await demo.settled();
    await signDispatch(demo, code);
    await demo.settled();
    const sender = await demo.as('provinceClerk');
    await sender.post(`${path}/issue`);
    await demo.settled();

    const [receiver, other] = [await demo.as('communeClerk'), await demo.as('neighbourClerk')];
    const { number } = await sender.get<DispatchView>(path);
    const [mine] = (await arrivals(receiver, HOANG_GIANG)).filter((item) => item.reference === number);
    const [theirs] = (await arrivals(other, QUANG_BINH)).filter((item) => item.reference === number);
    const seen = await receiver.get<IncomingView>(`/api/incoming/${mine?.code}`);
    expect(seen.verdict).toMatchObject({ passed: true, signatures: [{ status: 'TOTAL_PASSED' }, {}] });
    const bytes = await download(receiver, seen.documentId);
    expect(await demo.anyone.postPdf<VerificationView>('/api/verify', bytes)).toMatchObject({
      genuine: true,
      issued: { what: 'dispatch', code, number },
    });
    await receiver.post(`/api/incoming/${mine?.code}/register`);
    await demo.settled();
    await other.post(`/api/incoming/${theirs?.code}/return`, { reason: 'Gửi nhầm.' });
    await demo.settled();
    const { recipients } = await sender.get<DispatchView>(path);
    expect(recipients).toMatchObject([
      { unit: HOANG_GIANG, status: '03', number: '01' },
      { unit: QUANG_BINH, status: '02', reason: 'Gửi nhầm.' },
    ]);
    // The recipient that has it cancels its copy; whoever holds the file learns of the recall.
    await sender.post(`${path}/recall`, { reason: 'Sai ngày họp.' });
    await demo.settled();
    await receiver.post(`/api/incoming/${mine?.code}/recall/agree`);
    await demo.settled();
    await expect(receiver.get(`/api/documents/${seen.documentId}`)).rejects.toMatchObject({ code: 'not_found' });
    expect((await sender.get<DispatchView>(path)).recipients[0]).toMatchObject({ recall: { status: '15' } });
    expect(await demo.anyone.postPdf<VerificationView>('/api/verify', bytes)).toMatchObject({
      genuine: false,
      status: 'TOTAL_PASSED',
      issued: { standing: 'recalled' },
    });
    await expectHistory(demo, sender, path, [
      'dispatch.drafted',
      'dispatch.approved',
      'dispatch.signed',
      'dispatch.numbered',
      'dispatch.issued',
      'dispatch.arrived',
      'dispatch.arrived',
      'dispatch.registered',
      'dispatch.returned',
      'dispatch.recalled',
      'dispatch.recall-conveyed',
      'dispatch.recall-agreed',
    ]);
  });

  it('of 12 MiB is signed and sealed by functions that send none of its bytes', async () => {
    const bytes = samplePdf({ extra: [streamBody('x'.repeat(12 * 1024 * 1024))], trailer: '/Salt (large)' });
    const officer = await demo.as('provinceOfficer');
    const documentId = await uploaded(demo, officer, PROVINCE, { bytes, contentType: 'application/pdf' });
    const { code } = await draftDispatch(demo, documentId, [HOANG_GIANG]);
    const signing = await callsOf(demo, 'sign-worker', () => signDispatch(demo, code));
    const sender = await demo.as('provinceClerk');
    const sealing = await callsOf(demo, 'sign-worker', () => sender.post(`/api/dispatches/${code}/issue`));
    for (const calls of [signing, sealing]) {
      expect(calls.filter((name) => /Upload|PutObject/.test(name))).toEqual([
        'CreateMultipartUpload',
        'UploadPartCopy',
        'UploadPart',
        'CompleteMultipartUpload',
      ]);
    }
    const receiver = await demo.as('communeClerk');
    const { number } = await sender.get<DispatchView>(`/api/dispatches/${code}`);
    const [mine] = (await arrivals(receiver, HOANG_GIANG)).filter((item) => item.reference === number);
    const seen = await receiver.get<IncomingView>(`/api/incoming/${mine?.code}`);
    expect(seen.verdict).toMatchObject({ passed: true });
    const issued = await download(receiver, seen.documentId);
    expect(Buffer.from(issued.subarray(0, bytes.length)).equals(bytes)).toBe(true);
    expect(JSON.stringify(demo.log)).not.toContain('hash-state-refused');
  });

  it('that is signed but not issued is seen by nobody outside', async () => {
    const documentId = await uploaded(demo, await demo.as('provinceOfficer'), PROVINCE);
    const { code } = await draftDispatch(demo, documentId);
    await signDispatch(demo, code);
    await demo.settled();
    for (const name of ['citizenThao', 'communeClerk', 'neighbourLeader', 'operator'] as const) {
      const outsider = await demo.as(name);
      await expect(outsider.get(`/api/dispatches/${code}`)).rejects.toMatchObject({ code: 'not_found' });
      await expect(outsider.post(`/api/dispatches/${code}/issue`)).rejects.toMatchObject({ code: 'not_found' });
      await expect(outsider.get(`/api/documents/${documentId}`)).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});

describe('a hundred dispatches issued at once', () => {
  it('take the next hundred numbers, each its own, without a gap', async () => {
    const { table, client } = adminTable(demo);
    const [clerk, at] = [await demo.as('provinceClerk'), demo.stack.clock.now()];
    const people = { drafter: DEMO_PEOPLE.provinceOfficer.sub, signer: DEMO_PEOPLE.provinceLeader.sub };
    const facts = { ...people, unit: PROVINCE, recipient: HOANG_GIANG, at };
    // They have no files, so nothing is to be sealed.
    demo.stack.faults.withhold('relay', 'sqs:SendMessage');
    const codes = await Promise.all(Array.from({ length: 100 }, () => keepSignedDispatch(table, facts)));
    client.destroy();
    const before = await register(clerk, PROVINCE, 'outgoing', at);
    const numbers = await Promise.all(codes.map((code) => issueUntilDone(clerk, code)));
    expect(new Set(numbers).size).toBe(100);
    const lines = (await register(clerk, PROVINCE, 'outgoing', at)).slice(before.length);
    expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: 100 }, (_, n) => before.length + n + 1));
    expect(new Set(lines.map(({ caseId }) => caseId))).toEqual(new Set(codes));
    for (const { caseId, text } of lines) expect(numbers[codes.indexOf(caseId)]).toBe(text);
  });

  /** As a client does that is told to come again: with the same key. */
  async function issueUntilDone(clerk: ApiClient, code: string): Promise<string> {
    for (;;) {
      try {
        const path = `/api/dispatches/${code}/issue`;
        return (await clerk.post<DispatchView>(path, {}, { idempotencyKey: `issue-${code}` })).number ?? '';
      } catch (error) {
        if (!(error instanceof ApiProblem) || ![429, 503].includes(error.status)) throw error;
      }
    }
  }
});
