import { createHash } from 'node:crypto';
import type { ApiClient } from './client.ts';

export interface Upload {
  readonly uploadId: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What the service says about an upload. */
export interface UploadState {
  readonly status: 'awaiting' | 'checking' | 'accepted' | 'refused';
  readonly documentId?: string;
  readonly problem?: { readonly code: string; readonly title: string; readonly titleVi: string };
}

export interface FileToSend {
  readonly bytes: Uint8Array;
  readonly contentType: 'application/pdf' | 'image/jpeg' | 'image/png';
}

/**
 * Asks for an upload (for `unit`, where staff upload in its name) and posts the file as a browser does. Answers the
 * upload's id, to be looked at once it was checked.
 */
export async function sendFile(client: ApiClient, file: FileToSend, unit?: string): Promise<string> {
  const upload = await client.post<Upload>('/api/uploads', {
    contentType: file.contentType,
    size: file.bytes.length,
    sha256: createHash('sha256').update(file.bytes).digest('hex'),
    classification: 'none',
    ...(unit === undefined ? {} : { unit }),
  });
  await postForm(upload, new Blob([file.bytes as Uint8Array<ArrayBuffer>], { type: file.contentType }));
  return upload.uploadId;
}

/** Posts a file to the address that an upload was given. @throws Error when it is not taken */
export async function postForm({ url, fields }: Pick<Upload, 'url' | 'fields'>, file: Blob): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', file, 'file');
  const answer = await fetch(url, { method: 'POST', body: form });
  if (!answer.ok) throw new Error(`The upload was not taken: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
}
