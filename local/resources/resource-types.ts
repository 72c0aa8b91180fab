import type { ResourceTypes } from '../assembly/resource-type.ts';
import { bucketTypes } from './buckets.ts';
import { dataTypes } from './data.ts';
import { eventSourceTypes } from './event-sources.ts';
import { functionTypes } from './functions.ts';
import { httpApiTypes } from './http-api.ts';
import { INERT_TYPES } from './inert.ts';
import type { Laptop } from './laptop.ts';
import { mailTypes } from './mail.ts';
import { queueTypes } from './queues.ts';
import { roleTypes } from './roles.ts';
import { signInTypes } from './sign-in.ts';

/** The whole table of what the laptop knows: a type that is not in it stops the start. */
export function resourceTypes(laptop: Laptop): ResourceTypes {
  return {
    ...INERT_TYPES,
    ...roleTypes(laptop),
    ...functionTypes(laptop),
    ...httpApiTypes(laptop),
    ...queueTypes(laptop),
    ...bucketTypes(laptop),
    ...dataTypes(laptop),
    ...eventSourceTypes(laptop),
    ...signInTypes(laptop),
    ...mailTypes(laptop),
  };
}
