import type { IssuedView } from '../issued-view.ts';
import type { SignatureView } from '../signature-view.ts';

interface Words {
  readonly vi: string;
  readonly en: string;
}

/** What stands at the left of a report's rows. */
export const LABELS = {
  sha256: { vi: 'Mã băm SHA-256', en: 'SHA-256' },
  bytes: { vi: 'Dung lượng', en: 'Size' },
  remarks: { vi: 'Nhận xét về tệp', en: 'Remarks on the file' },
  issued: { vi: 'Phát hành tại đây', en: 'Issued here' },
  standing: { vi: 'Tình trạng', en: 'Standing' },
  what: { vi: 'Loại', en: 'Kind' },
  number: { vi: 'Số, ký hiệu', en: 'Number and symbol' },
  issuedAt: { vi: 'Phát hành lúc', en: 'Issued at' },
  unit: { vi: 'Cơ quan', en: 'Agency' },
  official: { vi: 'Người ký văn bản', en: 'Official' },
  code: { vi: 'Mã tra cứu', en: 'Code' },
  signer: { vi: 'Người ký', en: 'Signer' },
  title: { vi: 'Chức danh', en: 'Title' },
  organization: { vi: 'Tổ chức', en: 'Organisation' },
  reasons: { vi: 'Kết luận, lý do', en: 'Conclusion, reasons' },
  claimedTime: { vi: 'Thời gian ký khai', en: 'Claimed time' },
  provenTime: { vi: 'Thời gian chứng minh', en: 'Proven time' },
  level: { vi: 'Mức chữ ký', en: 'Level' },
  attack: { vi: 'Cảnh báo', en: 'Warning' },
  changedAfter: { vi: 'Thay đổi sau khi ký', en: 'Changed after it' },
  issuer: { vi: 'Nơi cấp chứng thư', en: 'Issuer' },
  certificate: { vi: 'Chứng thư số', en: 'Certificate' },
  reliedOn: { vi: 'Căn cứ', en: 'Relied on' },
  algorithm: { vi: 'Thuật toán', en: 'Algorithm' },
  field: { vi: 'Ô ký trong tệp', en: 'Field of the file' },
  validatedAt: { vi: 'Kiểm tra lúc', en: 'Verified at' },
  by: { vi: 'Nơi kiểm tra', en: 'Verified by' },
  rules: { vi: 'Quy tắc', en: 'Rules' },
} as const satisfies Record<string, Words>;

export const STATUS = {
  TOTAL_PASSED: { vi: 'HỢP LỆ', en: 'valid' },
  INDETERMINATE: { vi: 'CHƯA ĐỦ CƠ SỞ', en: 'not confirmed' },
  TOTAL_FAILED: { vi: 'KHÔNG HỢP LỆ', en: 'not valid' },
} as const satisfies Record<SignatureView['status'], Words>;

export const KIND = {
  approval: { vi: 'Chữ ký', en: 'Signature' },
  certification: { vi: 'Chữ ký chứng nhận', en: 'Certification' },
  document_timestamp: { vi: 'Dấu thời gian', en: 'Document timestamp' },
} as const satisfies Record<SignatureView['kind'], Words>;

export const ADDED = {
  signature: { vi: 'Thêm chữ ký', en: 'A signature was added' },
  document_timestamp: { vi: 'Thêm dấu thời gian', en: 'A timestamp was added' },
  validation_data: { vi: 'Thêm dữ liệu xác minh', en: 'Validation data were added' },
  form_value: { vi: 'Điền biểu mẫu', en: 'A form was filled' },
  annotation: { vi: 'Thêm chú thích', en: 'An annotation was added' },
  metadata: { vi: 'Cập nhật siêu dữ liệu', en: 'Metadata were updated' },
  more: { vi: 'Các thay đổi khác', en: 'Further changes' },
  other: { vi: 'Thay đổi khác', en: 'Another change' },
} as const satisfies Record<SignatureView['changedAfter'][number]['added'], Words>;

export const STANDING = {
  'in-force': { vi: 'Còn hiệu lực', en: 'In force' },
  recalled: { vi: 'ĐÃ BỊ THU HỒI', en: 'Recalled' },
  replaced: { vi: 'ĐÃ ĐƯỢC THAY THẾ', en: 'Replaced' },
} as const satisfies Record<IssuedView['standing'], Words>;

export const WHAT = {
  receipt: { vi: 'Giấy biên nhận', en: 'Receipt' },
  answer: { vi: 'Văn bản trả lời', en: 'Answer' },
  dispatch: { vi: 'Văn bản gửi cơ quan', en: 'Dispatch' },
} as const satisfies Record<IssuedView['what'], Words>;
