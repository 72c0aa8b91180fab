/** Indications of EN 319 102-1 §5.1.3, worst last. */
export type Status = 'TOTAL_PASSED' | 'INDETERMINATE' | 'TOTAL_FAILED';

/** Sub-indications of EN 319 102-1 tables 5 and 6 that occur here. */
export type SubIndication =
  | 'FORMAT_FAILURE'
  | 'HASH_FAILURE'
  | 'SIG_CRYPTO_FAILURE'
  | 'SIG_CONSTRAINTS_FAILURE'
  | 'CHAIN_CONSTRAINTS_FAILURE'
  | 'CERTIFICATE_CHAIN_GENERAL_FAILURE'
  | 'CRYPTO_CONSTRAINTS_FAILURE'
  | 'NO_SIGNING_CERTIFICATE_FOUND'
  | 'NO_CERTIFICATE_CHAIN_FOUND'
  | 'OUT_OF_BOUNDS_NO_POE'
  | 'REVOKED_NO_POE'
  | 'REVOKED_CA_NO_POE'
  | 'TRY_LATER'
  | 'TIMESTAMP_ORDER_FAILURE'
  | 'SIGNED_DATA_NOT_FOUND';

interface ReasonEntry {
  readonly status: Exclude<Status, 'TOTAL_PASSED'>;
  readonly subIndication: SubIndication;
  readonly vi: string;
  readonly en: string;
}

const failed = (subIndication: SubIndication, vi: string, en: string): ReasonEntry => ({
  status: 'TOTAL_FAILED',
  subIndication,
  vi,
  en,
});
const doubtful = (subIndication: SubIndication, vi: string, en: string): ReasonEntry => ({
  status: 'INDETERMINATE',
  subIndication,
  vi,
  en,
});

