import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readConfig } from '../../../lib/platform/config.ts';

describe('configuration', () => {
  it('names everything that is missing or wrong at once', () => {
    const shape = {
      TABLE_NAME: z.string().min(1),
      MAX_UPLOAD_BYTES: z.coerce.number().int().positive(),
      STAGE: z.string(),
    };
    expect(() => readConfig(shape, { MAX_UPLOAD_BYTES: 'many' })).toThrow(/TABLE_NAME.*MAX_UPLOAD_BYTES.*STAGE/s);
    expect(readConfig(shape, { TABLE_NAME: 't', MAX_UPLOAD_BYTES: '7', STAGE: 'dev' })).toEqual({
      TABLE_NAME: 't',
      MAX_UPLOAD_BYTES: 7,
      STAGE: 'dev',
    });
  });
});
