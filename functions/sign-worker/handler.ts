import { compose } from './compose.ts';
import { signWorker } from './worker.ts';

export const handler = signWorker(compose(process.env));
