import * as z from 'zod';
import openApi from '../../docs/api/openapi.json' with { type: 'json' };
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';
import { serviceApi } from './api.ts';

const config = readConfig({ [ENV.stage]: z.string().min(1) }, process.env);

export const handler = serviceApi({ clock: systemClock, log: createLog(), stage: config.STAGE, openApi });
