import type { LocalDate } from '../platform/clock.ts';

/** A type of official document and its abbreviation in symbols (NĐ 30/2020 art. 7 and annex III). */
export interface DocumentType {
  readonly id: string;
  readonly vi: string;
  readonly en: string;
  /** Absent where the symbol is formed without one: công văn, thư công. */
  readonly abbreviation?: string;
}

/** The types in force from a day on; the newest edition that has begun applies. */
export interface DocumentTypeEdition {
  readonly from: LocalDate;
  readonly source: string;
  readonly types: readonly DocumentType[];
}

export const DOCUMENT_TYPE_EDITIONS: readonly DocumentTypeEdition[] = [
  {
    from: '2020-03-05',
    source: 'Nghị định 30/2020/NĐ-CP, Điều 7, Phụ lục III',
    types: [
      { id: 'nghi-quyet', vi: 'Nghị quyết', en: 'Resolution', abbreviation: 'NQ' },
      { id: 'quyet-dinh', vi: 'Quyết định', en: 'Decision', abbreviation: 'QĐ' },
      { id: 'chi-thi', vi: 'Chỉ thị', en: 'Directive', abbreviation: 'CT' },
      { id: 'quy-che', vi: 'Quy chế', en: 'Statute', abbreviation: 'QC' },
      { id: 'quy-dinh', vi: 'Quy định', en: 'Regulation', abbreviation: 'QyĐ' },
      { id: 'thong-cao', vi: 'Thông cáo', en: 'Communiqué', abbreviation: 'TC' },
      { id: 'thong-bao', vi: 'Thông báo', en: 'Notice', abbreviation: 'TB' },
      { id: 'huong-dan', vi: 'Hướng dẫn', en: 'Guidance', abbreviation: 'HD' },
      { id: 'chuong-trinh', vi: 'Chương trình', en: 'Programme', abbreviation: 'CTr' },
      { id: 'ke-hoach', vi: 'Kế hoạch', en: 'Plan', abbreviation: 'KH' },
      { id: 'phuong-an', vi: 'Phương án', en: 'Scheme', abbreviation: 'PA' },
      { id: 'de-an', vi: 'Đề án', en: 'Proposal', abbreviation: 'ĐA' },
      { id: 'du-an', vi: 'Dự án', en: 'Project', abbreviation: 'DA' },
      { id: 'bao-cao', vi: 'Báo cáo', en: 'Report', abbreviation: 'BC' },
      { id: 'bien-ban', vi: 'Biên bản', en: 'Minutes', abbreviation: 'BB' },
      { id: 'to-trinh', vi: 'Tờ trình', en: 'Submission', abbreviation: 'TTr' },
      { id: 'hop-dong', vi: 'Hợp đồng', en: 'Contract', abbreviation: 'HĐ' },
      { id: 'cong-van', vi: 'Công văn', en: 'Official letter' },
      { id: 'cong-dien', vi: 'Công điện', en: 'Telegram', abbreviation: 'CĐ' },
      { id: 'ban-ghi-nho', vi: 'Bản ghi nhớ', en: 'Memorandum', abbreviation: 'BGN' },
      { id: 'ban-thoa-thuan', vi: 'Bản thỏa thuận', en: 'Agreement', abbreviation: 'BTT' },
      { id: 'giay-uy-quyen', vi: 'Giấy ủy quyền', en: 'Letter of authorisation', abbreviation: 'GUQ' },
      { id: 'giay-moi', vi: 'Giấy mời', en: 'Invitation', abbreviation: 'GM' },
      { id: 'giay-gioi-thieu', vi: 'Giấy giới thiệu', en: 'Letter of introduction', abbreviation: 'GGT' },
      { id: 'giay-nghi-phep', vi: 'Giấy nghỉ phép', en: 'Leave permit', abbreviation: 'GNP' },
      { id: 'phieu-gui', vi: 'Phiếu gửi', en: 'Transmittal slip', abbreviation: 'PG' },
      { id: 'phieu-chuyen', vi: 'Phiếu chuyển', en: 'Forwarding slip', abbreviation: 'PC' },
      { id: 'phieu-bao', vi: 'Phiếu báo', en: 'Notification slip', abbreviation: 'PB' },
      { id: 'thu-cong', vi: 'Thư công', en: 'Official correspondence' },
    ],
  },
];

/** The edition in force on a day. @throws RangeError before the first. */
export function documentTypesAt(day: LocalDate): DocumentTypeEdition {
  const edition = DOCUMENT_TYPE_EDITIONS.filter((item) => item.from <= day).at(-1);
  if (!edition) throw new RangeError(`no document types are known for ${day}`);
  return edition;
}

/** A type by id as it stands on a day; `undefined` when there is no such type then. */
export function documentTypeAt(id: string, day: LocalDate): DocumentType | undefined {
  return documentTypesAt(day).types.find((type) => type.id === id);
}
