import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOANG_GIANG, PROVINCE, QUANG_BINH } from '../../cli/demo/people.ts';
import { type FileToSend, sendFile } from '../../cli/upload.ts';
import {
  arrivals,
  type DispatchAnswer,
  documentOf,
  draftDispatch,
  freshPdf,
  objectsIn,
  type PetitionAnswer,
  petitionSteps,
  register,
  signDispatch,
  submit,
  uploaded,
} from '../support/demo-cases.ts';
import { type DemoStack, openDemoStack } from '../support/demo-stack.ts';
import { expectHistory, expectNothingLeft, expectVersions, mailsOf } from '../support/final-state.ts';
import { callsOf, callsSince, crashPoints, killAfter, killAtEach } from '../support/kills.ts';

let demo: DemoStack;
/** Every document that ought to be there in the end. */
const documents = new Set<string>();
beforeAll(async () => {
  demo = await openDemoStack();
});
afterAll(() => demo?.close());

/** A petition, a dispatch or an upload on its way through the steps. */
interface Case {
  code: string;
  documentId?: string;
}
const newCases = (count: number): Case[] => Array.from({ length: count }, () => ({ code: '' }));
const most = (points: Iterable<readonly number[]>) => Math.max(...[...points].map(({ length }) => length));

/** One step of a case, and the worker that is killed in it, at each moment where it makes a difference. */
interface Step {
  readonly name: string;
  readonly worker: string;
  readonly act: (one: Case) => Promise<unknown>;
  /** Events that the case has once the step has ended. */
  readonly events: readonly string[];
}

/** Takes one case through all steps undisturbed, to see when each worker is to be killed. */
async function findCrashPoints(steps: readonly Step[], one: Case): Promise<Map<Step, readonly number[]>> {
  const points = new Map<Step, readonly number[]>();
  for (const step of steps) points.set(step, crashPoints(await callsOf(demo, step.worker, () => step.act(one))));
  return points;
}

// First: later the sweep also looks at issued documents, so its calls are not the same from run to run.
describe('the sweep that dies between any two of its steps', () => {
  const MINUTE = 60_000;
  const runs = () => demo.stack.calls.of(demo.stack.functions.id('sweep')).length;
  /** A petition whose receipt is overdue at the next run, as its signer cannot sign. */
  const overdue = async (atNextRun: () => Promise<unknown>): Promise<string> => {
    // Right after a run: the fourth from now is the first to find it overdue.
    demo.stack.calls.reset();
    while (runs() === 0) await demo.stack.advance(MINUTE / 2);
    const giveBack = demo.stack.faults.withhold('sign-worker', 'kms:Sign');
    const { code } = await submit(demo);
    await demo.settled();
    await demo.stack.advance(15 * MINUTE);
    await atNextRun();
    giveBack();
    await demo.stack.advance(7 * MINUTE);
    // The first message may have been given up by now: what the sweep sends is another.
    await demo.sqs.send(new PurgeQueueCommand({ QueueUrl: demo.deadLettersUrl('sign') }));
    return code;
  };
  const run = () => demo.stack.advance(5 * MINUTE);

  it('sends the work again, and it is done once', async () => {
    let calls: string[] = [];
    const undisturbed = await overdue(async () => {
      calls = await callsOf(demo, 'sweep', run);
    });
    expect(calls).toContain('SendMessageBatch');
    const points = crashPoints(calls).filter((call) => calls[call - 1] !== 'ListObjectVersions');
    const broken = await overdue(async () => {
      await killAfter(demo, 'sweep', points[0] as number, run);
      // A run that fails is tried again after a minute, and after two.
      for (const [index, point] of points.slice(1).entries()) {
        await killAfter(demo, 'sweep', point, () => demo.stack.advance((index + 1.1) * MINUTE));
      }
    });
    const clerk = await demo.as('communeClerk');
    for (const code of [undisturbed, broken]) {
      await expectHistory(demo, clerk, `/api/petitions/${code}`, ['petition.submitted', 'petition.receipt-sealed']);
    }
  });
});

