import { type EpochMs, localDate } from '../platform/clock.ts';
import type { IssuedDocument } from './issued.ts';

/** A sentence for people, in both languages. */
export interface Remark {
  readonly vi: string;
  readonly en: string;
}

/** What whoever holds an issued document should know of it: that it was recalled, what took its place, what it replaces. */
export function remarksOn(issued: IssuedDocument): Remark[] {
  return [...recalled(issued), ...replacedBy(issued), ...replaces(issued)];
}

function recalled({ recalled: recall, unit }: IssuedDocument): Remark[] {
  if (!recall) return [];
  return [
    {
      vi: `Văn bản đã bị thu hồi ngày ${dayVi(recall.at)} (cơ quan ban hành: ${unit.name}).`,
      en: `This document was recalled on ${dayEn(recall.at)} (issued by ${unit.name}).`,
    },
  ];
}

function replacedBy({ replacedBy: other }: IssuedDocument): Remark[] {
  if (!other) return [];
  const { number, issuedAt, unit, code } = other;
  return [
    {
      vi: `Văn bản đã được thay thế bằng văn bản số ${number} ngày ${dayVi(issuedAt)} của ${unit.name} (mã ${code}).`,
      en: `This document was replaced by document ${number} of ${dayEn(issuedAt)}, issued by ${unit.name} (code ${code}).`,
    },
  ];
}

function replaces({ replaces: other }: IssuedDocument): Remark[] {
  if (!other) return [];
  return [
    {
      vi: `Văn bản thay thế văn bản số ${other.number} ngày ${dayVi(other.issuedAt)}.`,
      en: `This document replaces document ${other.number} of ${dayEn(other.issuedAt)}.`,
    },
  ];
}

function dayVi(at: EpochMs): string {
  return localDate(at).split('-').reverse().join('/');
}

function dayEn(at: EpochMs): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'Asia/Ho_Chi_Minh' }).format(at);
}
