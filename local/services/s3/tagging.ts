import { S3Error } from './s3-error.ts';

const MAX_TAGS = 10;

/** Reads `x-amz-tagging` (`a=1&b=2`). Throws `InvalidTag`, `InvalidArgument`. */
export function parseTagHeader(header: string | undefined): Record<string, string> {
  return checkTags(header === undefined ? [] : [...new URLSearchParams(header)]);
}

/** Holds tags to the limits of S3: ten at most, no name twice, 128 and 256 characters. */
export function checkTags(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  if (pairs.length > MAX_TAGS) throw new S3Error('InvalidTag', { message: 'Object tags cannot be greater than 10' });
  const tags: Record<string, string> = {};
  for (const [name, value] of pairs) {
    if (name === '' || name.length > 128 || value.length > 256) throw new S3Error('InvalidTag');
    if (Object.hasOwn(tags, name)) {
      throw new S3Error('InvalidTag', { message: 'Cannot provide multiple Tags with the same key' });
    }
    tags[name] = value;
  }
  return tags;
}
