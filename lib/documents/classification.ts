import * as z from 'zod';
import type { MarkVocabulary } from '../pdf/text/classification-mark.ts';
import type { LocalDate } from '../platform/clock.ts';

/** Levels of state secrets (Law 29/2018/QH14 art. 8). Documents that bear one stay outside of this service. */
export const classification = z.enum(['none', 'mat', 'toi-mat', 'tuyet-mat']);
export type Classification = z.infer<typeof classification>;

/** How stamps of secrecy look from a day on. */
interface MarkEdition {
  readonly from: LocalDate;
  readonly source: string;
  readonly vocabulary: MarkVocabulary<Exclude<Classification, 'none'>>;
}

export const CLASSIFICATION_MARKS: readonly MarkEdition[] = [
  {
    from: '2020-07-01',
    source: 'Luật Bảo vệ bí mật nhà nước 29/2018/QH14, Điều 8; Thông tư 24/2020/TT-BCA',
    vocabulary: {
      marks: [
        { mark: 'tuyet-mat', words: 'TUYỆT MẬT' },
        { mark: 'toi-mat', words: 'TỐI MẬT' },
        { mark: 'mat', words: 'MẬT' },
      ],
      labels: ['Độ mật', 'Mức độ mật', 'Cấp độ mật'],
      ordinaryAfter: ['bí', 'bảo', 'cơ', 'thân', 'niêm'],
    },
  },
];

/** The stamps to look for on a day. @throws RangeError before the first edition */
export function marksAt(day: LocalDate): MarkEdition['vocabulary'] {
  const edition = CLASSIFICATION_MARKS.filter((item) => item.from <= day).at(-1);
  if (!edition) throw new RangeError(`no stamps of secrecy are known for ${day}`);
  return edition.vocabulary;
}
