import type { PersonStyle } from '../cases/signature-placement.ts';
import { drawAgencySeal, sealTakesQr } from '../pdf/appearance/agency-seal.ts';
import { anchorPlace, type TextAnchor } from '../pdf/appearance/anchor-place.ts';
import { drawAnnexMark } from '../pdf/appearance/annex-mark.ts';
import { annexPlace, personPlace } from '../pdf/appearance/default-place.ts';
import { drawPersonSignature } from '../pdf/appearance/person-signature.ts';
import type { FontFiles } from '../pdf/author/authored-document.ts';
import type { PdfDocument } from '../pdf/document.ts';
import type { Drawing } from '../pdf/graft.ts';
import { placeOfField, type SignaturePlace } from '../pdf/signature-place.ts';
import type { EpochMs } from '../platform/clock.ts';
import { placeToSeal, usualPersonPlace, usualSealPlace } from './usual-place.ts';

export interface PersonText {
  readonly role: 'person';
  readonly name: string;
  readonly title: readonly string[];
  readonly location: string;
  /** PNG of the handwritten signature. */
  readonly image?: Uint8Array;
  /** `named`: the document has the title already; `plain`: the name as well. */
  readonly style?: PersonStyle;
  /** Where it stands because someone said so. */
  readonly placed?: SignaturePlace;
}

interface AgencyText {
  readonly role: 'agency';
  readonly agency: string;
  /** As printed; the number and the date stand with the seal, since the clerk gives them after the person has signed. */
  readonly number?: string;
  readonly location: string;
  /** PNG of the seal; drawn without it. */
  readonly image?: Uint8Array;
  /** Where the document can be verified: a QR code beneath the seal, where there is room. */
  readonly link?: string;
  /** Where it stands because someone said so. */
  readonly placed?: SignaturePlace;
}

/** The agency's signature on an annex that is a file of its own: text only. */
interface AnnexText extends Omit<AgencyText, 'role' | 'image' | 'link' | 'placed'> {
  readonly role: 'annex';
}

/** What a signature shows and says (NĐ 30/2020, annex I). */
export type SignatureText = PersonText | AgencyText | AnnexText;

/** Where a signature is to stand: a box, by a text of the document, or in an empty field that the document has. */
export type Placing =
  | { readonly by: 'box'; readonly place: SignaturePlace }
  | { readonly by: 'anchor'; readonly anchor: TextAnchor }
  | { readonly by: 'field'; readonly name: string };

export type Appearance = SignaturePlace & { readonly drawing: Drawing };

/**
 * The drawing of a signature and where it stands that is placed by someone. Undefined for a field that does not show.
 * @throws ProblemError `pdf_anchor_not_found`, `pdf_field_unknown`, `pdf_placement`, `image_broken`
 */
export async function placedAppearance(
  fonts: FontFiles,
  document: PdfDocument,
  text: SignatureText,
  at: EpochMs,
  placing: Placing,
): Promise<Appearance | undefined> {
  if (placing.by === 'field') {
    const place = await placeOfField(document, placing.name);
    return place && { ...place, drawing: await drawingOf(fonts, text, at, place.box) };
  }
  if (placing.by === 'box') return boxed(fonts, text, at, placing.place);
  const drawing = await drawingOf(fonts, text, at);
  return { ...(await anchorPlace(document, placing.anchor, drawing)), drawing };
}

/** In a box of whatever shape; a seal that is given no room for its QR code goes without. */
async function boxed(
  fonts: FontFiles,
  text: SignatureText,
  at: EpochMs,
  { page, box }: SignaturePlace,
): Promise<Appearance> {
  const drawing =
    text.role === 'agency'
      ? await drawSeal(fonts, text, at, sealTakesQr(box) ? text.link : undefined)
      : await drawingOf(fonts, text, at, box);
  return { page, box, drawing };
}

/**
 * The drawing of a signature and where it stands: where its text says that somebody put it, or else where its role puts it. A person's
 * stands beneath their title where the document shows it, which is then not repeated, or else below the text; the seal beside
 * the person's; the mark on an annex at the upper right of the first page. Throws `image_broken`.
 */
export async function appearanceOf(
  fonts: FontFiles,
  document: PdfDocument,
  text: SignatureText,
  at: EpochMs,
): Promise<Appearance> {
  if (text.role === 'annex') {
    const drawing = await drawingOf(fonts, text, at);
    return { ...(await annexPlace(document, drawing)), drawing };
  }
  if (text.placed) return boxed(fonts, text, at, text.placed);
  if (text.role === 'agency') {
    const place = await usualSealPlace(document, await placeToSeal(document), text.link !== undefined);
    return boxed(fonts, text, at, place);
  }
  if (text.style === undefined) {
    const { place, style } = await usualPersonPlace(document, text);
    const size = style === 'full' ? undefined : place.box;
    return { ...place, drawing: await drawingOf(fonts, { ...text, style }, at, size) };
  }
  const place = await personPlace(document);
  return { ...place, drawing: await drawingOf(fonts, text, at, text.style === 'full' ? undefined : place.box) };
}

function drawingOf(
  fonts: FontFiles,
  text: SignatureText,
  at: EpochMs,
  size?: { readonly width: number; readonly height: number },
): Promise<Drawing> {
  switch (text.role) {
    case 'person': {
      const { name, image } = text;
      const title = text.style === 'named' ? [] : text.title;
      const style = text.style === 'plain' ? 'plain' : 'full';
      return drawPersonSignature(fonts, { title, name, style, signingTime: at, ...(image ? { image } : {}) }, size);
    }
    case 'agency':
      return drawSeal(fonts, text, at, text.link);
    case 'annex':
      return drawAnnexMark(fonts, { agency: text.agency, signingTime: at, ...numberOf(text) });
  }
}

function drawSeal(fonts: FontFiles, text: AgencyText, at: EpochMs, link?: string): Promise<Drawing> {
  const { agency, image } = text;
  const shown = { agency, signingTime: at, ...numberOf(text), ...(image ? { image } : {}) };
  return drawAgencySeal(fonts, link === undefined ? shown : { ...shown, link });
}

function numberOf({ number }: { readonly number?: string }): { number?: string } {
  return number === undefined ? {} : { number: `Số: ${number}` };
}
