import * as z from 'zod';
import { personPlacement as storedPlacement } from '../../lib/cases/signature-placement.ts';
import { signingAlgorithm } from '../../lib/directory/certificates.ts';
import type { Code } from '../../lib/platform/errors.ts';
import { dispatch, shownRevision } from '../dispatches-api/routes.ts';
import { defineRoute } from '../http/route.ts';
import { isoTime, sha256 } from '../http/schemas.ts';
import { petition } from '../petitions-api/routes.ts';
import { personPlacement, places, sealPlacement } from './placement.ts';

const tag = 'Signing with a key of one’s own';
const params = z.object({
  code: z.string().max(40).meta({ description: 'Code of the case.', example: 'PA-7K3M-9QXD-4' }),
});

const COMMON: readonly Code[] = [
  'not_found',
  'forbidden',
  'invalid_state',
  'document_changed',
  'signer_not_competent',
  'signer_without_certificate',
  'signing_key_not_with_holder',
  'certificate_expired',
  'certificate_not_yet_valid',
  'certificate_key_usage',
  'certificate_key_mismatch',
];
/** A place that somebody asks for is found on the file, which is read for it. */
const PLACING: readonly Code[] = ['pdf_placement', 'pdf_anchor_not_found', 'pdf_broken', 'pdf_encrypted', 'pdf_limits'];
const PREPARING: readonly Code[] = [
  ...COMMON,
  ...PLACING,
  'signing_sessions_open',
  'pdf_xfa',
  'pdf_certified_no_changes',
  'pdf_field_locked',
];
const SIGNING: readonly Code[] = [
  'not_found',
  'forbidden',
  'invalid_state',
  'document_changed',
  'unit_ended',
  'signer_not_competent',
  'signer_without_certificate',
  'signing_key_with_holder',
  'certificate_expired',
  ...PLACING,
];
const ISSUING: readonly Code[] = [
  'not_found',
  'forbidden',
  'invalid_state',
  'unit_ended',
  'unit_without_seal',
  'certificate_expired',
  'document_changed',
  ...PLACING,
];
const COMPLETING: readonly Code[] = [
  ...COMMON,
  'signature_mismatch',
  'signing_session_expired',
  'signing_session_used',
  'signing_session_other_person',
  'signing_session_outdated',
];

const prepared = z
  .object({
    session: z.string().meta({ description: 'To be handed in with the signature, once.' }),
    expiresAt: isoTime,
    document: z.object({ sha256 }).meta({ description: 'The version that will be signed.' }),
    signingTime: isoTime.meta({ description: 'As it will stand in the file.' }),
    algorithm: signingAlgorithm,
    message: z.base64().meta({ description: 'What to sign: the signed attributes in DER (RFC 5652 §5.4).' }),
    timestampBytes: z
      .number()
      .int()
      .meta({ description: 'Octets that are kept free in the signature for a timestamp.' }),
    digest: z.base64().meta({ description: 'Hash of `message`, for keys that sign digests.' }),
    certificate: z.base64().meta({ description: 'The certificate that the signature will be checked with, DER.' }),
    chain: z.array(z.base64()).meta({ description: 'Those of its issuers that will stand in the file as well, DER.' }),
    shown: z
      .object({
        name: z.string(),
        title: z.array(z.string()),
        location: z.string(),
        placed: storedPlacement
          .optional()
          .meta({ description: 'Where it was asked for, in points; page 0 is the first.' }),
        image: sha256.optional().meta({ description: 'The leader’s own image that will stand in it.' }),
      })
      .meta({
        description:
          'What the signature will show: with it, the image, the room for a timestamp and the document `message` can be made again.',
      }),
  })
  .meta({ id: 'PreparedSignature' });

const preparing = {
  method: 'POST',
  tag,
  access: 'signed-in',
  params,
  answer: { status: 201, description: 'What to sign within ten minutes.', schema: prepared },
  problems: PREPARING,
} as const;

