import { describe, expect, it } from 'vitest';
import { chain, EMPTY_LOG } from '../../../lib/evidence/case-event.ts';
import { jobsOf } from '../../../lib/jobs/all-jobs.ts';
import { pending, QUEUE_OF, sentAgain } from '../../../lib/jobs/job.ts';

const UNIT = 'H56.12.03';
const DATA = {
  code: 'PA-0000-0000-0',
  unit: UNIT,
  sender: 'H56.01',
  owner: 'citizen-1',
  assignee: 'officer-1',
  due: Date.parse('2026-03-30T23:59:59.999+07:00'),
  number: '01/UBND',
  document: '01/UBND',
  replacement: '02/UBND',
  recipients: [UNIT, 'H56.12.04'],
};
const event = (type: string, data: typeof DATA = DATA) =>
  chain('PA-0000-0000-0', EMPTY_LOG, [{ type, at: 0, actor: { kind: 'system', id: 'sweep' }, data }]).events[0]!;

describe('which event causes which work', () => {
  it.each([
    ['petition.submitted', ['sign-receipt', 'petition.arrived → clerk']],
    ['petition.receipt-sealed', ['petition.received → citizen-1']],
    ['petition.accepted', ['petition.accepted → citizen-1']],
    ['petition.assigned', ['petition.assigned → officer-1']],
    ['petition.returned', ['petition.returned → citizen-1']],
    ['petition.answer-written', ['author-answer']],
    ['petition.answer-drafted', ['petition.to-sign → leader']],
    ['petition.answer-approved', ['sign-answer']],
    ['petition.answer-signed', ['petition.to-issue → clerk']],
    ['petition.answer-not-signed', []],
    ['petition.answer-numbered', ['seal-answer']],
    ['petition.answered', ['petition.answered → citizen-1']],
    ['petition.rated', []],
    ['petition.late', ['petition.late → leader', 'petition.late → clerk']],
    ['dispatch.drafted', ['dispatch.to-sign → leader']],
    ['dispatch.redrafted', ['dispatch.to-sign → leader']],
    ['dispatch.approved', ['sign-dispatch']],
    ['dispatch.signed', ['dispatch.to-issue → clerk']],
    ['dispatch.numbered', ['seal-dispatch']],
    ['dispatch.issued', [`deliver → ${UNIT}`, 'deliver → H56.12.04']],
    ['dispatch.arrived', []],
    ['dispatch.registered', ['dispatch.registered → clerk']],
    ['dispatch.returned', ['dispatch.returned → clerk']],
    ['dispatch.recalled', [`ask-recall → ${UNIT}`, 'ask-recall → H56.12.04']],
    ['dispatch.recall-conveyed', []],
    ['dispatch.recall-agreed', ['dispatch.recall-agreed → clerk']],
    ['dispatch.recall-refused', ['dispatch.recall-refused → clerk']],
    ['dispatch.replacement-numbered', []],
    ['dispatch.replaced', [`tell-replaced → ${UNIT}`, 'tell-replaced → H56.12.04']],
    ['dispatch.replacement-told', []],
    ['incoming.arrived', ['dispatch.arrived → clerk']],
    ['incoming.registered', ['report-status']],
    ['incoming.returned', ['report-status']],
    ['incoming.reported', []],
    ['incoming.recall-asked', ['dispatch.recall-asked → clerk']],
    ['incoming.recall-agreed', ['report-recall']],
    ['incoming.recall-refused', ['report-recall']],
    ['incoming.recall-reported', []],
    ['incoming.replaced', ['dispatch.replaced → clerk']],
    ['something.else', []],
  ])('%s', (type, expected) => {
    const words = jobsOf(event(type)).map((job) => {
      if ('recipient' in job) return `${job.job} → ${job.recipient}`;
      if (job.job !== 'notify') return job.job;
      return `${job.template} → ${job.to.kind === 'person' ? job.to.id : job.to.role}`;
    });
    expect(words).toEqual(expected);
  });

  it('gives the same jobs with the same ids every time, and no two of one id', () => {
    const [first, again] = [jobsOf(event('dispatch.issued')), jobsOf(event('dispatch.issued'))];
    expect(again).toEqual(first);
    expect(first.map((job) => job.id)).toEqual(['PA-0000-0000-0-1-0', 'PA-0000-0000-0-1-1']);
  });

  it('writes the day of a deadline as people do', () => {
    const [job] = jobsOf(event('petition.accepted'));
    expect(job).toMatchObject({ facts: { code: DATA.code, due: '30/03/2026' } });
    expect(QUEUE_OF[job!.job]).toBe('notify');
  });

  it('stops at an event that lacks what its work needs', () => {
    expect(() => jobsOf(event('petition.accepted', { code: 'x' } as never))).toThrow();
  });
});

describe('work that does not end', () => {
  it('is sent again after a quarter of an hour, then after twice as long, at most once a day', () => {
    let work = pending('sign-answer', 3, 0);
    expect(work.lookAt).toBe(15 * 60_000);
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      const at = work.lookAt;
      work = sentAgain(work, at);
      waits.push((work.lookAt - at) / 60_000);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1440, 1440, 1440]);
    expect(work).toMatchObject({ tries: 9, since: 0, seq: 3 });
  });
});
