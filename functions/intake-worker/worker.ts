import { readArrivals } from '../../lib/documents/uploads/arrival.ts';
import { receiveUpload } from '../../lib/documents/uploads/receive-upload.ts';
import { queueWorker } from '../queue/worker.ts';
import type { IntakeWorkerDeps } from './compose.ts';

const DONE = {
  accepted: 'upload.accepted',
  refused: 'upload.refused',
  unasked: 'upload.discarded',
  surplus: 'upload.discarded',
  repeated: 'job.repeated',
} as const;

export function intakeWorker(deps: IntakeWorkerDeps) {
  return queueWorker(deps.log, async ({ body }) => {
    for (const arrival of readArrivals(body)) {
      const received = await receiveUpload(deps, arrival);
      const code = received.outcome === 'refused' ? received.code : undefined;
      deps.log.event(DONE[received.outcome], { upload: arrival.uploadId, outcome: received.outcome, code });
    }
  });
}
