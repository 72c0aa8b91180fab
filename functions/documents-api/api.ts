import { downloadVersion, readDocument } from '../../lib/documents/read-document.ts';
import { readUpload } from '../../lib/documents/uploads/read-upload.ts';
import { requestUpload } from '../../lib/documents/uploads/request-upload.ts';
import { api } from '../http/api.ts';
import { bind } from '../http/route.ts';
import { stamped } from '../http/stamped.ts';
import type { DocumentsApiDeps } from './compose.ts';
import { createUpload, getContent, getDocument, getUpload } from './routes.ts';
import { contentView, documentView, formView, uploadView } from './views.ts';

export function documentsApi(deps: DocumentsApiDeps) {
  return api(deps, [
    bind(createUpload, async (call) => {
      const { contentType, size, ...rest } = call.body;
      const request = { ...rest, type: contentType, bytes: size };
      const keep = stamped(deps.requests, createUpload, call, formView);
      return formView(await requestUpload(deps, call.actor, request, call.at, keep));
    }),
    bind(getUpload, async ({ actor, params, at }) => uploadView(await readUpload(deps, actor, params.id, at), at)),
    bind(getDocument, async ({ actor, params, at }) => documentView(await readDocument(deps, actor, params.id, at))),
    bind(getContent, async ({ actor, params, at }) =>
      contentView(await downloadVersion(deps, actor, params.id, params.n, at)),
    ),
  ]);
}
