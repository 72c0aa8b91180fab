import { petitionsApi } from './api.ts';
import { compose } from './compose.ts';

export const handler = petitionsApi(compose(process.env));
