import * as z from 'zod';

/** A time as people read it: ISO 8601 with its offset. */
export const isoTime = z.string().meta({ example: '2026-03-09T08:15:00+07:00' });

/** Lower-case hexadecimal SHA-256. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'SHA-256, lower-case hex.' });

/** Page of a list; `cursor` is what the page before gave. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(2000).optional(),
});

export const cursor = z.string().optional().meta({ description: 'Asks for the next page; absent on the last.' });
