import { describe, expect, it } from 'vitest';
import { WorkingCalendar } from '../../../lib/calendar/working-calendar.ts';
import { answerDeadline, timeLimitAt } from '../../../lib/petitions/time-limits.ts';

const at = (iso: string) => Date.parse(`${iso}+07:00`);

describe('legal time limits', () => {
  it.each([
    ['feedback', '2026-03-30', 'feedback-2008'],
    ['complaint', '2026-04-08', 'complaint-2012'],
    ['denunciation', '2026-04-08', 'denunciation-2019'],
  ] as const)('%s accepted on 9 March 2026 is due on %s by %s', (lane, day, version) => {
    const deadline = answerDeadline(new WorkingCalendar(), lane, at('2026-03-09T10:00:00'));
    expect(deadline).toMatchObject({ day, limit: { id: version } });
  });

  it('applies the law of the day: a later row only from its first day on', () => {
    const limits = [
      { id: 'old', lane: 'feedback', from: '2008-03-09', days: 15, counted: 'working-days', source: '' },
      { id: 'new', lane: 'feedback', from: '2026-07-01', days: 10, counted: 'working-days', source: '' },
    ] as const;
    expect(timeLimitAt('feedback', at('2026-06-30T23:59:59'), limits).id).toBe('old');
    expect(timeLimitAt('feedback', at('2026-07-01T00:00:00'), limits).id).toBe('new');
    expect(() => timeLimitAt('complaint', at('2026-07-01T00:00:00'), limits)).toThrow('calendar_missing');
  });
});
