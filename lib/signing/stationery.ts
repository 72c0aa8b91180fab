import type { Drawing } from '../pdf/graft.ts';

/** A PDF that the service wrote itself. */
export interface AuthoredPdf {
  readonly bytes: Uint8Array;
  readonly pages: number;
}

/** A letter of an agency, as its officer wrote it (NĐ 30/2020 art. 8; number and seal come with the signatures). */
export interface LetterContent {
  readonly agency: string;
  readonly place: string;
  /** The day the draft was made, epoch ms. */
  readonly at: number;
  readonly title: string;
  readonly recipient: string;
  /** Plain text; empty lines part paragraphs. */
  readonly text: string;
}

/** A slip of labelled facts: the receipt. */
export interface SlipContent {
  readonly agency: string;
  readonly place: string;
  readonly at: number;
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly value: string }[];
  readonly notes: readonly string[];
}

/** How a signature looks. */
export interface SignatureLook {
  readonly role: 'person' | 'agency';
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}

/** Who writes pages and draws signatures, with the fonts of official documents. The same content gives the same bytes. */
export interface Stationery {
  letter(content: LetterContent): Promise<AuthoredPdf>;
  slip(content: SlipContent): Promise<AuthoredPdf>;
  look(look: SignatureLook): Promise<Drawing>;
}
