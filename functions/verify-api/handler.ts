import { verifyApi } from './api.ts';
import { compose } from './compose.ts';

export const handler = verifyApi(compose(process.env));
