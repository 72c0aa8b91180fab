import { decodeKey } from './operation.ts';
import { S3Error } from './s3-error.ts';

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  /** `null`: the current version. */
  readonly versionId: string | null;
}

/** Reads `x-amz-copy-source`: `[/]bucket/key[?versionId=id]`, percent-encoded. Throws `InvalidArgument`. */
export function parseCopySource(headers: Readonly<Record<string, string>>): CopySource {
  const header = headers['x-amz-copy-source'] ?? '';
  const at = header.lastIndexOf('?versionId=');
  const path = (at < 0 ? header : header.slice(0, at)).replace(/^\//, '').replace(/^([^/]*)%2F/i, '$1/');
  const slash = path.indexOf('/');
  if (slash < 1 || slash === path.length - 1) {
    throw new S3Error('InvalidArgument', {
      message: 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      fields: { ArgumentName: 'x-amz-copy-source' },
    });
  }
  const versionId = at < 0 ? null : header.slice(at + '?versionId='.length);
  return { bucket: path.slice(0, slash), key: decodeKey(path.slice(slash + 1).replaceAll('+', ' ')), versionId };
}
