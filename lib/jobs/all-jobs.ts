import { BUNDLE_JOBS } from '../bundles/bundle-jobs.ts';
import { UPLOAD_JOBS } from '../documents/uploads/upload-jobs.ts';
import type { CaseEvent } from '../evidence/case-event.ts';
import { EXCHANGE_JOBS } from '../exchange/exchange-jobs.ts';
import { PETITION_JOBS } from '../petitions/petition-jobs.ts';
import type { Job } from './job.ts';
import { type JobTable, jobsFrom } from './job-table.ts';

const ALL: JobTable = { ...PETITION_JOBS, ...EXCHANGE_JOBS, ...UPLOAD_JOBS, ...BUNDLE_JOBS };

/** Every job that an event causes, whichever capability it belongs to. */
export function jobsOf(event: CaseEvent): Job[] {
  return jobsFrom(ALL, event);
}
