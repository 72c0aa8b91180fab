interface Entry {
  /** HTTP status of the answer. */
  readonly status: number;
  /** What happened and what to do, for people. */
  readonly vi: string;
  readonly en: string;
}

/** Every error code of the service, its HTTP status and its sentences. `docs/errors.md` is written from it. */
export const CATALOG = {
  // Requests
  bad_request: { status: 400, vi: 'Yêu cầu không đúng định dạng.', en: 'The request is malformed.' },
  invalid_field: {
    status: 422,
    vi: 'Một trường có giá trị không hợp lệ.',
    en: 'A field has a value that is not accepted.',
  },
  missing_token: { status: 401, vi: 'Vui lòng đăng nhập.', en: 'Please sign in.' },
  forbidden: { status: 403, vi: 'Tài khoản không có quyền làm việc này.', en: 'This account may not do that.' },
  not_found: { status: 404, vi: 'Không tìm thấy.', en: 'Not found.' },
  method_not_allowed: { status: 405, vi: 'Thao tác không được hỗ trợ.', en: 'The method is not supported here.' },
  body_too_large: { status: 413, vi: 'Nội dung gửi lên quá lớn.', en: 'The body is too large.' },
  unsupported_media_type: {
    status: 415,
    vi: 'Kiểu nội dung không được hỗ trợ.',
    en: 'The content type is not supported.',
  },
  bad_cursor: { status: 400, vi: 'Con trỏ trang không hợp lệ.', en: 'The page cursor is not valid.' },
  idempotency_key_missing: { status: 400, vi: 'Thiếu Idempotency-Key.', en: 'The Idempotency-Key header is missing.' },
  idempotency_key_reused: {
    status: 409,
    vi: 'Idempotency-Key đã dùng cho một yêu cầu khác.',
    en: 'The Idempotency-Key was used for a different request.',
  },
  conflict: {
    status: 409,
    vi: 'Dữ liệu vừa được người khác thay đổi; hãy tải lại.',
    en: 'Someone else has just changed this; load it again.',
  },
  too_many_requests: {
    status: 429,
    vi: 'Bạn gửi quá nhiều yêu cầu; hãy thử lại sau ít phút.',
    en: 'Too many requests from this address; try again later.',
  },
  busy: { status: 503, vi: 'Hệ thống đang bận; hãy thử lại.', en: 'The service is busy; please try again.' },
  invalid_state: {
    status: 409,
    vi: 'Việc này không làm được ở trạng thái hiện tại.',
    en: 'That cannot be done in the present state.',
  },
  internal: { status: 500, vi: 'Đã có lỗi; hãy thử lại sau.', en: 'Something went wrong; please try again later.' },

  // Uploads and documents
  upload_type: { status: 422, vi: 'Chỉ nhận tệp PDF, JPEG hoặc PNG.', en: 'Only PDF, JPEG or PNG files are accepted.' },
  upload_size: {
    status: 422,
    vi: 'Tệp rỗng hoặc vượt quá dung lượng cho phép.',
    en: 'The file is empty or larger than allowed.',
  },
  upload_content_mismatch: {
    status: 422,
    vi: 'Nội dung tệp không khớp với kiểu, dung lượng hoặc mã băm đã khai.',
    en: 'The file does not match its declared type, size or hash.',
  },
  bundle_too_large: {
    status: 422,
    vi: 'Hồ sơ quá lớn để xuất thành một gói chứng cứ; hãy tải từng văn bản.',
    en: 'The case is too large for one evidence bundle; fetch its documents one by one.',
  },
  bundle_malformed: {
    status: 422,
    vi: 'Tệp không phải là một gói chứng cứ, hoặc đã bị hỏng hay đóng gói lại.',
    en: 'The file is not an evidence bundle, or it is damaged or was packed anew.',
  },
  upload_expired: {
    status: 410,
    vi: 'Lượt tải lên đã hết hạn; hãy tải lại.',
    en: 'The upload has expired; please upload again.',
  },
  upload_already_used: { status: 409, vi: 'Lượt tải lên này đã được dùng.', en: 'This upload has already been used.' },
  document_classified: {
    status: 422,
    vi: 'Tài liệu mật không được gửi qua hệ thống này.',
    en: 'Classified documents are not accepted here.',
  },
  document_not_ready: { status: 409, vi: 'Tệp chưa được kiểm tra xong.', en: 'The file has not been checked yet.' },
  document_changed: {
    status: 409,
    vi: 'Tệp đã thay đổi sau khi tải lên.',
    en: 'The file changed after it was uploaded.',
  },
  image_size: {
    status: 422,
    vi: 'Ảnh quá lớn hoặc quá nhỏ; hãy dùng PNG dưới 256 KB, mỗi chiều ít nhất 16 điểm ảnh.',
    en: 'The image is too large or too small: a PNG below 256 KB, 16 pixels or more each way.',
  },
  signature_image_gone: {
    status: 409,
    vi: 'Ảnh chữ ký hoặc con dấu không còn; hãy tải lên lại rồi duyệt lại.',
    en: 'The image of the signature or seal is gone: put it again, then approve again.',
  },
  image_broken: { status: 422, vi: 'Ảnh bị hỏng, không đọc được.', en: 'The image is damaged and cannot be read.' },

  // PDF
  pdf_encrypted: {
    status: 422,
    vi: 'Tệp PDF có mật khẩu; hãy bỏ mật khẩu rồi gửi lại.',
    en: 'The PDF is encrypted; remove the password and send it again.',
  },
  pdf_broken: { status: 422, vi: 'Tệp PDF bị hỏng.', en: 'The PDF is damaged.' },
  pdf_active_content: {
    status: 422,
    vi: 'Tệp PDF chứa mã lệnh (JavaScript hoặc Launch).',
    en: 'The PDF contains active content (JavaScript or Launch actions).',
  },
  pdf_executable_attachment: {
    status: 422,
    vi: 'Tệp PDF có đính kèm chương trình.',
    en: 'The PDF carries an executable attachment.',
  },
  pdf_xfa: {
    status: 422,
    vi: 'Tệp PDF dùng biểu mẫu XFA, không được hỗ trợ.',
    en: 'The PDF uses an XFA form, which is not supported.',
  },
  pdf_signature_room: {
    status: 500,
    vi: 'Chỗ dành cho chữ ký không đủ.',
    en: 'The room kept for the signature is too small.',
  },
  pdf_certified_no_changes: {
    status: 422,
    vi: 'Tệp PDF đã được chứng nhận và không cho phép thay đổi.',
    en: 'The PDF is certified and allows no changes.',
  },
  pdf_field_locked: { status: 422, vi: 'Ô ký đã bị khóa.', en: 'The signature field is locked.' },
  pdf_placement: {
    status: 422,
    vi: 'Vị trí chữ ký nằm ngoài trang.',
    en: 'The signature does not fit where it was placed.',
  },
  pdf_anchor_not_found: {
    status: 422,
    vi: 'Không tìm thấy chữ làm mốc để đặt chữ ký.',
    en: 'The text that the signature was to stand by is not in the document.',
  },
  pdf_field_unknown: {
    status: 422,
    vi: 'Tệp PDF không có ô ký mang tên này.',
    en: 'The PDF has no signature field of that name.',
  },
  pdf_field_name: {
    status: 422,
    vi: 'Tên ô ký không dùng được: đã có trường khác mang tên này, hoặc tên có dấu chấm.',
    en: 'The field name cannot be used: another field bears it, or it has a full stop.',
  },
  pdf_field_widgets: {
    status: 422,
    vi: 'Ô ký hiện ở nhiều chỗ; một chữ ký chỉ được có một chỗ.',
    en: 'The signature field shows in several places; a signature has one.',
  },
  reading_limit: {
    status: 503,
    vi: 'Đọc tệp mất quá nhiều thời gian; hãy thử lại sau.',
    en: 'Reading the file took too long; try again later.',
  },
  pdf_limits: { status: 422, vi: 'Tệp PDF quá phức tạp.', en: 'The PDF exceeds what can be processed safely.' },

  // Keys and certificates
  certificate_invalid: { status: 422, vi: 'Chứng thư số không đọc được.', en: 'The certificate cannot be read.' },
  certificate_expired: { status: 422, vi: 'Chứng thư số đã hết hạn.', en: 'The certificate has expired.' },
  certificate_not_yet_valid: {
    status: 422,
    vi: 'Chứng thư số chưa có hiệu lực.',
    en: 'The certificate is not valid yet.',
  },
  certificate_key_usage: {
    status: 422,
    vi: 'Chứng thư số không dùng để ký được.',
    en: 'The certificate is not meant for signing.',
  },
  certificate_key_mismatch: {
    status: 422,
    vi: 'Chứng thư số không khớp với khóa.',
    en: 'The certificate does not belong to the key.',
  },
  certificate_untrusted: {
    status: 422,
    vi: 'Chứng thư số không do đơn vị được tin cậy cấp.',
    en: 'The certificate does not chain to a trusted root.',
  },
  signing_key_unavailable: { status: 503, vi: 'Khóa ký chưa sẵn sàng.', en: 'The signing key is not available.' },
  signing_key_with_holder: {
    status: 409,
    vi: 'Khóa ký do người ký giữ; hãy ký bằng khóa đó trên máy của mình.',
    en: 'The key stays with the signer: sign with it on your own machine.',
  },
  signing_key_not_with_holder: {
    status: 409,
    vi: 'Khóa ký của tài khoản này do hệ thống giữ; hãy ký trực tiếp.',
    en: 'The key of this account is kept by the service: sign directly.',
  },
  certification_request_invalid: {
    status: 422,
    vi: 'Yêu cầu cấp chứng thư (CSR) không đọc được hoặc không do chính khóa đó ký.',
    en: 'The certification request cannot be read or is not signed by its own key.',
  },
  remote_service_unknown: {
    status: 422,
    vi: 'Dịch vụ ký số từ xa này chưa được cho phép.',
    en: 'This remote signing service is not one that is allowed here.',
  },
  remote_signing_refused: {
    status: 409,
    vi: 'Dịch vụ ký số từ xa từ chối ký; hãy kiểm tra chứng thư và quyền ký tại dịch vụ đó.',
    en: 'The remote signing service refused to sign: look at the credential there.',
  },
  remote_signing_broken: {
    status: 503,
    vi: 'Dịch vụ ký số từ xa trả lời sai; hãy thử lại sau.',
    en: 'The remote signing service gave an answer that cannot be used; try again later.',
  },
  signature_mismatch: {
    status: 422,
    vi: 'Chữ ký không khớp với nội dung đã chuẩn bị hoặc với chứng thư số.',
    en: 'The signature does not fit what was prepared, or the certificate.',
  },
  signing_session_expired: {
    status: 410,
    vi: 'Phiên ký đã quá mười phút; hãy chuẩn bị lại.',
    en: 'The signing session is older than ten minutes; prepare again.',
  },
  signing_session_used: { status: 409, vi: 'Phiên ký này đã được dùng.', en: 'This signing session has been used.' },
  signing_session_other_person: {
    status: 403,
    vi: 'Phiên ký này của người khác.',
    en: 'This signing session is another person’s.',
  },
  signing_sessions_open: {
    status: 429,
    vi: 'Văn bản này đã được chuẩn bị ký nhiều lần mà chưa ký; hãy ký hoặc chờ mười phút.',
    en: 'This document has been prepared for signing several times and not signed: sign it, or wait ten minutes.',
  },
  signing_session_outdated: {
    status: 409,
    vi: 'Chứng thư, thẩm quyền hoặc cách trình bày đã thay đổi sau khi chuẩn bị; hãy chuẩn bị và ký lại.',
    en: 'Certificate, capacity or layout changed after it was prepared; prepare and sign again.',
  },
  pkcs12_unreadable: {
    status: 422,
    vi: 'Không mở được tệp PKCS#12: sai mật khẩu hoặc tệp hỏng.',
    en: 'The PKCS#12 container cannot be opened: wrong password or damaged file.',
  },
  certificate_revoked: { status: 422, vi: 'Chứng thư số đã bị thu hồi.', en: 'The certificate has been revoked.' },

  // Timestamp and certification authorities
  authority_unreachable: {
    status: 503,
    vi: 'Không kết nối được với tổ chức chứng thực.',
    en: 'The authority cannot be reached.',
  },
  authority_not_allowed: {
    status: 422,
    vi: 'Địa chỉ của tổ chức chứng thực không nằm trong danh sách cho phép.',
    en: 'The address of the authority is not one that may be called.',
  },
  timestamp_unavailable: {
    status: 503,
    vi: 'Dịch vụ dấu thời gian không trả lời.',
    en: 'No timestamp authority answers.',
  },
  timestamp_invalid: {
    status: 502,
    vi: 'Dịch vụ dấu thời gian trả lời sai.',
    en: 'The timestamp authority gave a wrong answer.',
  },
  revocation_unavailable: {
    status: 503,
    vi: 'Không lấy được trạng thái thu hồi của chứng thư số.',
    en: 'The revocation state of a certificate cannot be had.',
  },
  revocation_invalid: {
    status: 502,
    vi: 'Dịch vụ trạng thái chứng thư số trả lời sai.',
    en: 'The revocation service gave a wrong answer.',
  },
  trust_list_signature: {
    status: 422,
    vi: 'Danh sách tin cậy không do chứng thư đã cho ký, hoặc đã bị thay đổi.',
    en: 'The trusted list is not signed by the given certificate, or was changed.',
  },
  trust_list_invalid: {
    status: 422,
    vi: 'Danh sách tin cậy không đúng cấu trúc ETSI TS 119 612.',
    en: 'The trusted list is not one of ETSI TS 119 612.',
  },
  trust_list_expired: {
    status: 422,
    vi: 'Danh sách tin cậy đã quá hạn cập nhật; hãy lấy bản mới.',
    en: 'The trusted list is past its next update; get the new one.',
  },

  // Verification
  report_not_offered: {
    status: 406,
    vi: 'Dịch vụ chưa có con dấu để đóng lên báo cáo PDF; hãy lấy báo cáo JSON.',
    en: 'This service has no seal for PDF reports; ask for JSON.',
  },

  // Directory
  unit_unknown: { status: 422, vi: 'Không có đơn vị này.', en: 'There is no such unit.' },
  unit_ended: { status: 422, vi: 'Đơn vị đã ngừng hoạt động.', en: 'The unit has ended.' },
  person_unknown: { status: 422, vi: 'Không có người này trong đơn vị.', en: 'There is no such person in the unit.' },
  unit_without_seal: { status: 409, vi: 'Đơn vị chưa có con dấu số.', en: 'The unit has no digital seal yet.' },
  signer_without_certificate: {
    status: 409,
    vi: 'Người ký chưa có chứng thư số.',
    en: 'The signer has no certificate yet.',
  },
  signer_not_competent: {
    status: 403,
    vi: 'Người ký không có thẩm quyền vào ngày ký.',
    en: 'The signer is not competent on the day of signing.',
  },

  // Cases
  document_unsigned: {
    status: 409,
    vi: 'Văn bản chưa có chữ ký cần thiết.',
    en: 'The document lacks a signature that is needed.',
  },
  signature_not_valid: {
    status: 409,
    vi: 'Chữ ký trên văn bản không hợp lệ; hãy trả lại.',
    en: 'A signature on the document is not valid; return it.',
  },
  recipient_duplicate: { status: 422, vi: 'Nơi nhận bị lặp.', en: 'A recipient is listed twice.' },
  recipient_is_sender: { status: 422, vi: 'Không gửi cho chính đơn vị mình.', en: 'A unit does not send to itself.' },
  calendar_missing: {
    status: 500,
    vi: 'Chưa có lịch làm việc cho ngày này.',
    en: 'There is no working calendar for that day.',
  },
  message_malformed: { status: 422, vi: 'Thông điệp không đúng cấu trúc.', en: 'The message is malformed.' },
  evidence_broken: { status: 500, vi: 'Chuỗi sự kiện của hồ sơ bị đứt.', en: 'The event chain of the case is broken.' },
} as const satisfies Record<string, Entry>;

export type Code = keyof typeof CATALOG;
