import * as z from 'zod';
import type { Reason } from '../signatures/validation/reasons.ts';

/** Parts that the views on verdicts share. */

export const time = z.string().meta({ description: 'ISO 8601 with +07:00.', example: '2026-03-09T08:15:00+07:00' });
export const utc = z.string().meta({ description: 'ISO 8601, UTC.', example: '2026-03-09T01:15:00.000Z' });
export const hash = z.string().meta({ description: 'SHA-256, lower-case hex.' });
export const sentence = z
  .object({ vi: z.string(), en: z.string() })
  .meta({ description: 'For people, in both languages.' });
export const status = z.enum(['TOTAL_PASSED', 'INDETERMINATE', 'TOTAL_FAILED']);
export const subIndication = z.string().optional().meta({ description: 'EN 319 102-1 §5.1.3, of the worst reason.' });
export const reasons = z.array(
  z.object({
    code: z.string().meta({ description: 'Stays the same from version to version.', example: 'digest_mismatch' }),
    vi: z.string(),
    en: z.string(),
    detail: z.string().optional().meta({ description: 'An object or a place in the file, never its content.' }),
  }),
);

export function viewReason({ code, vi, en, detail }: Reason) {
  return { code, vi, en, ...(detail === undefined ? {} : { detail }) };
}
