import type { JobTable } from '../jobs/job-table.ts';

/** What follows from the events of an evidence bundle. */
export const BUNDLE_JOBS: JobTable = { 'bundle.requested': () => [{ job: 'export-evidence' }] };
