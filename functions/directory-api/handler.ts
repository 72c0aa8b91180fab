import { directoryApi } from './api.ts';
import { compose } from './compose.ts';

export const handler = directoryApi(compose(process.env));
