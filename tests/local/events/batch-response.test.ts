import { describe, expect, it } from 'vitest';
import { failuresOf } from '../../../local/events/batch-response.ts';

const IDS = new Set(['a', 'b']);
const ok = (payload: unknown) => ({ ok: true as const, requestId: '1', payload });

describe('the answer to a batch', () => {
  it.each<[string, unknown, 'all' | string[]]>([
    ['nothing', null, []],
    ['no list', {}, []],
    ['an empty list', { batchItemFailures: [] }, []],
    ['one of them', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
    ['one that was not in it', { batchItemFailures: [{ itemIdentifier: 'c' }] }, 'all'],
    ['an empty name', { batchItemFailures: [{ itemIdentifier: '' }] }, 'all'],
    ['no name', { batchItemFailures: [{}] }, 'all'],
    ['no list at all', { batchItemFailures: 'b' }, 'all'],
  ])('that names %s', (_name, payload, failed) => {
    expect(failuresOf(ok(payload), true, IDS)).toEqual(failed === 'all' ? 'all' : new Set(failed));
  });

  it('is not asked for names where the template does not say so', () => {
    expect(failuresOf(ok({ batchItemFailures: [{ itemIdentifier: 'b' }] }), false, IDS)).toEqual(new Set());
  });

  it('fails the whole batch when the function does', () => {
    const error = { errorType: 'Error', errorMessage: 'x' };
    expect(failuresOf({ ok: false, requestId: '1', error }, true, IDS)).toBe('all');
  });
});