describe('a petition whose workers die between any two of their steps', () => {
  const steps: Step[] = [
    {
      name: 'sealing the receipt',
      worker: 'sign-worker',
      act: async (one) => {
        one.code = (await submit(demo)).code;
      },
      events: ['petition.submitted', 'petition.receipt-sealed'],
    },
    {
      name: 'mailing the acceptance',
      worker: 'notify-worker',
      act: ({ code }) => petitionSteps.accept(demo, code),
      events: ['petition.accepted'],
    },
    {
      name: 'handing on the assignment',
      worker: 'relay',
      act: async ({ code }) => {
        await petitionSteps.assign(demo, code);
        // The stream holds everything up until its retry.
        await demo.stack.advance(5_000);
      },
      events: ['petition.assigned'],
    },
    {
      name: 'authoring the answer',
      worker: 'sign-worker',
      act: ({ code }) => petitionSteps.write(demo, code),
      events: ['petition.answer-written', 'petition.answer-drafted'],
    },
    {
      name: 'signing the answer',
      worker: 'sign-worker',
      act: ({ code }) => petitionSteps.sign(demo, code),
      events: ['petition.answer-approved', 'petition.answer-signed'],
    },
    {
      name: 'sealing the answer',
      worker: 'sign-worker',
      act: ({ code }) => petitionSteps.issue(demo, code),
      events: ['petition.answer-numbered', 'petition.answered'],
    },
  ];
  let cases: Case[];
  let points: Map<Step, readonly number[]>;
  beforeAll(async () => {
    const [one] = newCases(1) as [Case];
    points = await findCrashPoints(steps, one);
    cases = [...newCases(most(points.values())), one];
  });

  for (const [index, step] of steps.entries()) {
    it(`${step.worker}, ${step.name}: one history, one mail for each notice`, async () => {
      const broken = cases.slice(0, -1);
      await killAtEach(demo, { worker: step.worker, points: points.get(step) ?? [], cases: broken }, step.act);
      const clerk = await demo.as('communeClerk');
      const events = steps.slice(0, index + 1).flatMap((past) => past.events);
      for (const { code } of broken) await expectHistory(demo, clerk, `/api/petitions/${code}`, events);
    });
  }

  it('ends with one document version for each step, one number, and signatures that hold', async () => {
    const [citizen, clerk] = await Promise.all([demo.as('citizenThao'), demo.as('communeClerk')]);
    const numbers = new Set<string | undefined>();
    for (const { code } of cases) {
      const petition = await citizen.get<PetitionAnswer>(`/api/petitions/${code}`);
      expect(petition.state).toBe('answered');
      numbers.add(petition.number);
      const [receipt, answer] = ['receipt', 'answer'].map(
        (role) => petition.documents.find((document) => document.role === role)?.id ?? '',
      ) as [string, string];
      await expectVersions(demo, citizen, receipt, ['receipt']);
      await expectVersions(demo, citizen, answer, ['original', 'signed', 'sealed']);
      documents.add(receipt).add(answer);
      expect(await verified(answer)).toBe(true);
    }
    expect(numbers.size).toBe(cases.length);
    const lines = await register(clerk, HOANG_GIANG, 'outgoing', demo.stack.clock.now());
    expect(lines.map(({ number }) => number)).toEqual(cases.map((_, index) => index + 1));
  });

  it('relay: whichever of its messages was sent, all arrive and their work is done once', async () => {
    const open = steps[0] as Step;
    const clerk = await demo.as('communeClerk');
    const moments = crashPoints(await callsOf(demo, 'relay', () => open.act({ code: '' })));
    const opened = newCases(moments.length);
    await killAtEach(demo, { worker: 'relay', points: moments, cases: opened }, async (one) => {
      await open.act(one);
      await demo.stack.advance(5_000);
    });
    for (const { code } of opened) await expectHistory(demo, clerk, `/api/petitions/${code}`, open.events);
  });

  it('mail-events-worker: marks a mail as sent whose sender died before it could', async () => {
    const clerk = await demo.as('communeClerk');
    const [probe, ...opened] = newCases(3) as [Case, Case, Case];
    for (const one of [probe, ...opened]) await (steps[0] as Step).act(one);
    await demo.settled();
    const sending = await callsOf(demo, 'notify-worker', () => petitionSteps.accept(demo, probe.code));
    const send = sending.indexOf('SendEmail') + 1;
    for (const [index, { code }] of opened.entries()) {
      await killAfter(demo, 'mail-events-worker', index + 1, () =>
        killAfter(demo, 'notify-worker', send, () => petitionSteps.accept(demo, code)),
      );
    }
    await demo.stack.advance(7 * 60_000);
    const events = ['petition.submitted', 'petition.receipt-sealed', 'petition.accepted'];
    for (const { code } of opened) await expectHistory(demo, clerk, `/api/petitions/${code}`, events);
  });
});

