import { describe, expect, it } from 'vitest';
import { createActivity } from '../../local/activity.ts';
import { createClock } from '../../local/clock.ts';

const still = { now: () => 1_000 };
const nothing = async () => {};

describe("the laptop's clock", () => {
  it('rings in order of time, each at its own time, those set on the way too', async () => {
    const clock = createClock(still);
    const rung: [string, number][] = [];
    const ring = (name: string) => () => rung.push([name, clock.now()]);
    clock.at(4_000, ring('later'));
    clock.at(2_000, () => {
      ring('first')();
      clock.at(3_000, ring('set on the way'));
    });
    clock.at(9_000, ring('beyond'));
    const cancel = clock.at(2_500, ring('cancelled'));
    cancel();
    await clock.advance(5_000, nothing);
    expect(rung).toEqual([
      ['first', 2_000],
      ['set on the way', 3_000],
      ['later', 4_000],
    ]);
    expect(clock.now()).toBe(6_000);
    clock.stop();
  });

  it('waits for what an alarm set off before the next', async () => {
    const clock = createClock(still);
    const order: string[] = [];
    let work = Promise.resolve();
    clock.at(2_000, () => {
      work = Promise.resolve().then(() => void order.push('work'));
    });
    clock.at(2_000, () => order.push('second alarm'));
    await clock.advance(2_000, () => work);
    expect(order).toEqual(['work', 'second alarm']);
    clock.stop();
  });
});

describe('idle', () => {
  it('waits until all that was begun has ended', async () => {
    const activity = createActivity();
    const ends = ['a', 'b'].map((what) => activity.begin(what));
    let idle = false;
    const waiting = activity.idle().then(() => {
      idle = true;
    });
    ends[0]?.();
    ends[0]?.();
    await new Promise(setImmediate);
    expect([idle, activity.pending()]).toEqual([false, ['b']]);
    ends[1]?.();
    await waiting;
    expect(activity.pending()).toEqual([]);
  });

  it('is not fooled by a hand-over', async () => {
    const activity = createActivity();
    const first = activity.begin('first');
    const waiting = activity.idle();
    const second = activity.begin('second');
    first();
    let done = false;
    void waiting.then(() => {
      done = true;
    });
    await new Promise(setImmediate);
    expect(done).toBe(false);
    second();
    await waiting;
  });
});
