import { evidenceApi } from './api.ts';
import { compose } from './compose.ts';

export const handler = evidenceApi(compose(process.env));
