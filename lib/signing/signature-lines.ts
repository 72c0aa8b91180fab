import { type Competence, printedTitle } from '../access/signing-competence.ts';
import { type EpochMs, formatIso, formatStamp } from '../platform/clock.ts';
import type { SignatureText } from './sign-bytes.ts';

/** What a person's signature shows (NĐ 30/2020, annex I). */
export function personLines(
  signer: Competence & { readonly name: string },
  agency: { readonly name: string; readonly place: string },
  at: EpochMs,
): SignatureText {
  return {
    role: 'person',
    lines: [
      `Người ký: ${signer.name}`,
      `Chức vụ: ${printedTitle(signer)}`,
      `Cơ quan: ${agency.name}`,
      `Thời gian ký: ${formatStamp(at)}`,
    ],
    reason: 'Ký ban hành',
    location: agency.place,
  };
}

/** What the agency's signature shows: with it stand the number and the date that the clerk gave. */
export function agencyLines(
  agency: { readonly name: string; readonly place: string },
  number: { readonly text: string; readonly at: EpochMs } | undefined,
  at: EpochMs,
): SignatureText {
  const day = (instant: EpochMs) => formatIso(instant).slice(0, 10).split('-').reverse().join('/');
  return {
    role: 'agency',
    lines: [
      `Cơ quan: ${agency.name}`,
      ...(number ? [`Số: ${number.text}`, `Ngày: ${day(number.at)}`] : []),
      `Thời gian ký: ${formatStamp(at)}`,
    ],
    reason: number ? 'Phát hành văn bản' : 'Biên nhận',
    location: agency.place,
  };
}
