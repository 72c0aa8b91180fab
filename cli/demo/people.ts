/** Demo units and people. The names are invented; the unit codes are in the shape of the real ones. */

export interface DemoUnit {
  readonly code: string;
  readonly formerCodes: readonly string[];
  readonly name: string;
  readonly notation: string;
  readonly place: string;
  readonly tier: 'province' | 'commune';
  readonly email: string;
}

export interface DemoPerson {
  /** Subject of the sign-in provider. */
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly place?: { readonly unit: string; readonly role: 'clerk' | 'officer' | 'leader'; readonly title: string };
}

export const PROVINCE = 'H56.01';
export const HOANG_GIANG = 'H56.41';
export const QUANG_BINH = 'H56.87';

/** The service's own unit: its seal stands on reports of verification (`verification.sealUnit` of the stage). */
const VERIFICATION = 'BAKHONG.KT';

export const DEMO_UNITS: readonly DemoUnit[] = [
  {
    code: PROVINCE,
    formerCodes: ['000.00.01.H56'],
    name: 'Văn phòng UBND tỉnh Thanh Hóa',
    notation: 'VP',
    place: 'Thanh Hóa',
    tier: 'province',
    email: 'vanthu@vanphong.thanhhoa.example',
  },
  {
    code: HOANG_GIANG,
    formerCodes: ['000.17.22.H56'],
    name: 'Ủy ban nhân dân xã Hoằng Giang',
    notation: 'UBND',
    place: 'Hoằng Giang',
    tier: 'commune',
    email: 'vanthu@hoanggiang.thanhhoa.example',
  },
  {
    code: QUANG_BINH,
    formerCodes: ['000.21.31.H56'],
    name: 'Ủy ban nhân dân xã Quảng Bình',
    notation: 'UBND',
    place: 'Quảng Bình',
    tier: 'commune',
    email: 'vanthu@quangbinh.thanhhoa.example',
  },
  {
    code: VERIFICATION,
    formerCodes: [],
    name: 'Dịch vụ kiểm tra chữ ký số Ba Không',
    notation: 'BAKHONG',
    place: 'Thanh Hóa',
    tier: 'province',
    email: 'van-hanh@ba-khong.example',
  },
];

const staff = (
  n: number,
  name: string,
  mailbox: string,
  unit: string,
  role: 'clerk' | 'officer' | 'leader',
  title: string,
): DemoPerson => ({
  sub: `00000000-0000-4000-8000-0000000000${n}`,
  name,
  email: `${mailbox}@thanhhoa.example`,
  groups: [],
  place: { unit, role, title },
});

const citizen = (n: number, name: string, mailbox: string): DemoPerson => ({
  sub: `00000000-0000-4000-8000-0000000000${n}`,
  name,
  email: `${mailbox}@congdan.example`,
  groups: [],
});

export const DEMO_OPERATOR: DemoPerson = {
  sub: '00000000-0000-4000-8000-000000000001',
  name: 'Vận hành hệ thống',
  email: 'vanhanh@thanhhoa.example',
  groups: ['operator'],
};

export const DEMO_PEOPLE = {
  operator: DEMO_OPERATOR,
  citizenThao: citizen(11, 'Nguyễn Thị Thảo', 'thao'),
  citizenBinh: citizen(12, 'Lê Văn Bình', 'binh'),
  provinceClerk: staff(21, 'Trịnh Thị Hường', 'huong.vp', PROVINCE, 'clerk', 'Văn thư'),
  provinceOfficer: staff(22, 'Đỗ Quang Vinh', 'vinh.vp', PROVINCE, 'officer', 'Chuyên viên'),
  provinceLeader: staff(23, 'Phạm Đức Thuận', 'thuan.vp', PROVINCE, 'leader', 'Chánh Văn phòng'),
  communeClerk: staff(31, 'Lê Thị Ngọc', 'ngoc.hg', HOANG_GIANG, 'clerk', 'Văn thư'),
  communeOfficer: staff(32, 'Nguyễn Hữu Đạt', 'dat.hg', HOANG_GIANG, 'officer', 'Công chức địa chính'),
  communeLeader: staff(33, 'Hoàng Văn Ưởng', 'uong.hg', HOANG_GIANG, 'leader', 'Chủ tịch'),
  neighbourClerk: staff(41, 'Bùi Thị Lụa', 'lua.qb', QUANG_BINH, 'clerk', 'Văn thư'),
  neighbourOfficer: staff(42, 'Vũ Đình Kỳ', 'ky.qb', QUANG_BINH, 'officer', 'Công chức văn phòng'),
  neighbourLeader: staff(43, 'Mai Xuân Quý', 'quy.qb', QUANG_BINH, 'leader', 'Chủ tịch'),
} as const satisfies Record<string, DemoPerson>;

export type DemoName = keyof typeof DEMO_PEOPLE;
