import { describe, expect, it } from 'vitest';
import { CommitConflict } from '../../../lib/platform/commit-conflict.ts';
import { ProblemError } from '../../../lib/platform/errors.ts';
import { once } from '../../../lib/requests/once.ts';
import { fingerprint, type KeptAnswer } from '../../../lib/requests/request-stamp.ts';

const stamp = { actorId: 'a', key: 'k', fingerprint: 'f' };
const conflict = () => new CommitConflict([0], true, undefined);

function deps(answers: (KeptAnswer | undefined)[]) {
  const waits: number[] = [];
  return {
    waits,
    requests: { earlier: async () => answers.shift() },
    backOff: async (attempt: number) => {
      waits.push(attempt);
    },
  };
}

describe('a change asked for more than once', () => {
  it('gives the earlier answer without running again', async () => {
    const kept = { status: 201, body: { code: 'PA' } };
    await expect(once(deps([kept]), stamp, () => Promise.reject(new Error('ran')))).resolves.toBe(kept);
  });

  it('starts over from fresh reads when another writer was first', async () => {
    const d = deps([]);
    let runs = 0;
    const answer = await once(d, stamp, async () => {
      if (++runs < 3) throw conflict();
      return { status: 200, body: runs };
    });
    expect(answer.body).toBe(3);
    expect(d.waits).toEqual([1, 2]);
  });

  it('gives the twin’s answer when the same request came twice at once', async () => {
    const kept = { status: 201, body: 1 };
    await expect(once(deps([undefined, kept]), stamp, () => Promise.reject(conflict()))).resolves.toBe(kept);
    const late = () => Promise.reject(new ProblemError('invalid_state'));
    await expect(once(deps([undefined, kept]), stamp, late)).resolves.toBe(kept);
    await expect(once(deps([]), stamp, late)).rejects.toMatchObject({ code: 'invalid_state' });
  });

  it('gives up as busy, not with half a change', async () => {
    await expect(once(deps([]), stamp, () => Promise.reject(conflict()))).rejects.toMatchObject({ code: 'busy' });
  });

  it('tells requests apart by method, path and body, not by the order of fields', () => {
    expect(fingerprint('POST', '/a', { x: 1, y: [2] })).toBe(fingerprint('POST', '/a', { y: [2], x: 1 }));
    expect(fingerprint('POST', '/a', { x: 1 })).not.toBe(fingerprint('POST', '/a', { x: 2 }));
    expect(fingerprint('POST', '/a', {})).not.toBe(fingerprint('POST', '/b', {}));
  });
});
