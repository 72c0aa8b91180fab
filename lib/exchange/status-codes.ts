import type { LocalDate } from '../platform/clock.ts';
import type { RecallStatus } from './standing.ts';

/** What became of a dispatch at one recipient; `withdrawn`: recalled before it arrived. */
export type DeliveryStatus = 'sending' | 'withdrawn' | 'arrived' | 'returned' | 'registered';

/** Status codes of the exchange axis, dated (Quyết định 28/2018/QĐ-TTg). */
const STATUS_CODES: readonly {
  readonly from: LocalDate;
  readonly source: string;
  readonly codes: readonly {
    readonly code: string;
    readonly status?: DeliveryStatus;
    readonly recall?: RecallStatus;
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
      { code: '13', recall: 'asked', vi: 'Lấy lại', en: 'Recall asked' },
      { code: '15', recall: 'agreed', vi: 'Đồng ý lấy lại', en: 'Recall agreed' },
      { code: '16', recall: 'refused', vi: 'Từ chối lấy lại', en: 'Recall refused' },
    ],
  },
];

/** What the exchange has no code for: nothing has arrived. */
const WITHOUT_CODE: Readonly<Partial<Record<DeliveryStatus, { readonly vi: string; readonly en: string }>>> = {
  sending: { vi: 'Đang gửi', en: 'On its way' },
  withdrawn: { vi: 'Đã thu hồi trước khi đến', en: 'Recalled before it arrived' },
};

interface StatusWords {
  readonly code?: string;
  readonly vi: string;
  readonly en: string;
}

const present = (of: { readonly status?: DeliveryStatus; readonly recall?: RecallStatus }): StatusWords | undefined => {
  const found = STATUS_CODES.at(-1)?.codes.find((item) => item.status === of.status && item.recall === of.recall);
  return found && { code: found.code, vi: found.vi, en: found.en };
};

/** The code and its words for a status; a dispatch that has not arrived has no code. */
export function statusCode(status: DeliveryStatus): StatusWords {
  return present({ status }) ?? WITHOUT_CODE[status] ?? { vi: status, en: status };
}

/** The code and its words for what a recipient made of a recall. */
export function recallCode(recall: RecallStatus): StatusWords {
  return present({ recall }) ?? { vi: recall, en: recall };
}
