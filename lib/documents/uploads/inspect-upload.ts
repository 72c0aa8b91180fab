import { readFile } from 'node:fs/promises';
import { imageToPdf } from '../../pdf/author/image-to-pdf.ts';
import { type ByteSource, memorySource } from '../../pdf/byte-source.ts';
import { openPdf } from '../../pdf/document.ts';
import { type FileSource, openFileSource } from '../../pdf/file-source.ts';
import { INTAKE_LIMITS, inspectPdf } from '../../pdf/inspect.ts';
import { findClassificationMark } from '../../pdf/text/classification-mark.ts';
import { type EpochMs, localDate } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import { marksAt } from '../classification.ts';
import type { DocumentVersion } from '../document.ts';
import type { KeptContent } from '../documents.ts';
import { ownerMark } from './request-upload.ts';
import { SNIFFED_BYTES, sniff } from './sniff.ts';
import type { Upload, UploadType } from './upload.ts';
import type { FetchedFile } from './uploads.ts';

type ImageType = Exclude<UploadType, 'application/pdf'>;

/** A file that may be kept. */
export interface Inspected {
  readonly content: KeptContent;
  readonly pages: number;
  readonly source: DocumentVersion['source'];
}

/**
 * Decides whether a posted file may be kept: it is the owner's, has the declared size, hash and type by its content, is a
 * whole PDF without anything that acts, and bears no stamp of secrecy. Images become PDF pages first.
 * @throws ProblemError with the code that the upload is refused with
 */
export async function inspectUpload(
  upload: Pick<Upload, 'owner' | 'declared'>,
  file: FetchedFile,
  at: EpochMs,
): Promise<Inspected> {
  const { declared } = upload;
  if (file.bytes === 0) throw new ProblemError('upload_size');
  if (file.ownerMark !== ownerMark(upload.owner)) throw mismatch('owner');
  if (file.bytes !== declared.bytes) throw mismatch('bytes');
  if (declared.sha256 !== undefined && file.sha256 !== declared.sha256) throw mismatch('sha256');
  const source = await openFileSource(file.path);
  try {
    const type = await sniffed(source);
    if (type !== declared.type) throw mismatch('type');
    return type === 'application/pdf' ? await keepPdf(file, source, at) : await keepImage(file, type, at);
  } finally {
    await source.close();
  }
}

function mismatch(field: string): ProblemError {
  return new ProblemError('upload_content_mismatch', { field });
}

async function sniffed(source: FileSource): Promise<UploadType> {
  const type = sniff(await source.read(0, Math.min(SNIFFED_BYTES, source.length)));
  if (!type) throw new ProblemError('upload_type');
  return type;
}

async function keepPdf(file: FetchedFile, source: ByteSource, at: EpochMs): Promise<Inspected> {
  const pages = await inspectedPages(source, at);
  return { content: { path: file.path, bytes: file.bytes, sha256: file.sha256 }, pages, source: undefined };
}

async function keepImage(file: FetchedFile, type: ImageType, at: EpochMs): Promise<Inspected> {
  const content = await imageToPdf(await readFile(file.path));
  const pages = await inspectedPages(memorySource(content), at);
  return { content, pages, source: { type, sha256: file.sha256 } };
}

async function inspectedPages(source: ByteSource, at: EpochMs): Promise<number> {
  const { pages } = await inspectPdf(source);
  const mark = await findClassificationMark(await openPdf(source, INTAKE_LIMITS), marksAt(localDate(at)));
  if (mark !== undefined) throw new ProblemError('document_classified');
  return pages;
}
