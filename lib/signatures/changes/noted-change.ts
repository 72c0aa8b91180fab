import { cleanName } from '../../platform/text.ts';

interface Words {
  readonly vi: string;
  readonly en: string;
}

/** What a revision after a signature may have done, in words. `…` stands for the name of the field. */
const CHANGES = {
  value_entered: ['form_value', { vi: 'Đã điền ô …', en: 'A value was entered in field …' }],
  value_changed: ['form_value', { vi: 'Đã đổi giá trị của ô …', en: 'The value of field … was changed' }],
  value_cleared: ['form_value', { vi: 'Đã xóa giá trị của ô …', en: 'The value of field … was cleared' }],
  signature: ['signature', { vi: 'Đã ký vào ô ký …', en: 'A signature field was signed (…)' }],
  document_timestamp: [
    'document_timestamp',
    { vi: 'Đã thêm dấu thời gian cho tài liệu (…)', en: 'A document timestamp was added (…)' },
  ],
  validation_data: [
    'validation_data',
    { vi: 'Đã thêm dữ liệu xác thực (DSS)', en: 'Validation data (DSS) were added' },
  ],
  validation_data_replaced: [
    'validation_data',
    {
      vi: 'Đã thay dữ liệu xác thực (DSS); một phần dữ liệu trước đó không còn',
      en: 'Validation data (DSS) were replaced; some of what was there is gone',
    },
  ],
  note: ['annotation', { vi: 'Đã thêm ghi chú', en: 'An annotation (note) was added' }],
  markup: ['annotation', { vi: 'Đã thêm đánh dấu văn bản', en: 'An annotation (text markup) was added' }],
  popup: ['annotation', { vi: 'Đã thêm cửa sổ ghi chú', en: 'The window of an annotation was added' }],
  metadata: [
    'metadata',
    { vi: 'Đã cập nhật siêu dữ liệu (XMP) của tệp', en: 'The metadata (XMP) of the file were updated' },
  ],
  information: [
    'metadata',
    {
      vi: 'Đã cập nhật thông tin tệp (ngày sửa, phần mềm)',
      en: 'The information on the file (date, software) was updated',
    },
  ],
  more: ['more', { vi: 'Và các thay đổi khác cùng loại', en: 'And further changes of these kinds' }],
} as const satisfies Record<string, readonly [string, Words]>;

export type ChangeCode = keyof typeof CHANGES;
/** `more` stands last, for changes that are not listed one by one. */
export type ChangeKind = (typeof CHANGES)[ChangeCode][0];

/** Something that a revision added or changed and that has been accounted for, as data and as a sentence. */
export interface NotedChange {
  readonly kind: ChangeKind;
  readonly vi: string;
  readonly en: string;
  /** Full name of the form field, cleaned for show. */
  readonly field?: string;
  /** From 1; absent where it is on no page, or the page was not found. */
  readonly page?: number;
  /** Number of the object in the file. */
  readonly object?: number;
}

interface Where {
  readonly field?: string | undefined;
  readonly page?: number | undefined;
  readonly object?: number | undefined;
}

/** Names of fields come out of the file: as much of one as a sentence bears. */
const LONGEST_NAME = 80;

export function noted(code: ChangeCode, { field, page, object }: Where = {}): NotedChange {
  const [kind, words] = CHANGES[code];
  const name = field === undefined ? undefined : fieldName(field);
  const say = (sentence: string, onPage: string) =>
    `${sentence.replace('…', () => `“${name ?? ''}”`).trim()}${page === undefined ? '' : ` ${onPage} ${page}`}.`;
  return {
    kind,
    vi: say(words.vi, 'ở trang'),
    en: say(words.en, 'on page'),
    ...(name === undefined ? {} : { field: name }),
    ...(page === undefined ? {} : { page }),
    ...(object === undefined ? {} : { object }),
  };
}

function fieldName(name: string): string {
  const clean = cleanName(name);
  return clean.length > LONGEST_NAME ? `${clean.slice(0, LONGEST_NAME - 1).toWellFormed()}…` : clean;
}
