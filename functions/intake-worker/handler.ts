import { compose } from './compose.ts';
import { intakeWorker } from './worker.ts';

export const handler = intakeWorker(compose(process.env));