const completing = {
  method: 'POST',
  tag,
  access: 'signed-in',
  params,
  body: z.strictObject({
    session: z.string().max(40),
    signature: z.base64().max(2000).meta({ description: 'RSA: the block. ECDSA: by `format`.' }),
    format: z
      .enum(['der', 'p1363'])
      .default('der')
      .meta({ description: 'ECDSA: ECDSA-Sig-Value in DER, or r and s one after the other as WebCrypto makes them.' }),
  }),
  problems: COMPLETING,
} as const;

export const prepareAnswerSignature = defineRoute({
  ...preparing,
  operationId: 'prepareAnswerSignature',
  path: '/api/petitions/{code}/answer/signing/prepare',
  body: z.strictObject({ sha256, placement: personPlacement }),
  summary: 'What the leader is to sign with a key of their own: exactly these bytes',
});

export const completeAnswerSignature = defineRoute({
  ...completing,
  operationId: 'completeAnswerSignature',
  path: '/api/petitions/{code}/answer/signing/complete',
  summary: 'Approve the answer with the signature that was made over what was prepared',
  answer: { status: 200, description: 'The petition as it is now.', schema: petition },
});

export const prepareDispatchSignature = defineRoute({
  ...preparing,
  operationId: 'prepareDispatchSignature',
  path: '/api/dispatches/{code}/signing/prepare',
  body: z.strictObject({ sha256, revision: shownRevision, placement: personPlacement }),
  summary: 'What the leader is to sign with a key of their own: exactly these bytes, to the recipients that were shown',
});

export const completeDispatchSignature = defineRoute({
  ...completing,
  operationId: 'completeDispatchSignature',
  path: '/api/dispatches/{code}/signing/complete',
  summary: 'Approve the dispatch with the signature that was made over what was prepared',
  answer: { status: 200, description: 'The dispatch as it is now.', schema: dispatch },
});

const ofAnswer = { tag: 'Petitions', access: 'signed-in', params } as const;
const answerNow = { status: 200, description: 'The petition as it is now.', schema: petition };

export const signAnswer = defineRoute({
  ...ofAnswer,
  operationId: 'signAnswer',
  method: 'POST',
  path: '/api/petitions/{code}/answer/sign',
  summary: 'Approve and sign exactly these bytes',
  body: z.strictObject({ sha256, placement: personPlacement }),
  answer: answerNow,
  problems: SIGNING,
});

export const issueAnswer = defineRoute({
  ...ofAnswer,
  operationId: 'issueAnswer',
  method: 'POST',
  path: '/api/petitions/{code}/answer/issue',
  summary: 'Number and seal the signed answer',
  body: z.strictObject({ placement: sealPlacement }),
  answer: answerNow,
  problems: ISSUING,
});

const ofDispatch = { tag: 'Dispatches', access: 'signed-in', params } as const;
const dispatchNow = { status: 200, description: 'The dispatch as it is now.', schema: dispatch };

export const signDispatch = defineRoute({
  ...ofDispatch,
  operationId: 'signDispatch',
  method: 'POST',
  path: '/api/dispatches/{code}/sign',
  summary: 'Approve and sign exactly these bytes, to the recipients that were shown',
  body: z.strictObject({ sha256, revision: shownRevision, placement: personPlacement }),
  answer: dispatchNow,
  problems: SIGNING,
});

export const issueDispatch = defineRoute({
  ...ofDispatch,
  operationId: 'issueDispatch',
  method: 'POST',
  path: '/api/dispatches/{code}/issue',
  summary: 'Number, seal and send the signed dispatch',
  body: z.strictObject({ placement: sealPlacement }),
  answer: dispatchNow,
  problems: ISSUING,
});

const reading = {
  method: 'GET',
  summary: 'Where signature and seal would stand by themselves: for the leader, then for the clerk',
  answer: { status: 200, description: 'On the version that is signed next.', schema: places },
  problems: ['not_found', 'forbidden', 'invalid_state', 'signer_not_competent', 'document_changed', ...PLACING],
} as const;

export const getAnswerPlaces = defineRoute({
  ...ofAnswer,
  ...reading,
  operationId: 'getAnswerPlaces',
  path: '/api/petitions/{code}/answer/signing/places',
});

export const getDispatchPlaces = defineRoute({
  ...ofDispatch,
  ...reading,
  operationId: 'getDispatchPlaces',
  path: '/api/dispatches/{code}/signing/places',
});
