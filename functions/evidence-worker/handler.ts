import { compose } from './compose.ts';
import { evidenceWorker } from './worker.ts';

export const handler = evidenceWorker(compose(process.env));
