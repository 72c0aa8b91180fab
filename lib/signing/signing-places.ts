import type { Approval } from '../cases/approval.ts';
import type { PersonStyle } from '../cases/signature-placement.ts';
import type { DocumentVersion } from '../documents/document.ts';
import type { PdfDocument } from '../pdf/document.ts';
import { shownSize } from '../pdf/page-geometry.ts';
import { type Box, type PdfPage, pageAt } from '../pdf/page-tree.ts';
import type { SignaturePlace } from '../pdf/signature-place.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { Id } from '../platform/ids.ts';
import { approvedText } from './approved-text.ts';
import { openShown, type PuttingDeps } from './put-signature.ts';
import { placeToSeal, usualPersonPlace, usualSealPlace } from './usual-place.ts';

/** A place with what it takes to draw the page that it is on: points, as a reader sees the page. */
export interface PlaceOnPage {
  /** From 0. */
  readonly page: number;
  readonly box: Box;
  readonly size: { readonly width: number; readonly height: number };
  /** /Rotate of the page: `size` and `box` are of the page so turned. */
  readonly rotation: PdfPage['rotate'];
}

/** Where the signatures of a version stand when nobody says. */
export interface SigningPlaces {
  readonly documentId: Id;
  readonly version: DocumentVersion;
  /** The person's; where it stands already, when the file has it. */
  readonly signature: PlaceOnPage & { readonly style?: PersonStyle };
  readonly seal: PlaceOnPage;
}

interface PlacesOf {
  readonly documentId: Id;
  readonly sha256: Sha256Hex;
  /** Who would sign; undefined when the person has signed. */
  readonly signer?: Pick<Approval, 'name' | 'title' | 'capacity' | 'principal'>;
  /** The seal is to have the document's address as a QR code beneath it. */
  readonly link: boolean;
}

/** @throws ProblemError `document_changed`, `pdf_*` */
export async function signingPlaces(
  deps: PuttingDeps,
  { documentId, sha256, signer, link }: PlacesOf,
): Promise<SigningPlaces> {
  const { version, document } = await openShown(deps, documentId, sha256);
  const { place, ...look } = signer
    ? await usualPersonPlace(document, approvedText(signer, ''))
    : { place: await placeToSeal(document) };
  const seal = await usualSealPlace(document, place, link);
  return {
    documentId,
    version,
    signature: { ...(await onPage(document, place)), ...look },
    seal: await onPage(document, seal),
  };
}

async function onPage(document: PdfDocument, { page: index, box }: SignaturePlace): Promise<PlaceOnPage> {
  const page = await pageAt(document, index);
  return { page: page.index, box, size: shownSize(page), rotation: page.rotate };
}
