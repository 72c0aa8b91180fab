import type { Document, DocumentVersion } from '../../lib/documents/document.ts';
import type { Download } from '../../lib/documents/read-document.ts';
import { expired } from '../../lib/documents/uploads/read-upload.ts';
import type { RequestedUpload } from '../../lib/documents/uploads/request-upload.ts';
import type { Upload } from '../../lib/documents/uploads/upload.ts';
import { type EpochMs, formatIso } from '../../lib/platform/clock.ts';
import type { Code } from '../../lib/platform/errors.ts';
import { CATALOG } from '../../lib/platform/errors-catalog.ts';

export function formView({ upload, form }: RequestedUpload) {
  return { uploadId: upload.id, url: form.url, fields: { ...form.fields }, expiresAt: formatIso(upload.expiresAt) };
}

export function uploadView(upload: Upload, at: EpochMs) {
  const common = { uploadId: upload.id, expiresAt: formatIso(upload.expiresAt) };
  if (expired(upload, at)) return { ...common, status: 'expired' as const, problem: problem('upload_expired') };
  if (upload.state === 'refused') return { ...common, status: upload.state, problem: problem(upload.code) };
  if (upload.state !== 'accepted') return { ...common, status: upload.state };
  const { documentId, sha256, bytes, pages, state: status } = upload;
  return { ...common, status, documentId, sha256, bytes, pages };
}

function problem(code: Code) {
  return { code, title: CATALOG[code].en, titleVi: CATALOG[code].vi };
}

export function documentView(document: Document) {
  return {
    documentId: document.id,
    unit: document.unit,
    caseId: document.caseId,
    versions: document.versions.map(versionView),
    createdAt: formatIso(document.createdAt),
  };
}

function versionView({ n, kind, sha256, bytes, pages, at, level }: DocumentVersion) {
  const shown = { n, kind, sha256, bytes, pages, at: formatIso(at) };
  return level ? { ...shown, level: { reached: level.reached, wanted: level.wanted } } : shown;
}

export function contentView({ version, url, expiresAt }: Download) {
  return { url, sha256: version.sha256, bytes: version.bytes, expiresAt: formatIso(expiresAt) };
}
