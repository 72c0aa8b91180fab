import { readFile } from 'node:fs/promises';
import { type ByteSource, memorySource } from '../../pdf/byte-source.ts';
import { type FileSource, openFileSource } from '../../pdf/file-source.ts';
import { type EpochMs, localDate } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import { type ClassificationMark, marksAt } from '../classification.ts';
import type { DocumentVersion } from '../document.ts';
import type { KeptContent } from '../documents.ts';
import { imageSize } from './image-size.ts';
import { ownerMark } from './request-upload.ts';
import { SNIFFED_BYTES, sniff } from './sniff.ts';
import type { Upload, UploadType } from './upload.ts';
import type { FetchedFile } from './uploads.ts';

/** What intake needs of a PDF engine. */
export interface PdfInspection {
  /**
   * Looks through the whole file.
   * @throws ProblemError `pdf_encrypted`, `pdf_broken`, `pdf_active_content`, `pdf_executable_attachment`, `pdf_xfa`, `pdf_limits`
   */
  inspect(source: ByteSource): Promise<{ readonly pages: number }>;
  /** The first of `marks` that stands in the file as a stamp does; `undefined` when there is none. */
  findMark(source: ByteSource, marks: readonly ClassificationMark[]): Promise<ClassificationMark | undefined>;
  /** A PDF of one page that shows the image. @throws ProblemError `image_broken` */
  pageOf(image: Uint8Array, type: Exclude<UploadType, 'application/pdf'>): Promise<Uint8Array>;
}

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
  pdf: PdfInspection,
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
    return type === 'application/pdf' ? await keepPdf(pdf, file, source, at) : await keepImage(pdf, file, type, at);
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

async function keepPdf(pdf: PdfInspection, file: FetchedFile, source: ByteSource, at: EpochMs): Promise<Inspected> {
  const pages = await inspected(pdf, source, at);
  return { content: { path: file.path, bytes: file.bytes, sha256: file.sha256 }, pages, source: undefined };
}

async function keepImage(
  pdf: PdfInspection,
  file: FetchedFile,
  type: Exclude<UploadType, 'application/pdf'>,
  at: EpochMs,
): Promise<Inspected> {
  const image = await readFile(file.path);
  imageSize(image, type);
  const content = await pdf.pageOf(image, type);
  const pages = await inspected(pdf, memorySource(content), at);
  return { content, pages, source: { type, sha256: file.sha256 } };
}

async function inspected(pdf: PdfInspection, source: ByteSource, at: EpochMs): Promise<number> {
  const { pages } = await pdf.inspect(source);
  if (await pdf.findMark(source, marksAt(localDate(at)))) throw new ProblemError('document_classified');
  return pages;
}
