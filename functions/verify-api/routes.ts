import * as z from 'zod';
import { issuedView, verificationView } from '../../lib/verification/verification-view.ts';
import { defineRoute } from '../http/route.ts';

const tag = 'Verification';

export const verifyFile = defineRoute({
  operationId: 'verifyFile',
  method: 'POST',
  path: '/api/verify',
  tag,
  summary: 'Verify a PDF: its signatures, and whether it was issued here',
  access: 'public',
  act: 'verification',
  bodyType: 'application/pdf',
  answer: {
    status: 200,
    description: 'The verdict; an invalid signature is a verdict, not an error. The file is not kept.',
    schema: verificationView.meta({ id: 'Verification' }),
  },
  problems: ['unsupported_media_type', 'body_too_large'],
});

export const findIssued = defineRoute({
  operationId: 'findIssued',
  method: 'GET',
  path: '/api/verify/{code}',
  tag,
  summary: 'What was issued under a code',
  access: 'public',
  params: z.object({ code: z.string().max(40).meta({ example: 'PA-7K3M-9QXD-4' }) }),
  answer: {
    status: 200,
    description: 'Agency, number, date, signers and hash; nothing of the citizen.',
    schema: z.object({ items: z.array(issuedView.meta({ id: 'Issued' })) }),
  },
  problems: ['not_found'],
});
