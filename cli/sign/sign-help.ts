import type { Command } from '../command.ts';

export const SIGN_USAGE: Command['usage'] = [
  'sign FILE --p12 KEY.p12 [--out FILE] [--json]',
  'sign FILE --p12 KEY.p12 --level lta --tsa URL --trust ROOTS.pem',
  'sign FILE --p12 KEY.p12 --visible [--title "KT. CHỦ TỊCH"] [--title "PHÓ CHỦ TỊCH"] [--image SIGNATURE.png]',
  'sign FILE --p12 KEY.p12 --anchor "TEXT" | --place PAGE,X,Y,WIDTH,HEIGHT | --field NAME',
];

/** Whom a level needs. */
export const AUTHORITY_HELP: Command['options'] = [
  [
    '--tsa URL',
    {
      vi: 'dịch vụ dấu thời gian; dùng lần nữa cho dịch vụ dự phòng',
      en: 'timestamp service; again for one to fall back on',
    },
  ],
  ['--trust PEM', { vi: 'chứng thư gốc được tin cậy', en: 'trusted root certificates' }],
  [
    '--allow-host HOST',
    {
      vi: 'máy chủ OCSP, CRL khác được phép gọi, ngoài những nơi chứng thư của người ký nêu',
      en: "a further OCSP or CRL host that may be called, besides those in the signer's certificates",
    },
  ],
];

/** Where the result goes, and how it is told. */
export const OUT_HELP = (vi: string, en: string): Command['options'] => [
  ['--out FILE', { vi: `tệp kết quả (${vi})`, en: `the signed file (${en})` }],
  ['--force', { vi: 'ghi đè tệp kết quả đã có', en: 'replace a signed file that is there' }],
  ['--json', { vi: 'kết quả bằng JSON', en: 'the result as JSON' }],
];

export const SIGN_HELP: Command['options'] = [
  [
    '--level b|t|lt|lta',
    {
      vi: 'mức PAdES (b); từ t trở lên cần --tsa và --trust; không đạt được thì không ghi gì',
      en: 'PAdES level (b); t and above need --tsa and --trust; nothing is written when it is not reached',
    },
  ],
  ...AUTHORITY_HELP,
  ...OUT_HELP('TÊN-signed.pdf', 'NAME-signed.pdf'),
  [
    '--visible',
    {
      vi: 'hiện chữ ký ở chỗ thường lệ; không có thì chữ ký ẩn',
      en: 'show the signature at its usual place; hidden otherwise',
    },
  ],
  [
    '--place P,X,Y,W,H',
    {
      vi: 'trang (1 là đầu, -1 là cuối) và khung, tính bằng point từ góc dưới bên trái trang đang nhìn thấy',
      en: 'page (1 is the first, -1 the last) and box, in points from the lower left of the page as it is seen',
    },
  ],
  ['--anchor TEXT', { vi: 'ngay dưới dòng chữ này trong tài liệu', en: 'right beneath this text of the document' }],
  [
    '--occurrence N',
    { vi: 'lần xuất hiện thứ mấy (1; -1 là cuối cùng)', en: 'which of several such texts (1; -1 is the last)' },
  ],
  ['--offset X,Y', { vi: 'dời khỏi chỗ đó, point', en: 'moved from there, in points' }],
  [
    '--field NAME',
    {
      vi: 'điền ô ký trống có sẵn; cùng --place hoặc --anchor thì là tên ô mới',
      en: 'fill this empty field; with --place or --anchor, the name of the new one',
    },
  ],
  [
    '--look KIND',
    {
      vi: 'person (cá nhân), plain (không chức vụ, họ tên: văn bản đã có), agency (con dấu), annex (phụ lục)',
      en: 'person, plain (no title and name: the document has them), agency (seal), annex (text only)',
    },
  ],
  ['--image PNG', { vi: 'ảnh chữ ký hoặc con dấu', en: 'image of the signature or the seal' }],
  ['--title TEXT', { vi: 'chức vụ, mỗi lần một dòng', en: 'capacity and office, one line each time' }],
  ['--name TEXT', { vi: 'tên hiện ra (theo chứng thư)', en: "the name shown (the certificate's)" }],
  ['--number TEXT', { vi: 'số và ký hiệu cạnh con dấu', en: 'number and symbol with the seal' }],
  ['--qr URL', { vi: 'mã QR dưới con dấu, khi còn chỗ', en: 'QR code beneath the seal, where there is room' }],
  ['--reason TEXT', { vi: 'lý do ký', en: 'why it is signed' }],
  ['--location TEXT', { vi: 'nơi ký', en: 'where it is signed' }],
  [
    '--certify 1|2|3',
    {
      vi: 'chữ ký chứng nhận (đầu tiên): 1 không cho sửa, 2 cho điền và ký, 3 thêm chú thích',
      en: 'certify (first signature): 1 no changes, 2 filling and signing, 3 annotations too',
    },
  ],
  [
    '--lock WHICH',
    { vi: 'khóa các ô: all, include:A,B, exclude:A,B', en: 'lock fields: all, include:A,B, exclude:A,B' },
  ],
  ['--hash NAME', { vi: 'sha256, sha384, sha512 (theo khóa)', en: "sha256, sha384, sha512 (the key's usual)" }],
  ['--pss', { vi: 'RSASSA-PSS thay cho PKCS#1 v1.5', en: 'RSASSA-PSS in place of PKCS#1 v1.5' }],
];
