import type { Alignment } from './letter-sheet.ts';

/** A paragraph, or a row of a form with a label and what stands beside it. */
export type LetterPart =
  | { readonly text: string; readonly align?: Alignment; readonly bold?: boolean; readonly italic?: boolean }
  | { readonly label: string; readonly value: string };

/** The parts of form of an official document (Decree 30/2020, art. 8 and annex I). */
export interface LetterContent {
  /** The agency above the issuing one: `UBND TỈNH THANH HÓA`. */
  readonly superior?: string;
  readonly agency: string;
  /** `Số: 12/UBND-VP`. Left out, the clerk's place for it stays empty. */
  readonly number?: string;
  /** Summary of an official letter, under its number: `V/v trả lời kiến nghị …`. */
  readonly about?: string;
  readonly place: string;
  /** Epoch ms of the day of signing. */
  readonly date: number;
  /** Type of the document in capitals: `THÔNG BÁO`; official letters (công văn) have none. */
  readonly type?: string;
  /** Summary below the type. */
  readonly summary?: string;
  /** After `Kính gửi:`. */
  readonly addressees?: readonly string[];
  readonly body: readonly LetterPart[];
  readonly signer?: { readonly title: readonly string[]; readonly name?: string };
  readonly recipients?: readonly string[];
  /** Text of a QR code, an address most often, with a line beneath it. */
  readonly qr?: { readonly text: string; readonly caption?: string };
}
