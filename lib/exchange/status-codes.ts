import type { LocalDate } from '../platform/clock.ts';

/** What became of a dispatch at one recipient. */
export type DeliveryStatus = 'sending' | 'arrived' | 'returned' | 'registered';

/** Status codes of the exchange axis, dated (Quyết định 28/2018/QĐ-TTg). */
const STATUS_CODES: readonly {
  readonly from: LocalDate;
  readonly source: string;
  readonly codes: readonly {
    readonly code: string;
    readonly status?: DeliveryStatus;
    readonly vi: string;
    readonly en: string;
  }[];
}[] = [
  {
    from: '2018-09-01',
    source: 'Quyết định 28/2018/QĐ-TTg',
    codes: [
      { code: '01', status: 'arrived', vi: 'Đã đến', en: 'Arrived' },
      { code: '02', status: 'returned', vi: 'Từ chối tiếp nhận, trả lại', en: 'Refused and returned' },
      { code: '03', status: 'registered', vi: 'Đã tiếp nhận, vào sổ', en: 'Accepted and registered' },
      { code: '04', vi: 'Phân công', en: 'Assigned' },
      { code: '05', vi: 'Đang xử lý', en: 'In progress' },
      { code: '06', vi: 'Hoàn thành', en: 'Done' },
      { code: '13', vi: 'Lấy lại', en: 'Recall asked' },
      { code: '15', vi: 'Đồng ý lấy lại', en: 'Recall agreed' },
      { code: '16', vi: 'Từ chối lấy lại', en: 'Recall refused' },
    ],
  },
];

/** The code and its words for a status; a dispatch on its way has none yet. */
export function statusCode(status: DeliveryStatus): {
  readonly code?: string;
  readonly vi: string;
  readonly en: string;
} {
  const found = STATUS_CODES.at(-1)?.codes.find((item) => item.status === status);
  return found ? { code: found.code, vi: found.vi, en: found.en } : { vi: 'Đang gửi', en: 'On its way' };
}
