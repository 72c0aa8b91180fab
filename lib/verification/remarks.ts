import type { UnitSuccession } from '../directory/succession.ts';
import { type EpochMs, endOfDay, localDate } from '../platform/clock.ts';
import type { FoundIssue } from './find-issued.ts';
import type { IssuedDocument } from './issued.ts';

/** A sentence for people, in both languages. */
export interface Remark {
  readonly vi: string;
  readonly en: string;
}

/**
 * What whoever holds an issued document should know of it: that it was recalled, what took its place, what it replaces, what
 * became of its agency.
 */
export function remarksOn({ issued, issuer }: FoundIssue): Remark[] {
  return [...recalled(issued), ...replacedBy(issued), ...replaces(issued), ...(issuer ? remarksOnUnit(issuer) : [])];
}

/** What became of a unit: where it belongs since it ended. Nothing, of one in office. */
export function remarksOnUnit(unit: UnitSuccession): Remark[] {
  return [unit, ...unit.successors].flatMap(({ code, name, until }) => {
    if (until === undefined) return [];
    const successors = unit.successors.filter((item) => item.of === code);
    const [first] = successors;
    if (!first) {
      const [vi, en] = [dayVi(endOfDay(until)), dayEn(endOfDay(until))];
      return [
        {
          vi: `${name} đã chấm dứt hoạt động sau ngày ${vi}; danh mục không ghi đơn vị kế thừa.`,
          en: `${name} ended on ${en}; the directory names no successor.`,
        },
      ];
    }
    const names = successors.map((item) => item.name);
    const since = endOfDay(first.from);
    return [
      {
        vi: `Từ ngày ${dayVi(since)}, ${name} thuộc ${names.join(', ')}.`,
        en: `Since ${dayEn(since)} ${name} belongs to ${names.join(', ')}.`,
      },
    ];
  });
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
