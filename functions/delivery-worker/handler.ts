import { compose } from './compose.ts';
import { deliveryWorker } from './worker.ts';

export const handler = deliveryWorker(compose(process.env));
