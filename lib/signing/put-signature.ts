import type { Approval } from '../cases/approval.ts';
import type { PersonPlacement, PersonStyle, SignaturePlacement } from '../cases/signature-placement.ts';
import { type DocumentVersion, latestVersion } from '../documents/document.ts';
import type { Documents } from '../documents/documents.ts';
import { SEAL_QR_HEIGHT, SEAL_SIZE } from '../pdf/appearance/agency-seal.ts';
import { anchorPlace } from '../pdf/appearance/anchor-place.ts';
import { PERSON_SIZE, PLAIN_SIZE } from '../pdf/appearance/person-signature.ts';
import { openPdf, type PdfDocument } from '../pdf/document.ts';
import { placeOnPage } from '../pdf/page-geometry.ts';
import { pageAt } from '../pdf/page-tree.ts';
import { ProblemError } from '../platform/errors.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { Id } from '../platform/ids.ts';
import type { Placing } from './appearance.ts';
import { approvedText } from './approved-text.ts';
import { type FileReadDeps, readFileToSign } from './file-to-sign.ts';
import { usualPersonPlace } from './usual-place.ts';

export interface PuttingDeps extends FileReadDeps {
  readonly documents: Pick<Documents, 'document'>;
}

/** Where somebody wants a signature: in a box, or by a text of the document. */
export type WantedPlace = Exclude<Placing, { by: 'field' }>;

/** Where a leader wants theirs, and what it is to repeat of title and name; by itself what the document does not show. */
export interface WantedPersonPlace {
  readonly place: WantedPlace;
  readonly style?: PersonStyle | undefined;
}

/**
 * An approval with the place that its leader wants for the signature, found on the very file that is approved: what is off
 * the page is refused now, not when the file is signed.
 * @throws ProblemError `document_changed`, `pdf_placement`, `pdf_anchor_not_found` and what else `openPdf` throws
 */
export async function putSignature<A extends Approval>(
  deps: PuttingDeps,
  documentId: Id,
  approval: A,
  wanted: WantedPersonPlace | undefined,
): Promise<A> {
  if (!wanted) return approval;
  const { document } = await openShown(deps, documentId, approval.sha256 as Sha256Hex);
  const style = wanted.style ?? (await styleFor(document, approval));
  const usual = style === 'plain' ? PLAIN_SIZE : PERSON_SIZE;
  const placed: PersonPlacement = { ...(await foundPlace(document, wanted.place, usual)), style };
  return { ...approval, placed };
}

/**
 * The place that a clerk wants for the seal, found on the signed file that is to be sealed.
 * @param link the seal is to have the document's address as a QR code beneath it
 * @throws ProblemError as `putSignature`
 */
export async function putSeal(
  deps: PuttingDeps,
  { documentId, sha256, link }: { readonly documentId: Id; readonly sha256: Sha256Hex; readonly link: boolean },
  wanted: WantedPlace | undefined,
): Promise<SignaturePlacement | undefined> {
  if (!wanted) return undefined;
  const { document } = await openShown(deps, documentId, sha256);
  return foundPlace(document, wanted, {
    width: SEAL_SIZE.width,
    height: SEAL_SIZE.height + (link ? SEAL_QR_HEIGHT : 0),
  });
}

/** The latest version of a document, which has to be the one that is meant. @throws ProblemError `document_changed`, `pdf_*` */
export async function openShown(
  deps: PuttingDeps,
  documentId: Id,
  sha256: Sha256Hex,
): Promise<{ readonly version: DocumentVersion; readonly document: PdfDocument }> {
  const version = latestVersion(await deps.documents.document(documentId));
  if (version.sha256 !== sha256) throw new ProblemError('document_changed', { field: 'sha256' });
  return { version, document: await openPdf((await readFileToSign(deps, version)).source) };
}

/** Points: less is no signature, but a number in another unit. */
const SMALLEST = { width: 36, height: 18 };

async function foundPlace(
  document: PdfDocument,
  wanted: WantedPlace,
  usual: { readonly width: number; readonly height: number },
): Promise<SignaturePlacement> {
  const { page: index, box } = wanted.by === 'box' ? wanted.place : await anchorPlace(document, wanted.anchor, usual);
  const page = await pageAt(document, index);
  placeOnPage(page, box);
  if (box.width < SMALLEST.width || box.height < SMALLEST.height) {
    throw new ProblemError('pdf_placement', { detail: 'the box is too small to be read' });
  }
  return { page: page.index, box };
}

async function styleFor(document: PdfDocument, approval: Approval): Promise<PersonStyle> {
  return (await usualPersonPlace(document, approvedText(approval, ''))).style;
}
