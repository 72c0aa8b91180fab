import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { download } from '../../cli/demo/petition-job.ts';
import type { PetitionView } from '../../lib/petitions/petition-view.ts';
import type { VerificationView } from '../../lib/verification/verification-view.ts';
import { petitionSteps, submit, uploaded } from '../support/demo-cases.ts';
import { type DemoStack, openDemoStack } from '../support/demo-stack.ts';
import { expectHistory } from '../support/final-state.ts';

let demo: DemoStack;
beforeAll(async () => {
  demo = await openDemoStack();
});
afterAll(() => demo?.close());

describe('a petition on the stack that deploys', () => {
  it('is answered, mailed, and verified from the downloaded bytes', async () => {
    const citizen = await demo.as('citizenThao');
    const { code } = await submit(demo, [await uploaded(demo, citizen)]);
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
