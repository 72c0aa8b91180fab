import * as z from 'zod';
import type { EpochMs } from '../lib/platform/clock.ts';
import { UsageError } from './command.ts';

/** The value of `--at`: ISO 8601 with an offset. @throws UsageError */
export function timeOf(text: string): EpochMs {
  const time = z.iso.datetime({ offset: true }).safeParse(text);
  if (!time.success)
    throw new UsageError('--at: cần dạng 2026-03-09T08:15:00+07:00.', '--at: write 2026-03-09T08:15:00+07:00.');
  return Date.parse(text);
}
