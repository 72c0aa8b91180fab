import openApi from '../../docs/api/openapi.json' with { type: 'json' };
import { serviceApi } from './api.ts';
import { compose } from './compose.ts';

export const handler = serviceApi({ ...compose(process.env), openApi });
