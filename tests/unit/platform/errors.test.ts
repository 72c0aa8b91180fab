import { describe, expect, it } from 'vitest';
import { isProblem, ProblemError, problemDetails } from '../../../lib/platform/errors.ts';
import { CATALOG } from '../../../lib/platform/errors-catalog.ts';

describe('the error catalogue', () => {
  it('gives every code a status and a sentence in both languages', () => {
    for (const [code, entry] of Object.entries(CATALOG)) {
      expect(code).toMatch(/^[a-z][a-z0-9_]+$/);
      expect(entry.status, code).toBeGreaterThanOrEqual(400);
      expect(entry.status, code).toBeLessThan(600);
      expect(entry.vi, code).toMatch(/\.$/);
      expect(entry.en, code).toMatch(/\.$/);
    }
  });

  it('makes an RFC 9457 body', () => {
    const error = new ProblemError('invalid_field', { field: 'size', detail: 'At least 1.' });
    expect(problemDetails(error, 'urn:request:1')).toEqual({
      type: 'urn:ba-khong:problem:invalid_field',
      title: CATALOG.invalid_field.en,
      titleVi: CATALOG.invalid_field.vi,
      status: 422,
      code: 'invalid_field',
      field: 'size',
      detail: 'At least 1.',
      instance: 'urn:request:1',
    });
    expect(isProblem(error, 'forbidden')).toBe(false);
    expect(isProblem(error, 'forbidden', 'invalid_field')).toBe(true);
  });
});
