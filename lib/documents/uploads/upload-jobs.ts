import { personId } from '../../directory/person.ts';
import type { CaseEvent } from '../../evidence/case-event.ts';
import { type JobTable, tellPerson } from '../../jobs/job-table.ts';

/** What follows from the events of an upload: its owner is told when it was refused. */
export const UPLOAD_JOBS: JobTable = {
  'upload.refused': (event: CaseEvent) => [
    tellPerson('upload.refused', personId.parse(event.data.owner), {
      upload: event.caseId,
      problem: String(event.data.code),
    }),
  ],
};
