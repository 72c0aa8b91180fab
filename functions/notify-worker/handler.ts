import { compose } from './compose.ts';
import { notifyWorker } from './worker.ts';

export const handler = notifyWorker(compose(process.env));