describe('an upload whose worker dies between any two of its steps', () => {
  const send = async (one: Case, file: FileToSend) => {
    one.code = await sendFile(await demo.as('citizenThao'), file);
  };

  it('intake-worker: becomes one document', async () => {
    const [citizen, [one]] = [await demo.as('citizenThao'), newCases(1) as [Case]];
    const points = crashPoints(await callsOf(demo, 'intake-worker', () => send(one, freshPdf())));
    const cases = newCases(points.length);
    await killAtEach(demo, { worker: 'intake-worker', points, cases }, (item) => send(item, freshPdf()));
    for (const { code } of [one, ...cases]) {
      const documentId = await documentOf(citizen, code);
      await expectVersions(demo, citizen, documentId, ['original']);
      documents.add(documentId);
      expect(mailsOf(demo, code)).toEqual([]);
    }
  });

  it('intake-worker: is refused once, with one mail and no byte kept', async () => {
    const citizen = await demo.as('citizenThao');
    const bad = (): FileToSend => ({ bytes: Buffer.from('MZ no document at all'), contentType: 'application/pdf' });
    const points = crashPoints(await callsOf(demo, 'intake-worker', () => send({ code: '' }, bad())));
    const cases = newCases(points.length);
    await killAtEach(demo, { worker: 'intake-worker', points, cases }, (item) => send(item, bad()));
    for (const { code } of cases) {
      expect(await citizen.get(`/api/uploads/${code}`)).toMatchObject({
        status: 'refused',
        problem: { code: 'upload_type' },
      });
      expect(mailsOf(demo, code)).toHaveLength(1);
    }
  });
});

