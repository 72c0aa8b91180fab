import { createHash } from 'node:crypto';
import {
  CHECKSUM_ALGORITHMS,
  checksumElement,
  checksumHeader,
  compositeChecksum,
  joinedChecksum,
} from './checksums.ts';
import type { S3Call, S3Handler } from './context.ts';
import { findUpload, uploadLock } from './multipart-upload.ts';
import { encryptionHeaders, versionHeader } from './object-headers.ts';
import { checksumElements } from './part-elements.ts';
import { readDocument } from './request-body.ts';
import { childrenOf, textOf, type XmlNode } from './request-document.ts';
import { S3Error } from './s3-error.ts';
import type { MultipartUpload, UploadedPart } from './upload-store.ts';
import type { ObjectVersion, StoredChecksum, StoredContent } from './version-record.ts';
import { writeVersion } from './write-version.ts';
import { element, resultDocument } from './xml.ts';

/** Every part but the last has at least 5 MiB. */
const MIN_PART = 5 * 1024 ** 2;

/**
 * Makes an object of uploaded parts. Their files become the object's as they are: nothing is read or written again.
 * Whoever asks again for the same, because the first answer was lost, gets the same answer.
 */
export const completeMultipartUpload: S3Handler = async (call) => {
  const document = await readDocument(call.request, 'CompleteMultipartUpload');
  const id = call.request.query.get('uploadId') ?? '';
  const version = await call.bucket.locks.run(
    uploadLock(id),
    async () => completedBefore(call, id, document) ?? complete(call, document),
  );
  const { bucket, key } = call;
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      ...versionHeader(bucket, version.versionId),
      ...encryptionHeaders(version.encryption),
    },
    body: resultDocument('CompleteMultipartUploadResult', [
      element('Location', `/${bucket.name}/${key}`),
      element('Bucket', bucket.name),
      element('Key', key),
      element('ETag', `"${version.etag}"`),
      ...checksumElements(version.checksum, version.parts?.length),
    ]),
  };
};

/** The version that this upload, with these very parts, has become already. */
function completedBefore({ bucket, key }: S3Call, id: string, document: XmlNode): ObjectVersion | undefined {
  const version = bucket.index.versions(key).find((record) => record.kind === 'object' && record.uploadId === id);
  if (version?.kind !== 'object' || bucket.uploads.find(id, key)) return undefined;
  const etags = childrenOf(document, 'Part').map(listedEtag);
  return version.etag === joinedEtag(etags) ? version : undefined;
}

async function complete(call: S3Call, document: XmlNode): Promise<ObjectVersion> {
  const { context, request, bucket, key } = call;
  const upload = findUpload(call);
  const uploaded = bucket.uploads.parts(upload.id);
  const parts = chosenParts(childrenOf(document, 'Part'), uploaded, upload);
  const checksum = await wholeChecksum(upload, parts);
  checkExpectations(request.headers, checksum, parts);
  const version = await writeVersion(context, bucket, {
    key,
    uploadId: upload.id,
    attributes: upload.attributes,
    conditions: request.headers,
    event: 'ObjectCreated:CompleteMultipartUpload',
    content: assembled(parts, checksum, upload),
  });
  await bucket.uploads.end(upload.id);
  const used = new Set(parts.map(({ number }) => number));
  for (const part of uploaded) if (!used.has(part.number)) await bucket.data.remove(part.segments);
  return version;
}

/** The parts that the document lists, checked: their order, then that each is there as listed, then their sizes. */
function chosenParts(
  listed: readonly XmlNode[],
  uploaded: readonly UploadedPart[],
  upload: MultipartUpload,
): UploadedPart[] {
  const numbers = listed.map((node) => Number(textOf(node, 'PartNumber') ?? Number.NaN));
  if (listed.length === 0 || !numbers.every(Number.isInteger)) throw new S3Error('MalformedXML');
  if (numbers.some((number, at) => at > 0 && number <= (numbers[at - 1] ?? 0))) {
    throw new S3Error('InvalidPartOrder', { fields: { UploadId: upload.id } });
  }
  const byNumber = new Map(uploaded.map((part) => [part.number, part]));
  const parts = listed.map((node, at) => listedPart(node, byNumber.get(numbers[at] ?? 0), upload));
  const small = parts.slice(0, -1).find(({ size }) => size < MIN_PART);
  if (!small) return parts;
  throw new S3Error('EntityTooSmall', {
    fields: {
      PartNumber: String(small.number),
      ETag: small.etag,
      ProposedSize: String(small.size),
      MinSizeAllowed: String(MIN_PART),
    },
  });
}

function listedPart(node: XmlNode, part: UploadedPart | undefined, upload: MultipartUpload): UploadedPart {
  const etag = listedEtag(node);
  if (part && part.etag === etag && sameChecksum(node, part, upload)) return part;
  const fields = { UploadId: upload.id, PartNumber: textOf(node, 'PartNumber') ?? '', ETag: etag };
  throw new S3Error('InvalidPart', { fields });
}

/** A part's checksum may be repeated in the document; where parts compose, it must be. */
function sameChecksum(node: XmlNode, part: UploadedPart, { checksum }: MultipartUpload): boolean {
  const { algorithm, type, asked } = checksum;
  const given = textOf(node, checksumElement(algorithm));
  if (given === undefined && asked && type === 'COMPOSITE') {
    throw new S3Error('InvalidRequest', {
      message: `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    });
  }
  return given === undefined || given === part.checksum;
}

async function wholeChecksum(upload: MultipartUpload, parts: readonly UploadedPart[]): Promise<StoredChecksum> {
  const { algorithm, type } = upload.checksum;
  const value =
    type === 'FULL_OBJECT'
      ? joinedChecksum(algorithm, parts)
      : await compositeChecksum(
          algorithm,
          parts.map(({ checksum }) => checksum),
        );
  return { algorithm, type, value };
}

/** Holds the result to the checksum and size that the sender expects of it. */
function checkExpectations(
  headers: Readonly<Record<string, string>>,
  checksum: StoredChecksum,
  parts: readonly UploadedPart[],
): void {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const expectedSize = headers['x-amz-mp-object-size'];
  if (expectedSize !== undefined && Number(expectedSize) !== size) {
    throw new S3Error('InvalidRequest', {
      message: `The provided 'x-amz-mp-object-size' header does not match what was computed.`,
    });
  }
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const expected = headers[checksumHeader(algorithm)];
    if (expected === undefined) continue;
    const actual = checksum.type === 'COMPOSITE' ? `${checksum.value}-${parts.length}` : checksum.value;
    if (algorithm === checksum.algorithm && (expected === actual || expected === checksum.value)) continue;
    throw new S3Error('BadDigest', {
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    });
  }
}

function listedEtag(node: XmlNode): string {
  return textOf(node, 'ETag')?.replace(/^"|"$/g, '') ?? '';
}

/** MD5 of the parts' MD5s, and how many there are. */
function joinedEtag(etags: readonly string[]): string {
  const md5 = createHash('md5');
  for (const etag of etags) md5.update(Buffer.from(etag, 'hex'));
  return `${md5.digest('hex')}-${etags.length}`;
}

function assembled(parts: readonly UploadedPart[], checksum: StoredChecksum, upload: MultipartUpload): StoredContent {
  return {
    size: parts.reduce((sum, { size }) => sum + size, 0),
    etag: joinedEtag(parts.map(({ etag }) => etag)),
    segments: parts.flatMap(({ segments }) => segments),
    checksum,
    parts: parts.map((part) => ({
      number: part.number,
      size: part.size,
      ...(upload.checksum.asked ? { checksum: part.checksum } : {}),
    })),
  };
}
