/** `altered`: it is not what the service gave. `doubtful`: nothing is known to be wrong, and it is not proven. */
type Weight = 'altered' | 'doubtful';

interface FindingEntry {
  readonly weight: Weight;
  readonly vi: string;
  readonly en: string;
}

const altered = (vi: string, en: string): FindingEntry => ({ weight: 'altered', vi, en });
const doubtful = (vi: string, en: string): FindingEntry => ({ weight: 'doubtful', vi, en });

/** Everything that can be found in a bundle, with the sentence people read. */
export const FINDINGS = {
  file_changed: altered('Tệp không khớp với bản kê của gói.', 'A file is not the one that the manifest names.'),
  file_missing: altered('Thiếu một tệp có trong bản kê.', 'A file that the manifest names is missing.'),
  file_unlisted: altered('Có tệp không nằm trong bản kê.', 'There is a file that the manifest does not name.'),
  file_malformed: altered('Nội dung tệp không đúng định dạng.', 'A file is not what it should be.'),
  record_edited: altered('Bản ghi sự kiện đã bị sửa.', 'A record of the log was edited.'),
  record_removed: altered('Bản ghi sự kiện đã bị xóa.', 'A record of the log was removed.'),
  record_inserted: altered('Bản ghi sự kiện đã bị chèn thêm.', 'A record was inserted into the log.'),
  record_reordered: altered('Bản ghi sự kiện đã bị đổi chỗ.', 'A record of the log was moved.'),
  record_malformed: altered('Bản ghi sự kiện không đọc được.', 'A record of the log cannot be read.'),
  root_wrong: altered('Bằng chứng không khớp với gốc của ngày.', 'What is proven does not fit the root of the day.'),
  roots_unlinked: altered('Gốc của ngày không nối tiếp ngày trước.', 'The root of a day does not name the one before.'),
  timestamp_wrong: altered('Dấu thời gian không phải của gốc này.', 'The timestamp is not one of this root.'),
  document_changed: altered(
    'Văn bản không phải là văn bản mà nhật ký đã ghi.',
    'A document is not the one that the log names.',
  ),
  signature_broken: altered('Chữ ký số trên văn bản không hợp lệ.', 'A signature of a document is not valid.'),
  root_without_timestamp: doubtful('Gốc của ngày chưa có dấu thời gian.', 'The root of a day has no timestamp yet.'),
  timestamp_unconfirmed: doubtful(
    'Chưa xác nhận được ai cấp dấu thời gian (xem --trust).',
    'Who made the timestamp is not confirmed (see --trust).',
  ),
  records_without_root: doubtful(
    'Bản ghi chưa nằm trong gốc của ngày nào; hãy xuất lại gói sau khi có gốc của ngày.',
    'Records stand under no daily root yet: export the bundle again when there is one.',
  ),
  signature_unconfirmed: doubtful(
    'Chưa xác nhận được chữ ký số trên văn bản (xem --trust).',
    'A signature of a document is not confirmed (see --trust).',
  ),
} as const satisfies Record<string, FindingEntry>;

export type FindingCode = keyof typeof FINDINGS;

export interface Finding {
  readonly code: FindingCode;
  readonly vi: string;
  readonly en: string;
  /** The file it is about. */
  readonly path?: string;
  /** Number of the record in the log, and the last of a row. */
  readonly record?: number;
  readonly toRecord?: number;
  /** Place of the record in the list, counted from 1. */
  readonly place?: number;
  /** Type of the event. */
  readonly event?: string;
  readonly detail?: string;
}

export function finding(code: FindingCode, about: Omit<Finding, 'code' | 'vi' | 'en'> = {}): Finding {
  const { vi, en } = FINDINGS[code];
  return { code, vi, en, ...about };
}
