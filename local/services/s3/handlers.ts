import * as configuration from './bucket-configurations.ts';
import * as bucket from './bucket-operations.ts';
import { completeMultipartUpload } from './complete-upload.ts';
import type { S3Handler } from './context.ts';
import { copyObject } from './copy-object.ts';
import { deleteObject } from './delete-object.ts';
import { deleteObjects } from './delete-objects.ts';
import { getObject, headObject } from './get-object.ts';
import { listObjects, listObjectsV2 } from './list-objects.ts';
import { listMultipartUploads, listParts } from './list-uploads.ts';
import { listObjectVersions } from './list-versions.ts';
import { abortMultipartUpload, createMultipartUpload } from './multipart-upload.ts';
import { getObjectAttributes } from './object-attributes.ts';
import * as subresource from './object-subresources.ts';
import type { Operation } from './operation.ts';
import { postObject } from './post-object.ts';
import { putObject } from './put-object.ts';
import { uploadPart, uploadPartCopy } from './upload-part.ts';

/** What answers each operation on a bucket that exists. */
export const HANDLERS: Readonly<Record<Exclude<Operation, 'ListBuckets' | 'CreateBucket'>, S3Handler>> = {
  HeadBucket: bucket.headBucket,
  DeleteBucket: bucket.deleteBucket,
  GetBucketLocation: bucket.getBucketLocation,
  GetBucketVersioning: bucket.getBucketVersioning,
  PutBucketVersioning: bucket.putBucketVersioning,
  GetObjectLockConfiguration: bucket.getObjectLockConfiguration,
  PutObjectLockConfiguration: bucket.putObjectLockConfiguration,
  GetBucketCors: configuration.getBucketCors,
  PutBucketCors: configuration.putBucketCors,
  DeleteBucketCors: configuration.deleteBucketCors,
  GetBucketEncryption: configuration.getBucketEncryption,
  PutBucketEncryption: configuration.putBucketEncryption,
  GetPublicAccessBlock: configuration.getPublicAccessBlock,
  PutPublicAccessBlock: configuration.putPublicAccessBlock,
  DeletePublicAccessBlock: configuration.deletePublicAccessBlock,
  GetBucketLifecycleConfiguration: configuration.getBucketLifecycle,
  PutBucketLifecycleConfiguration: configuration.putBucketLifecycle,
  DeleteBucketLifecycle: configuration.deleteBucketLifecycle,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  ListMultipartUploads: listMultipartUploads,
  DeleteObjects: deleteObjects,
  PostObject: postObject,
  GetObject: getObject,
  HeadObject: headObject,
  GetObjectAttributes: getObjectAttributes,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
  GetObjectRetention: subresource.getObjectRetention,
  PutObjectRetention: subresource.putObjectRetention,
  GetObjectLegalHold: subresource.getObjectLegalHold,
  PutObjectLegalHold: subresource.putObjectLegalHold,
  GetObjectTagging: subresource.getObjectTagging,
  PutObjectTagging: subresource.putObjectTagging,
  DeleteObjectTagging: subresource.deleteObjectTagging,
};
