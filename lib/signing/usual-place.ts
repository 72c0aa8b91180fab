import type { PersonStyle } from '../cases/signature-placement.ts';
import { personPlace, sealPlace, sealPlaceWithQr } from '../pdf/appearance/default-place.ts';
import { shownSigner } from '../pdf/appearance/shown-signer.ts';
import type { PdfDocument } from '../pdf/document.ts';
import { signatureFields } from '../pdf/signature-permissions.ts';
import { placeOfSignature, type SignaturePlace } from '../pdf/signature-place.ts';

/**
 * Where a person's signature stands when nobody says, and what of title and name it repeats: beneath the title where the document
 * shows it, else below the text.
 */
export async function usualPersonPlace(
  document: PdfDocument,
  signer: { readonly title: readonly string[]; readonly name: string },
): Promise<{ readonly place: SignaturePlace; readonly style: PersonStyle }> {
  const shown = await shownSigner(document, signer);
  if (shown) return { place: shown.place, style: shown.named ? 'plain' : 'named' };
  return { place: await personPlace(document), style: 'full' };
}

/** Where the person's signature stands that the seal goes with: the last in the file, or where one would stand. */
export async function placeToSeal(document: PdfDocument): Promise<SignaturePlace> {
  const signed = (await signatureFields(document)).findLast((field) => field.signature);
  return (signed && (await placeOfSignature(document, signed))) ?? (await personPlace(document));
}

/**
 * Where the seal stands when nobody says: beside the person's signature.
 * @param link the document's address is to stand beneath it as a QR code, where there is room
 */
export async function usualSealPlace(
  document: PdfDocument,
  person: SignaturePlace,
  link: boolean,
): Promise<SignaturePlace> {
  const place = sealPlace(person);
  return (link ? await sealPlaceWithQr(document, place) : undefined) ?? place;
}
