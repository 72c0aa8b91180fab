import * as z from 'zod';
import { issuedView } from '../../lib/verification/issued-view.ts';
import { verificationView } from '../../lib/verification/verification-view.ts';
import { defineRoute } from '../http/route.ts';
import { isoTime } from '../http/schemas.ts';

const tag = 'Verification';

const verification = verificationView.meta({
  id: 'Verification',
  description: 'The report on one file. An invalid signature is a verdict, not an error.',
});
const GIVES =
  'The report: JSON, or a sealed PDF to read for whoever would rather have that (`Accept: application/pdf`). ';

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
    description: `${GIVES}The file is not kept. Larger ones than some 4.5 MB go by \`/api/verify/uploads\`.`,
    schema: verification,
  },
  givesPdf: true,
  problems: ['unsupported_media_type', 'body_too_large', 'report_not_offered', 'signing_key_unavailable'],
});

export const createVerificationUpload = defineRoute({
  operationId: 'createVerificationUpload',
  method: 'POST',
  path: '/api/verify/uploads',
  tag,
  summary: 'Ask for a form to post one large PDF with, to have it verified',
  access: 'public',
  act: 'upload',
  body: z.object({ size: z.number().int().min(1).meta({ description: 'Exact size of the file in bytes.' }) }),
  answer: {
    status: 201,
    description:
      'Post the fields in this order as multipart/form-data to the address, the file last, as `file`; then ask for its report. Whoever knows the id may do so: keep it to yourself.',
    schema: z
      .object({
        id: z.string().meta({ description: '130 random bits.', example: '01HZX3V9K2M4N6P8Q0R2S4T6V8' }),
        url: z.string(),
        fields: z.record(z.string(), z.string()),
        expiresAt: isoTime,
      })
      .meta({ id: 'VerificationUpload' }),
  },
  problems: ['upload_size'],
});

export const verifyUpload = defineRoute({
  operationId: 'verifyUpload',
  method: 'POST',
  path: '/api/verify/uploads/{id}/report',
  tag,
  summary: 'Verify a PDF that was posted',
  access: 'public',
  act: 'verification',
  params: z.object({ id: z.string().max(40) }),
  answer: {
    status: 200,
    description: `${GIVES}The file is deleted with the answer: ask once, for the form that is wanted. What is never asked for goes within two days.`,
    schema: verification,
  },
  givesPdf: true,
  problems: ['not_found', 'document_changed', 'reading_limit', 'report_not_offered', 'signing_key_unavailable'],
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
