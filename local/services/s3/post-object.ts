import { pipeline, Transform } from 'node:stream';
import type { AwsResponse } from '../../gateway/service.ts';
import { announcedChecksum } from './checksums.ts';
import type { S3Call, S3Handler } from './context.ts';
import { MAX_SINGLE_UPLOAD } from './data-files.ts';
import { readAttributes, writtenHeaders } from './object-headers.ts';
import { formHeaders, formKey } from './post-form.ts';
import { checkPolicy, type SizeRange } from './post-policy.ts';
import { S3Error } from './s3-error.ts';
import type { ObjectVersion } from './version-record.ts';
import { writeVersion } from './write-version.ts';
import { element, xmlDocument } from './xml.ts';

/** Stores the file of a browser form that its policy allows ("POST Object"). */
export const postObject: S3Handler = async (call) => {
  const { context, request, bucket } = call;
  const { form } = request;
  if (!form) throw new S3Error('MethodNotAllowed', { fields: { Method: 'POST' } });
  const key = formKey(form);
  const range = checkPolicy(form, bucket.name, context.clock.now());
  const headers = formHeaders(form);
  const attributes = readAttributes(headers, bucket, context.clock.now());
  const checksum = announcedChecksum(headers);
  const algorithm = checksum?.algorithm ?? 'CRC64NVME';
  const file = await bucket.data.write(
    pipeline(request.body, sized(range), () => {}),
    algorithm,
  );
  try {
    if (file.size < (range?.min ?? 0)) {
      const fields = { ProposedSize: String(file.size), MinSizeAllowed: String(range?.min) };
      throw new S3Error('EntityTooSmall', { fields });
    }
    if (checksum?.value !== undefined && checksum.value !== file.checksum) throw new S3Error('BadDigest');
    const version = await writeVersion(context, bucket, {
      key,
      attributes,
      conditions: {},
      event: 'ObjectCreated:Post',
      content: {
        size: file.size,
        etag: file.md5,
        segments: [file.segment],
        checksum: { algorithm, value: file.checksum ?? '', type: 'FULL_OBJECT' },
      },
    });
    return answer(call, version, form.fields);
  } catch (error) {
    await bucket.data.remove([file.segment]);
    throw error;
  }
};

/** Breaks off as soon as more comes than the policy allows. */
function sized(range: SizeRange | undefined): Transform {
  const max = Math.min(range?.max ?? MAX_SINGLE_UPLOAD, MAX_SINGLE_UPLOAD);
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      const fields = { ProposedSize: String(size), MaxSizeAllowed: String(max) };
      done(size > max ? new S3Error('EntityTooLarge', { fields }) : null, chunk);
    },
  });
}

/** 204 unless the form asks for 200, 201 with a document, or a redirect. */
function answer(call: S3Call, version: ObjectVersion, fields: ReadonlyMap<string, string>): AwsResponse {
  const { bucket } = call;
  const location = `/${bucket.name}/${encodeURIComponent(version.key)}`;
  const headers = { ...writtenHeaders(bucket, version), location };
  const redirect = fields.get('success_action_redirect');
  if (redirect !== undefined && URL.canParse(redirect)) {
    const url = new URL(redirect);
    url.searchParams.set('bucket', bucket.name);
    url.searchParams.set('key', version.key);
    url.searchParams.set('etag', `"${version.etag}"`);
    return { status: 303, headers: { ...headers, location: url.href } };
  }
  const status = fields.get('success_action_status');
  if (status === '200') return { status: 200, headers };
  if (status !== '201') return { status: 204, headers };
  const body = xmlDocument(
    element('PostResponse', [
      element('Location', location),
      element('Bucket', bucket.name),
      element('Key', version.key),
      element('ETag', `"${version.etag}"`),
    ]),
  );
  return { status: 201, headers: { ...headers, 'content-type': 'application/xml' }, body };
}