/** Every reason why a signature or a file is not passed, with the sentence people read. */
export const REASONS = {
  // The file
  file_unreadable: failed('FORMAT_FAILURE', 'Tệp không phải PDF hoặc bị hỏng.', 'The file is not a PDF or is damaged.'),
  file_encrypted: doubtful(
    'FORMAT_FAILURE',
    'Tệp PDF có mật khẩu nên không kiểm tra được.',
    'The PDF is encrypted and cannot be checked.',
  ),
  file_beyond_limits: failed(
    'FORMAT_FAILURE',
    'Tệp PDF quá phức tạp để kiểm tra an toàn.',
    'The PDF is too complex to be checked safely.',
  ),
  beyond_time_limit: doubtful(
    'FORMAT_FAILURE',
    'Kiểm tra tệp này cần nhiều thời gian hơn mức cho phép nên chưa có kết luận.',
    'Checking this file takes more time than is allowed; there is no conclusion.',
  ),
  no_signature: doubtful('SIGNED_DATA_NOT_FOUND', 'Tệp không có chữ ký số.', 'The file has no digital signature.'),
  signature_removed: doubtful(
    'SIGNED_DATA_NOT_FOUND',
    'Chữ ký số đã bị gỡ khỏi biểu mẫu của tệp.',
    'A digital signature was taken out of the file’s form.',
  ),
  unlisted_signature_broken: failed(
    'HASH_FAILURE',
    'Tệp có một chữ ký mà nội dung nó bao trùm đã bị thay đổi.',
    'The file holds a signature whose signed content was changed.',
  ),
  too_many_signatures: doubtful(
    'FORMAT_FAILURE',
    'Tệp có quá nhiều chữ ký để kiểm tra.',
    'The file has too many signatures to be checked.',
  ),

  // Where the signature stands in the file (ISO 32000-2 §12.8.1)
  byte_range_malformed: failed(
    'FORMAT_FAILURE',
    'Vùng được ký (ByteRange) không hợp lệ.',
    'The signed byte range is malformed.',
  ),
  byte_range_gap: failed(
    'FORMAT_FAILURE',
    'Phần chừa ra của vùng được ký không đúng là chỗ chứa chữ ký.',
    'The gap in the signed byte range is not exactly the signature itself.',
  ),
  byte_range_end: failed(
    'FORMAT_FAILURE',
    'Vùng được ký không kết thúc ở cuối một phiên bản của tệp.',
    'The signed byte range does not end at the end of a revision.',
  ),
  signature_not_in_revision: failed(
    'FORMAT_FAILURE',
    'Chữ ký không thuộc phiên bản mà nó bao trùm.',
    'The signature is not part of the revision that it covers.',
  ),
  signature_shared: failed(
    'FORMAT_FAILURE',
    'Một chữ ký được gắn vào nhiều ô ký.',
    'One signature is used by several fields.',
  ),
  signature_in_several_fields: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Chữ ký đã nằm ở nhiều ô ký ngay từ khi ký, không rõ ô nào được ký.',
    'The signature stood in several fields when it was made; it is not clear which was signed.',
  ),
  sub_filter_unknown: doubtful(
    'FORMAT_FAILURE',
    'Loại chữ ký này không được hỗ trợ.',
    'This kind of signature is not supported.',
  ),

  // The CMS (RFC 5652, EN 319 122-1)
  timestamp_type_wrong: doubtful(
    'FORMAT_FAILURE',
    'Dấu thời gian được khai báo là một loại chữ ký khác.',
    'The timestamp is declared as a signature of another kind.',
  ),
  cms_malformed: failed('FORMAT_FAILURE', 'Dữ liệu chữ ký không đúng định dạng.', 'The signature data are malformed.'),
  cms_padding: failed(
    'FORMAT_FAILURE',
    'Có dữ liệu lạ sau dữ liệu chữ ký.',
    'There are stray bytes after the signature data.',
  ),
  cms_not_detached: failed(
    'FORMAT_FAILURE',
    'Chữ ký mang nội dung của riêng nó thay vì ký lên tệp.',
    'The signature carries content of its own instead of signing the file.',
  ),
  signer_count: failed(
    'FORMAT_FAILURE',
    'Dữ liệu chữ ký không có đúng một người ký.',
    'The signature data do not have exactly one signer.',
  ),
  signed_attributes_missing: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Chữ ký thiếu các thuộc tính bắt buộc.',
    'The signature lacks signed attributes.',
  ),
  content_type_wrong: failed(
    'FORMAT_FAILURE',
    'Kiểu nội dung được ký không đúng.',
    'The signed content type is wrong.',
  ),
  message_digest_missing: failed(
    'FORMAT_FAILURE',
    'Chữ ký thiếu mã băm của nội dung.',
    'The signature lacks the digest of the content.',
  ),
  digest_mismatch: failed(
    'HASH_FAILURE',
    'Nội dung đã bị thay đổi sau khi ký.',
    'The content was changed after it was signed.',
  ),
  signature_wrong: failed(
    'SIG_CRYPTO_FAILURE',
    'Giá trị chữ ký không đúng với chứng thư số của người ký.',
    'The signature value does not match the signer’s certificate.',
  ),
  algorithm_unknown: doubtful(
    'CRYPTO_CONSTRAINTS_FAILURE',
    'Thuật toán ký không được hỗ trợ.',
    'The signature algorithm is not supported.',
  ),
  algorithms_disagree: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Chữ ký khai các thuật toán không khớp nhau.',
    'The signature names algorithms that disagree.',
  ),
  algorithm_not_accepted: doubtful(
    'CRYPTO_CONSTRAINTS_FAILURE',
    'Thuật toán hoặc độ dài khóa không còn an toàn.',
    'The algorithm or the key size is no longer safe.',
  ),

  // The signer's certificate
  certificate_not_found: doubtful(
    'NO_SIGNING_CERTIFICATE_FOUND',
    'Không có chứng thư số của người ký.',
    'The signer’s certificate is missing.',
  ),
  certificate_malformed: doubtful(
    'CERTIFICATE_CHAIN_GENERAL_FAILURE',
    'Chứng thư số của người ký không đọc được.',
    'The signer’s certificate cannot be read.',
  ),
  certificate_reference_missing: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Chữ ký không chỉ rõ chứng thư số đã dùng.',
    'The signature does not say which certificate it was made with.',
  ),
  certificate_reference_wrong: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Chứng thư số không phải chứng thư mà chữ ký đã chỉ định.',
    'The certificate is not the one that the signature names.',
  ),
  certificate_key_usage: doubtful(
    'CHAIN_CONSTRAINTS_FAILURE',
    'Chứng thư số không dùng để ký tài liệu.',
    'The certificate is not meant for signing documents.',
  ),
  certificate_not_for_timestamps: doubtful(
    'CHAIN_CONSTRAINTS_FAILURE',
    'Chứng thư số không dùng để cấp dấu thời gian.',
    'The certificate is not meant for timestamps.',
  ),
  no_path_to_trust: doubtful(
    'NO_CERTIFICATE_CHAIN_FOUND',
    'Chứng thư số không do tổ chức được tin cậy cấp.',
    'The certificate does not chain to a trusted root.',
  ),
  anchor_not_trusted_then: doubtful(
    'NO_CERTIFICATE_CHAIN_FOUND',
    'Tổ chức cấp chứng thư không được tin cậy tại thời điểm kiểm tra.',
    'The root was not trusted at the time that counts.',
  ),
  certificate_not_valid_then: doubtful(
    'OUT_OF_BOUNDS_NO_POE',
    'Chứng thư số đã hết hạn hoặc chưa có hiệu lực tại thời điểm kiểm tra.',
    'A certificate had expired or was not yet valid at the time that counts.',
  ),
  issuer_may_not_issue: doubtful(
    'CHAIN_CONSTRAINTS_FAILURE',
    'Nơi cấp chứng thư số không có quyền cấp.',
    'An issuer in the chain may not issue certificates.',
  ),
  path_too_long: doubtful(
    'CHAIN_CONSTRAINTS_FAILURE',
    'Chuỗi chứng thư số dài quá mức cho phép.',
    'The certificate chain is longer than allowed.',
  ),
  unknown_critical_extension: doubtful(
    'CHAIN_CONSTRAINTS_FAILURE',
    'Chứng thư số có ràng buộc không hiểu được.',
    'A certificate has a constraint that is not understood.',
  ),
  search_limit: doubtful(
    'CERTIFICATE_CHAIN_GENERAL_FAILURE',
    'Chuỗi chứng thư số quá phức tạp.',
    'The certificate chain is too complex.',
  ),
  certificate_revoked: doubtful(
    'REVOKED_NO_POE',
    'Chứng thư số đã bị thu hồi trước thời điểm chứng minh được của chữ ký.',
    'The certificate had been revoked by the time that the signature is proven to have been there.',
  ),
  issuer_revoked: doubtful(
    'REVOKED_CA_NO_POE',
    'Chứng thư số của nơi cấp đã bị thu hồi.',
    'The certificate of an issuer had been revoked.',
  ),
  revocation_unknown: doubtful(
    'TRY_LATER',
    'Chưa biết chứng thư số có bị thu hồi hay không.',
    'It is not known whether a certificate was revoked.',
  ),
  timestamp_time_wrong: doubtful(
    'TIMESTAMP_ORDER_FAILURE',
    'Dấu thời gian ghi một thời điểm không thể đúng.',
    'The timestamp states a time that cannot be true.',
  ),
  claimed_time_outside: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Thời gian ký ghi trên chữ ký nằm ngoài hạn của chứng thư số.',
    'The claimed signing time is outside the certificate’s validity.',
  ),
  claimed_time_in_future: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Thời gian ký ghi trên chữ ký ở tương lai.',
    'The claimed signing time is in the future.',
  ),

  // What came after the signature
  bytes_after_revision: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Có dữ liệu lạ được thêm vào sau khi ký.',
    'Stray bytes were added after signing.',
  ),
  revision_unreadable: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Không đọc được phần thêm vào sau khi ký.',
    'What was added after signing cannot be read.',
  ),
  too_many_revisions: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Tệp có quá nhiều phiên bản sau khi ký để kiểm tra.',
    'The file has too many revisions after signing to be checked.',
  ),
  history_rewritten: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Phần thêm vào sau khi ký không nối tiếp phiên bản đã ký.',
    'What was added after signing does not build on the signed revision.',
  ),
  trailer_changed: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Cấu trúc gốc của tệp đã thay đổi sau khi ký.',
    'The root of the file was changed after signing.',
  ),
  catalog_changed: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Danh mục của tệp đã thay đổi sau khi ký.',
    'The catalog of the file was changed after signing.',
  ),
  form_changed: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Biểu mẫu đã thay đổi sau khi ký.',
    'The form was changed after signing.',
  ),
  page_changed: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Một trang đã thay đổi sau khi ký.',
    'A page was changed after signing.',
  ),
  object_changed: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Nội dung của tệp đã thay đổi sau khi ký.',
    'An object of the file was changed after signing.',
  ),
  object_removed: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Nội dung của tệp đã bị xóa sau khi ký.',
    'An object of the file was removed after signing.',
  ),
  object_unexplained: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Có đối tượng lạ được thêm vào sau khi ký.',
    'An object was added after signing for no known purpose.',
  ),
  object_prepared: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Tệp được chuẩn bị sẵn để nội dung thay đổi sau khi ký.',
    'The file was prepared so that its content changes after signing.',
  ),
  field_changed: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Ô ký được thêm sau có nội dung không được phép.',
    'A signature field that was added holds what it may not.',
  ),
  later_signature_broken: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Một chữ ký được thêm sau không hợp lệ.',
    'A signature that was added later is not intact.',
  ),
  later_signature_doubtful: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Một chữ ký hiển thị được thêm sau không xác minh được.',
    'A visible signature that was added later could not be verified.',
  ),
  certified_no_changes: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Tài liệu đã được chứng nhận là không được thay đổi, nhưng đã thay đổi.',
    'The document was certified against any change, and was changed.',
  ),
  field_locked: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Một ô đã bị khóa vẫn được điền sau khi ký.',
    'A locked field was filled after signing.',
  ),
  form_field_changed: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Một ô của biểu mẫu đã bị sửa nhiều hơn việc điền giá trị.',
    'A form field was changed in more than its value.',
  ),
  form_field_read_only: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Một ô chỉ đọc đã bị điền sau khi ký.',
    'A read-only form field was filled after signing.',
  ),
  appearance_replaced: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Hình hiển thị của một ô đã bị thay mà giá trị của ô không đổi.',
    'The look of a field was replaced while its value stayed.',
  ),
  fields_stacked: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Một ô nằm chồng lên ô khác đã bị điền sau khi ký.',
    'A field that lies upon another one was filled after signing.',
  ),
  annotation_not_allowed: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Có chú thích được thêm vào sau khi ký mà chữ ký không cho phép.',
    'An annotation was added after signing, which the signature does not allow.',
  ),
  annotation_refused: doubtful(
    'SIG_CONSTRAINTS_FAILURE',
    'Có chú thích được thêm vào sau khi ký có thể che hoặc làm thay đổi nội dung.',
    'An annotation was added after signing that can cover or change what is shown.',
  ),
} as const satisfies Record<string, ReasonEntry>;

export type ReasonCode = keyof typeof REASONS;

/** A reason as it stands in a verdict. `detail` names an object or a place, never content. */
export interface Reason {
  readonly code: ReasonCode;
  readonly vi: string;
  readonly en: string;
  readonly detail?: string;
}

export function reason(code: ReasonCode, detail?: string): Reason {
  const { vi, en } = REASONS[code];
  return { code, vi, en, ...(detail === undefined ? {} : { detail }) };
}

/** The indication that follows from the reasons: none is passed, else the worst, with the sub-indication it came with. */
export function indication(reasons: readonly Reason[]): { status: Status; subIndication?: SubIndication } {
  const entries = reasons.map(({ code }) => REASONS[code]);
  const worst = entries.find(({ status }) => status === 'TOTAL_FAILED') ?? entries[0];
  return worst ? { status: worst.status, subIndication: worst.subIndication } : { status: 'TOTAL_PASSED' };
}
