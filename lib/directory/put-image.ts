import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { KeyHolder } from './certificates.ts';
import { type HolderDirectory, holderRecord } from './key-holder.ts';
import { checkedImage, type SignatureImage, type SignatureImages } from './signature-image.ts';

export interface ImageDeps {
  readonly directory: HolderDirectory;
  readonly images: SignatureImages;
}

/** How long an address to fetch an image from holds. */
const LINK_SECONDS = 300;

/** A person changes their own, while they sign for some unit; an operator the seal of a unit. */
function authorizeChange(actor: Actor, holder: KeyHolder, at: EpochMs): void {
  if (holder.kind === 'unit') authorize(actor, 'directory.write', {}, at);
  else authorize(actor, 'signature-image.write', { owner: holder.id }, at);
}

/**
 * Takes an image for the signature of a person or the seal of a unit, in place of the one before.
 * @throws ProblemError `forbidden`, `unit_unknown`, `image_broken`, `image_size`
 */
export async function putImage(
  { directory, images }: ImageDeps,
  actor: Actor,
  holder: KeyHolder,
  png: Uint8Array,
  at: EpochMs,
  stamp: (image: SignatureImage) => Write,
): Promise<SignatureImage> {
  authorizeChange(actor, holder, at);
  const { bytes, width, height } = await checkedImage(png);
  const record = await holderRecord(directory, holder);
  const stored = await images.put(bytes, record.image);
  const image = { ...stored, bytes: bytes.length, width, height, from: at };
  await directory.commit([...record.writes({ image }), stamp(image)]);
  return image;
}

/** @throws ProblemError `forbidden`, `unit_unknown`, `not_found` when there is none */
export async function removeImage(
  { directory, images }: ImageDeps,
  actor: Actor,
  holder: KeyHolder,
  at: EpochMs,
  stamp: (removed: SignatureImage) => Write,
): Promise<SignatureImage> {
  authorizeChange(actor, holder, at);
  const record = await holderRecord(directory, holder);
  const { image } = record;
  if (!image) throw new ProblemError('not_found');
  // First, so that it goes even when what follows does not come to pass: whoever asked for it asks again.
  await images.remove(image);
  await directory.commit([...record.writes({ image: undefined }), stamp(image)]);
  return image;
}

/**
 * The image with an address to fetch it from: one's own; a unit's for its staff and operators.
 * @throws ProblemError `not_found`
 */
export async function readImage(
  { directory, images }: ImageDeps,
  actor: Actor,
  holder: KeyHolder,
  at: EpochMs,
): Promise<{ readonly image: SignatureImage; readonly url: string; readonly expiresAt: EpochMs }> {
  const subject = holder.kind === 'unit' ? { unit: holder.code } : { owner: holder.id };
  authorize(actor, 'signature-image.read', subject, at, 'signature-image.read');
  const { image } = await holderRecord(directory, holder);
  if (!image) throw new ProblemError('not_found');
  return { image, url: await images.link(image, LINK_SECONDS), expiresAt: at + LINK_SECONDS * 1000 };
}
