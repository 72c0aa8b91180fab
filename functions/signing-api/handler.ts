import { signingApi } from './api.ts';
import { compose } from './compose.ts';

export const handler = signingApi(compose(process.env));
