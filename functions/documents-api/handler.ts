import { documentsApi } from './api.ts';
import { compose } from './compose.ts';

export const handler = documentsApi(compose(process.env));
