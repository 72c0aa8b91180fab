import * as z from 'zod';
import { unitCode } from '../../lib/directory/unit.ts';
import { classification } from '../../lib/documents/classification.ts';
import { versionKind } from '../../lib/documents/document.ts';
import { uploadType } from '../../lib/documents/uploads/upload.ts';
import { PADES_LEVELS } from '../../lib/signatures/levels/pades-level.ts';
import { defineRoute } from '../http/route.ts';
import { isoTime, sha256 } from '../http/schemas.ts';

const id = z.string().meta({ example: '01HZX3V9K2M4N6P8Q0R2S4T6V8' });

export const createUpload = defineRoute({
  operationId: 'createUpload',
  method: 'POST',
  path: '/api/uploads',
  tag: 'Documents',
  summary: 'Ask for a form to post one file with',
  access: 'signed-in',
  body: z.object({
    contentType: uploadType,
    size: z.number().int().min(1).meta({ description: 'Exact size of the file in bytes.' }),
    sha256: sha256.optional(),
    classification: classification.meta({
      description: 'Level of secrecy. Anything but `none` is refused before there is anywhere to post to.',
    }),
    unit: unitCode.optional().meta({ description: 'The unit in whose name a member of its staff uploads.' }),
  }),
  answer: {
    status: 201,
    description: 'Post the fields in this order as multipart/form-data to the address, the file last, as `file`.',
    schema: z
      .object({ uploadId: id, url: z.string(), fields: z.record(z.string(), z.string()), expiresAt: isoTime })
      .meta({ id: 'UploadForm' }),
  },
  problems: ['document_classified', 'upload_size', 'forbidden'],
});

export const getUpload = defineRoute({
  operationId: 'getUpload',
  method: 'GET',
  path: '/api/uploads/{id}',
  tag: 'Documents',
  summary: 'What has become of an upload',
  access: 'signed-in',
  params: z.object({ id: z.string() }),
  answer: {
    status: 200,
    description: 'The upload; once it is accepted, the document that it has become.',
    schema: z
      .object({
        uploadId: id,
        status: z.enum(['awaiting', 'checking', 'accepted', 'refused', 'expired']),
        documentId: id.optional(),
        sha256: sha256.optional(),
        bytes: z.number().int().optional(),
        pages: z.number().int().optional(),
        problem: z.object({ code: z.string(), title: z.string(), titleVi: z.string() }).optional(),
        expiresAt: isoTime,
      })
      .meta({ id: 'Upload' }),
  },
  problems: ['not_found'],
});

const padesLevel = z.enum(PADES_LEVELS);
const version = z
  .object({
    n: z.number().int(),
    kind: versionKind,
    sha256,
    bytes: z.number().int(),
    pages: z.number().int(),
    at: isoTime,
    level: z.object({ reached: padesLevel, wanted: padesLevel }).optional().meta({
      description: 'PAdES level of its signatures; below what is wanted, it is raised by itself in a later version.',
    }),
  })
  .meta({ id: 'DocumentVersion' });

export const getDocument = defineRoute({
  operationId: 'getDocument',
  method: 'GET',
  path: '/api/documents/{id}',
  tag: 'Documents',
  summary: 'A document and its versions',
  access: 'signed-in',
  params: z.object({ id: z.string() }),
  answer: {
    status: 200,
    description: 'The document.',
    schema: z
      .object({
        documentId: id,
        unit: unitCode.optional(),
        caseId: z.string().optional(),
        versions: z.array(version),
        createdAt: isoTime,
      })
      .meta({ id: 'Document' }),
  },
  problems: ['not_found'],
});

export const getContent = defineRoute({
  operationId: 'getDocumentContent',
  method: 'GET',
  path: '/api/documents/{id}/versions/{n}/content',
  tag: 'Documents',
  summary: 'An address to fetch one version from',
  access: 'signed-in',
  params: z.object({ id: z.string(), n: z.coerce.number().int().min(1).max(1000) }),
  answer: {
    status: 200,
    description: 'The address holds for five minutes; what it gives hashes to `sha256`.',
    schema: z
      .object({ url: z.string(), sha256, bytes: z.number().int(), expiresAt: isoTime })
      .meta({ id: 'DocumentContent' }),
  },
  problems: ['not_found'],
});
