import { printedTitle } from '../access/signing-competence.ts';
import type { Approval } from '../cases/approval.ts';
import type { SignatureImages, StoredImage } from '../directory/signature-image.ts';
import type { PersonText } from './appearance.ts';

/** What a leader's signature shows and where, from their approval alone: the same whenever it is made. */
export function approvedText(
  approval: Pick<Approval, 'name' | 'title' | 'capacity' | 'principal' | 'placed'>,
  location: string,
  image?: Uint8Array,
): PersonText {
  const title = printedTitle(approval);
  const text = { role: 'person', name: approval.name, title, location, ...(image ? { image } : {}) } as const;
  if (!approval.placed) return text;
  const { style, ...placed } = approval.placed;
  return { ...text, style, placed };
}

export interface ImageReadDeps {
  readonly images: Pick<SignatureImages, 'read'>;
}

/** The image that was approved with, or that a seal has: an entry for the text of a signature. @throws ProblemError `signature_image_gone` */
export async function imageEntry(
  { images }: ImageReadDeps,
  { image }: { readonly image?: StoredImage | undefined },
): Promise<{ readonly image?: Uint8Array }> {
  return image ? { image: await images.read(image) } : {};
}
