import * as z from 'zod';
import { defineRoute } from '../http/route.ts';
import { isoTime, sha256 } from '../http/schemas.ts';

const id = z.string().meta({ example: '01HZX3V9K2M4N6P8Q0R2S4T6V8' });

const bundle = z
  .object({
    bundleId: id,
    code: z.string().meta({ description: 'The case.' }),
    state: z.enum(['requested', 'ready']),
    withheld: z.number().int().meta({ description: 'Documents of the case that the caller may not read.' }),
    requestedAt: isoTime,
    sha256: sha256.optional(),
    bytes: z.number().int().optional(),
    url: z.string().optional().meta({ description: 'Where to fetch it, for five minutes; ask again for another.' }),
    expiresAt: isoTime.optional(),
  })
  .meta({ id: 'EvidenceBundle' });

export const requestBundle = defineRoute({
  operationId: 'requestEvidenceBundle',
  method: 'POST',
  path: '/api/evidence-bundles',
  tag: 'Evidence',
  summary: 'Ask for all evidence of a case as one file',
  access: 'signed-in',
  body: z.object({ code: z.string().meta({ description: 'Code of a petition, a dispatch or an incoming document.' }) }),
  answer: { status: 202, description: 'It is being made: ask how it stands.', schema: bundle },
  problems: ['not_found', 'forbidden', 'bundle_too_large'],
});

export const getBundle = defineRoute({
  operationId: 'getEvidenceBundle',
  method: 'GET',
  path: '/api/evidence-bundles/{id}',
  tag: 'Evidence',
  summary: 'How a bundle stands, and where to fetch it',
  access: 'signed-in',
  params: z.object({ id: z.string() }),
  answer: {
    status: 200,
    description: 'Kept for a day, for whoever asked for it: a ZIP file that `ba-khong evidence verify` checks.',
    schema: bundle,
  },
  problems: ['not_found'],
});