describe('a dispatch whose workers die between any two of their steps', () => {
  const signStep: Step = {
    name: 'signing',
    worker: 'sign-worker',
    act: ({ code }) => signDispatch(demo, code),
    events: ['dispatch.drafted', 'dispatch.approved', 'dispatch.signed'],
  };
  const issue = async ({ code }: Case) =>
    (await demo.as('provinceClerk')).post<DispatchAnswer>(`/api/dispatches/${code}/issue`);
  const sealStep: Step = { name: 'sealing', worker: 'sign-worker', act: issue, events: [] };
  const deliverStep: Step = { name: 'delivering', worker: 'delivery-worker', act: issue, events: [] };
  const reportStep: Step = {
    name: 'reporting',
    worker: 'delivery-worker',
    act: async (one) => {
      const clerk = await demo.as('communeClerk');
      const { number } = await (await demo.as('provinceClerk')).get<DispatchAnswer>(`/api/dispatches/${one.code}`);
      const arrived = (await arrivals(clerk, HOANG_GIANG)).filter(({ reference }) => reference === number);
      expect(arrived).toHaveLength(1);
      await clerk.post(`/api/incoming/${arrived[0]?.code}/register`);
    },
    events: [],
  };
  /** Sealed for two recipients, delivered to one. */
  let toTwo: Case[];
  let toOne: Case[];
  let points: Map<Step, readonly number[]>;

  const draft = async (one: Case, recipients: readonly string[]) => {
    const officer = await demo.as('provinceOfficer');
    one.documentId = await uploaded(demo, officer, PROVINCE);
    one.code = (await draftDispatch(demo, one.documentId, recipients)).code;
    documents.add(one.documentId);
  };
  beforeAll(async () => {
    const [one] = newCases(1) as [Case];
    await draft(one, [HOANG_GIANG]);
    await demo.settled();
    points = await findCrashPoints([signStep, sealStep], one);
    // Sealing led to the delivery: the same run tells its calls.
    const delivering = crashPoints(callsSince(demo, 'delivery-worker'));
    points.set(deliverStep, delivering);
    const reporting = crashPoints(await callsOf(demo, 'delivery-worker', () => reportStep.act(one)));
    points.set(reportStep, reporting);
    toTwo = newCases(most(points.values()));
    toOne = newCases(most([delivering, reporting]));
    await Promise.all([
      ...toTwo.map((item) => draft(item, [HOANG_GIANG, QUANG_BINH])),
      ...toOne.map((item) => draft(item, [HOANG_GIANG])),
    ]);
    await demo.settled();
  });
  const kill = (step: Step, cases: readonly Case[]) =>
    killAtEach(demo, { worker: step.worker, points: points.get(step) ?? [], cases }, step.act);
  const expectEvents = async (cases: readonly Case[], ...later: readonly string[]) => {
    const clerk = await demo.as('provinceClerk');
    for (const { code } of cases) {
      await expectHistory(demo, clerk, `/api/dispatches/${code}`, [...signStep.events, ...later]);
    }
  };

  it('sign-worker, signing: one signed version', async () => {
    await kill(signStep, toTwo);
    await expectEvents(toTwo);
  });

  it('sign-worker, sealing: one number, one sealed version, one delivery to each recipient', async () => {
    await kill(sealStep, toTwo);
    await expectEvents(toTwo, 'dispatch.numbered', 'dispatch.issued', 'dispatch.arrived', 'dispatch.arrived');
  });

  it('delivery-worker, delivering: one incoming document', async () => {
    await Promise.all(toOne.map(signStep.act));
    await demo.settled();
    await kill(deliverStep, toOne);
    await expectEvents(toOne, 'dispatch.numbered', 'dispatch.issued', 'dispatch.arrived');
  });

  it('delivery-worker, reporting: one incoming number, known to the sender', async () => {
    await kill(reportStep, toOne);
    await expectEvents(toOne, 'dispatch.numbered', 'dispatch.issued', 'dispatch.arrived', 'dispatch.registered');
    const lines = await register(await demo.as('communeClerk'), HOANG_GIANG, 'incoming', demo.stack.clock.now());
    expect(lines.map(({ number }) => number)).toEqual([0, ...toOne].map((_, index) => index + 1));
  });

  it('ends with numbers without a gap and one document at each recipient', async () => {
    const [sender, near, far] = await Promise.all([
      demo.as('provinceClerk'),
      demo.as('communeClerk'),
      demo.as('neighbourClerk'),
    ]);
    const all = [...toTwo, ...toOne];
    for (const { documentId = '' } of all) {
      await expectVersions(demo, sender, documentId, ['original', 'signed', 'sealed']);
    }
    const lines = await register(sender, PROVINCE, 'outgoing', demo.stack.clock.now());
    expect(lines.map(({ number }) => number)).toEqual([0, ...all].map((_, index) => index + 1));
    const ofNear = [...(await arrivals(near, HOANG_GIANG)), ...(await arrivals(near, HOANG_GIANG, 'closed'))];
    expect(ofNear.map(({ reference }) => reference).sort()).toEqual(lines.map(({ text }) => text).sort());
    expect(await arrivals(far, QUANG_BINH)).toHaveLength(toTwo.length);
  });
});

describe('after all of it', () => {
  it('no work is left over, none was given up, no object lies about', async () => {
    await expectNothingLeft(demo);
    const orphans = (await objectsIn(demo, 'documents', 'documents/')).filter(
      (key) => !documents.has(key.split('/')[1] ?? ''),
    );
    // The petitions of the last tests have their receipts, each one version.
    expect(orphans.filter((key) => !key.endsWith('/1-receipt.pdf'))).toEqual([]);
    expect(new Set(orphans).size).toBe(orphans.length);
  });
});

/** Whether the newest version of a document, as anyone would verify it, is what was issued. */
async function verified(documentId: string): Promise<boolean> {
  const citizen = await demo.as('citizenThao');
  const { url } = await citizen.get<{ url: string }>(`/api/documents/${documentId}/versions/3/content`);
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  return (await demo.anyone.postPdf<{ genuine: boolean }>('/api/verify', bytes)).genuine;
}
