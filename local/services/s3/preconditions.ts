import { S3Error } from './s3-error.ts';
import type { ObjectVersion } from './version-record.ts';

type Headers = Readonly<Record<string, string>>;
type Validators = Pick<ObjectVersion, 'etag' | 'lastModified'>;

/** Verdict on the conditions of a GET or HEAD. */
export type ReadVerdict = 'proceed' | 'not-modified';

/** RFC 9110 §13.2.2, as S3 applies it. Throws `PreconditionFailed`. */
export function checkRead(headers: Headers, version: Validators): ReadVerdict {
  const match = headers['if-match'];
  if (match !== undefined) {
    if (!listsEtag(match, version.etag)) throw failed('If-Match');
  } else if (modifiedAfter(version, headers['if-unmodified-since'])) throw failed('If-Unmodified-Since');

  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) return listsEtag(noneMatch, version.etag) ? 'not-modified' : 'proceed';
  return notModifiedSince(version, headers['if-modified-since']) ? 'not-modified' : 'proceed';
}

/** Conditions on the source of a copy (`x-amz-copy-source-if-…`). Throws `PreconditionFailed`. */
export function checkCopySource(headers: Headers, version: Validators): void {
  const match = headers['x-amz-copy-source-if-match'];
  if (match !== undefined) {
    if (!listsEtag(match, version.etag)) throw failed('x-amz-copy-source-If-Match');
  } else if (modifiedAfter(version, headers['x-amz-copy-source-if-unmodified-since'])) {
    throw failed('x-amz-copy-source-If-Unmodified-Since');
  }
  const noneMatch = headers['x-amz-copy-source-if-none-match'];
  if (noneMatch !== undefined) {
    if (listsEtag(noneMatch, version.etag)) throw failed('x-amz-copy-source-If-None-Match');
  } else if (notModifiedSince(version, headers['x-amz-copy-source-if-modified-since'])) {
    throw failed('x-amz-copy-source-If-Modified-Since');
  }
}

/** Conditions of a write against what the key holds now. Throws `PreconditionFailed`, `NoSuchKey`, `NotImplemented`. */
export function checkWrite(headers: Headers, current: Validators | undefined): void {
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) {
    if (noneMatch !== '*') throw new S3Error('NotImplemented', { fields: { Header: 'If-None-Match' } });
    if (current) throw failed('If-None-Match');
  }
  const match = headers['if-match'];
  if (match === undefined) return;
  if (!current) throw new S3Error('NoSuchKey');
  if (!listsEtag(match, current.etag)) throw failed('If-Match');
}

function failed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', { fields: { Condition: condition } });
}

function listsEtag(list: string, etag: string): boolean {
  return list.split(',').some((item) => {
    const tag = item
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    return tag === '*' || tag === etag;
  });
}

/** HTTP dates have whole seconds. */
function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function modifiedAfter(version: Validators, date: string | undefined): boolean {
  const at = Date.parse(date ?? '');
  return !Number.isNaN(at) && seconds(version.lastModified) > seconds(at);
}

function notModifiedSince(version: Validators, date: string | undefined): boolean {
  const at = Date.parse(date ?? '');
  return !Number.isNaN(at) && seconds(version.lastModified) <= seconds(at);
}
