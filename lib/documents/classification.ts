import { z } from 'zod';
import type { LocalDate } from '../platform/clock.ts';

/** Levels of state secrets (Law 29/2018/QH14 art. 8). Documents that bear one stay outside of this service. */
export const classification = z.enum(['none', 'mat', 'toi-mat', 'tuyet-mat']);
export type Classification = z.infer<typeof classification>;

/** A stamp as it stands on a document. */
export interface ClassificationMark {
  readonly level: Exclude<Classification, 'none'>;
  readonly text: string;
}

/** The stamps in use from a day on; stamps of earlier editions are still found on earlier documents and count as well. */
export const CLASSIFICATION_MARKS: readonly {
  readonly from: LocalDate;
  readonly source: string;
  readonly marks: readonly ClassificationMark[];
}[] = [
  {
    from: '2020-07-01',
    source: 'Luật Bảo vệ bí mật nhà nước 29/2018/QH14, Điều 8; Thông tư 24/2020/TT-BCA',
    marks: [
      { level: 'tuyet-mat', text: 'TUYỆT MẬT' },
      { level: 'toi-mat', text: 'TỐI MẬT' },
      { level: 'mat', text: 'MẬT' },
    ],
  },
];

/** Every stamp known on a day. */
export function marksAt(day: LocalDate): ClassificationMark[] {
  return CLASSIFICATION_MARKS.filter((edition) => edition.from <= day).flatMap((edition) => edition.marks);
}
