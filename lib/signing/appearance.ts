import { drawAgencySeal } from '../pdf/appearance/agency-seal.ts';
import { personPlace, sealPlace } from '../pdf/appearance/default-place.ts';
import { drawPersonSignature } from '../pdf/appearance/person-signature.ts';
import type { FontFiles } from '../pdf/author/authored-document.ts';
import type { PdfDocument } from '../pdf/document.ts';
import type { Drawing } from '../pdf/graft.ts';
import { signatureFields } from '../pdf/signature-permissions.ts';
import { placeOfSignature, type SignaturePlace } from '../pdf/signature-place.ts';
import type { EpochMs } from '../platform/clock.ts';

/** What a signature shows and says (NĐ 30/2020, annex I). */
export type SignatureText =
  | { readonly role: 'person'; readonly name: string; readonly title: readonly string[]; readonly location: string }
  | {
      readonly role: 'agency';
      readonly agency: string;
      /** As printed; the number and the date stand with the seal, since the clerk gives them after the person has signed. */
      readonly number?: string;
      readonly location: string;
    };

/** The drawing of a signature and where it stands: a person's below the text, the seal beside the person's. */
export async function appearanceOf(
  fonts: FontFiles,
  document: PdfDocument,
  text: SignatureText,
  at: EpochMs,
): Promise<SignaturePlace & { readonly drawing: Drawing }> {
  if (text.role === 'person') {
    const { title, name } = text;
    const drawing = await drawPersonSignature(fonts, { title, name, signingTime: at });
    return { ...(await personPlace(document)), drawing };
  }
  const { agency, number } = text;
  const drawing = await drawAgencySeal(fonts, {
    agency,
    signingTime: at,
    ...(number === undefined ? {} : { number: `Số: ${number}` }),
  });
  const signed = (await signatureFields(document)).findLast((field) => field.signature);
  const beside = (signed && (await placeOfSignature(document, signed))) ?? (await personPlace(document));
  return { ...sealPlace(beside), drawing };
}
