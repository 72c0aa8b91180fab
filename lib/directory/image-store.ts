import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ProblemError } from '../platform/errors.ts';
import { sha256Hex } from '../platform/hash.ts';
import { newId, type RandomBytes } from '../platform/ids.ts';
import type { SignatureImages, StoredImage } from './signature-image.ts';

/** The images bucket: versioned, so that what was replaced can be read by its version until the bucket erases it. */
export class ImageStore implements SignatureImages {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #random: RandomBytes;
  constructor(client: S3Client, bucket: string, random: RandomBytes) {
    this.#client = client;
    this.#bucket = bucket;
    this.#random = random;
  }

  async put(bytes: Uint8Array, replaced: StoredImage | undefined): Promise<StoredImage> {
    const key = replaced?.key ?? `images/${newId(this.#random)}`;
    const sha256 = sha256Hex(bytes);
    const { VersionId: versionId } = await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: key,
        Body: bytes,
        ContentType: 'image/png',
        ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
      }),
    );
    if (!versionId) throw new Error('the images bucket must be versioned');
    return { key, versionId, sha256 };
  }

  async remove({ key }: StoredImage): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
  }

  async read({ key, versionId, sha256 }: StoredImage): Promise<Uint8Array> {
    try {
      const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key, VersionId: versionId });
      const bytes = await (await this.#client.send(command)).Body?.transformToByteArray();
      if (bytes && sha256Hex(bytes) === sha256) return bytes;
    } catch (error) {
      if (!(error instanceof Error && ['NoSuchVersion', 'NoSuchKey'].includes(error.name))) throw error;
    }
    throw new ProblemError('signature_image_gone');
  }

  link({ key, versionId }: StoredImage, seconds: number): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      VersionId: versionId,
      ResponseContentType: 'image/png',
      ResponseContentDisposition: 'inline; filename="image.png"',
      ResponseCacheControl: 'private, no-store',
    });
    return getSignedUrl(this.#client, command, { expiresIn: seconds });
  }
}
