import type { LocalDate } from '../platform/clock.ts';

/** Days off of one year, as they were announced for public offices in Viet Nam. */
export interface YearOfDaysOff {
  readonly year: number;
  /** Version of this table; shown with every deadline that was computed from it. */
  readonly edition: string;
  /** `announced`: by the authority for that year. `statutory`: by Labour Code art. 112 and 111.3 alone, to be replaced. */
  readonly basis: 'announced' | 'statutory';
  readonly source: string;
  /** Working days (Monday to Friday) on which offices are closed. */
  readonly closed: readonly { readonly from: LocalDate; readonly to: LocalDate; readonly why: string }[];
  /** Saturdays and Sundays on which offices work instead of a day that was swapped. */
  readonly working: readonly { readonly day: LocalDate; readonly insteadOf: LocalDate }[];
}

/**
 * Public holidays with their swaps and days in lieu. Ngày Văn hóa Việt Nam (24 November) is decided in principle
 * (Nghị quyết 80-NQ/TW) and stands here only once the amended Labour Code is in force: until then a deadline over it
 * ends a day earlier, never later.
 */
export const DAYS_OFF_VN: readonly YearOfDaysOff[] = [
  {
    year: 2025,
    edition: 'vn-2025.2',
    basis: 'announced',
    source: 'Bộ luật Lao động 2019, Điều 112; thông báo nghỉ Tết Ất Tỵ và hoán đổi ngày 02/5/2025',
    closed: [
      { from: '2025-01-01', to: '2025-01-01', why: 'Tết Dương lịch' },
      { from: '2025-01-27', to: '2025-01-31', why: 'Tết Nguyên đán Ất Tỵ' },
      { from: '2025-04-07', to: '2025-04-07', why: 'Giỗ Tổ Hùng Vương' },
      { from: '2025-04-30', to: '2025-05-01', why: 'Ngày Chiến thắng, Quốc tế Lao động' },
      { from: '2025-05-02', to: '2025-05-02', why: 'Hoán đổi với 26/4/2025' },
      { from: '2025-09-01', to: '2025-09-02', why: 'Quốc khánh' },
    ],
    working: [{ day: '2025-04-26', insteadOf: '2025-05-02' }],
  },
  {
    year: 2026,
    edition: 'vn-2026.1',
    basis: 'announced',
    source:
      'Bộ luật Lao động 2019, Điều 112; thông báo của Bộ Nội vụ về nghỉ Tết và Quốc khánh 2026, hoán đổi 02/01 và 31/8/2026',
    closed: [
      { from: '2026-01-01', to: '2026-01-01', why: 'Tết Dương lịch' },
      { from: '2026-01-02', to: '2026-01-02', why: 'Hoán đổi với 10/01/2026' },
      { from: '2026-02-16', to: '2026-02-20', why: 'Tết Nguyên đán Bính Ngọ' },
      { from: '2026-04-27', to: '2026-04-27', why: 'Nghỉ bù Giỗ Tổ Hùng Vương (26/4)' },
      { from: '2026-04-30', to: '2026-05-01', why: 'Ngày Chiến thắng, Quốc tế Lao động' },
      { from: '2026-08-31', to: '2026-08-31', why: 'Hoán đổi với 22/8/2026' },
      { from: '2026-09-01', to: '2026-09-02', why: 'Quốc khánh' },
    ],
    working: [
      { day: '2026-01-10', insteadOf: '2026-01-02' },
      { day: '2026-08-22', insteadOf: '2026-08-31' },
    ],
  },
  {
    year: 2027,
    edition: 'vn-2027.0',
    basis: 'statutory',
    source: 'Bộ luật Lao động 2019, Điều 111.3, 112 (chưa có thông báo cho năm 2027)',
    closed: [
      { from: '2027-01-01', to: '2027-01-01', why: 'Tết Dương lịch' },
      { from: '2027-02-05', to: '2027-02-05', why: 'Tết Nguyên đán Đinh Mùi' },
      { from: '2027-02-08', to: '2027-02-09', why: 'Tết Nguyên đán Đinh Mùi' },
      { from: '2027-02-10', to: '2027-02-11', why: 'Nghỉ bù Tết Nguyên đán (06, 07/02)' },
      { from: '2027-04-16', to: '2027-04-16', why: 'Giỗ Tổ Hùng Vương' },
      { from: '2027-04-30', to: '2027-04-30', why: 'Ngày Chiến thắng' },
      { from: '2027-05-03', to: '2027-05-03', why: 'Nghỉ bù Quốc tế Lao động (01/5)' },
      { from: '2027-09-02', to: '2027-09-03', why: 'Quốc khánh' },
    ],
    working: [],
  },
];
