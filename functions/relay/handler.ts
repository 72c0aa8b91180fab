import { createLog } from '../../lib/platform/log.ts';
import { composeQueues } from '../queue/compose-queues.ts';
import { relay } from './relay.ts';

export const handler = relay({ queues: composeQueues(process.env), log: createLog() });
