import type { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { INTAKE_PREFIX } from '../../platform/names.ts';
import type { UploadForm, UploadForms, UploadTerms } from './uploads.ts';

/** The intake bucket for browsers: forms to post one file with. */
export class FormStore implements UploadForms {
  readonly #client: S3Client;
  readonly #bucket: string;
  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async form(terms: UploadTerms): Promise<UploadForm> {
    const bound = { 'Content-Type': terms.type, 'x-amz-meta-owner': terms.ownerMark };
    return createPresignedPost(this.#client, {
      Bucket: this.#bucket,
      Key: `${INTAKE_PREFIX}${terms.id}`,
      Fields: bound,
      Conditions: [['content-length-range', terms.bytes, terms.bytes]],
      Expires: terms.seconds,
    });
  }
}
