import type { LetterContent } from '../pdf/author/letter.ts';
import { formatStamp } from '../platform/clock.ts';
import { verificationLink } from '../verification/verification-link.ts';
import type { Petition } from './petition.ts';

const KIND = { feedback: 'Phản ánh, kiến nghị', complaint: 'Khiếu nại', denunciation: 'Tố cáo' } as const;

/**
 * What the receipt of a petition says. The petition's own words stay out of it; a denouncer's name too, so that the slip
 * can be shown to anyone.
 */
export function receiptContent(
  petition: Petition,
  agency: { readonly name: string; readonly place: string },
  portalUrl: string,
): LetterContent {
  const link = verificationLink(portalUrl, petition.code);
  return {
    agency: agency.name,
    place: agency.place,
    date: petition.submittedAt,
    number: `Mã: ${petition.code}`,
    type: 'GIẤY BIÊN NHẬN',
    body: [
      { label: 'Mã hồ sơ', value: petition.code },
      { label: 'Loại', value: KIND[petition.kind] },
      ...(petition.kind === 'denunciation' || petition.ownerName === ''
        ? []
        : [{ label: 'Người gửi', value: petition.ownerName }]),
      { label: 'Gửi lúc', value: formatStamp(petition.submittedAt) },
      { label: 'Cơ quan nhận', value: `${agency.name} (${petition.unit})` },
      ...(petition.addressedTo === undefined
        ? []
        : [{ label: 'Gửi tới mã đơn vị', value: `${petition.addressedTo} (đã kết thúc, chuyển cơ quan kế nhiệm)` }]),
      { label: 'Tệp kèm theo', value: String(petition.attachments.length) },
      {
        text: 'Thời hạn trả lời được tính từ khi cơ quan tiếp nhận; ngày hẹn sẽ được thông báo khi tiếp nhận.',
      },
      { label: 'Tra cứu tại', value: link },
    ],
    qr: { text: link, caption: 'Quét mã để tra cứu' },
  };
}
