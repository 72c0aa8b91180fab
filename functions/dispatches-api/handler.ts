import { dispatchesApi } from './api.ts';
import { compose } from './compose.ts';

export const handler = dispatchesApi(compose(process.env));
