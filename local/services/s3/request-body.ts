import { createHash } from 'node:crypto';
import type { AwsRequest } from '../../gateway/service.ts';
import { announcedChecksum, checksumHeader, startChecksum } from './checksums.ts';
import { announcedMd5 } from './receive-body.ts';
import { parseXml, type XmlNode } from './request-document.ts';
import { S3Error } from './s3-error.ts';

/** Largest XML document a request may carry: 10 000 parts or 1 000 keys fit. */
const MAX_DOCUMENT = 4 * 1024 * 1024;

/** Reads and checks an XML request body with the given root element. Throws `MalformedXML`, `BadDigest`. */
export async function readDocument(request: AwsRequest, root: string): Promise<XmlNode> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_DOCUMENT) throw new S3Error('MalformedXML');
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  await checkIntegrity(request, bytes);
  return parseXml(bytes.toString('utf8'), root);
}

async function checkIntegrity(request: AwsRequest, bytes: Buffer): Promise<void> {
  const md5 = announcedMd5(request.headers['content-md5']);
  if (md5 !== undefined && createHash('md5').update(bytes).digest('hex') !== md5) throw new S3Error('BadDigest');
  // CompleteMultipartUpload's checksum header speaks of the object, not of the document.
  if (request.query.has('uploadId')) return;
  const announced = announcedChecksum(request.headers);
  if (!announced) return;
  const expected = announced.value ?? request.trailers?.[checksumHeader(announced.algorithm)];
  if (expected === undefined) return;
  const running = await startChecksum(announced.algorithm);
  running.update(bytes);
  if (running.digest().toString('base64') !== expected) throw new S3Error('BadDigest');
}
