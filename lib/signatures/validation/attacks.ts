import type { PdfDict } from '../../pdf/objects.ts';
import type { CoveredBytes } from '../byte-range.ts';
import type { LaterStep } from '../changes/revision-history.ts';
import { contentsOf, readByteRange } from '../signature-dictionary.ts';
import type { Reason, ReasonCode, Status } from './reasons.ts';

/**
 * Published attacks on PDF signatures, with the sentence people read. Universal forgery, incremental saving and wrapping:
 * Mladenov et al., “1 Trillion Dollar Refund”, CCS 2019; shadow attacks: Mainka et al., NDSS 2021; evil annotation and
 * sneaky signature: Rohlmann et al., “Breaking the Specification: PDF Certification”, S&P 2021.
 */
export const ATTACKS = {
  universal_signature_forgery: {
    vi: 'Giống kiểu giả mạo chữ ký phổ quát (USF): chữ ký bị làm cho không thể kiểm tra.',
    en: 'As in universal signature forgery (USF): the signature is made impossible to check.',
  },
  signature_wrapping: {
    vi: 'Giống kiểu bọc chữ ký (SWA): nội dung lạ được giấu trong phần không được ký.',
    en: 'As in signature wrapping (SWA): other content stands in the part that is left unsigned.',
  },
  incremental_saving: {
    vi: 'Giống kiểu lưu gia tăng (ISA): nội dung trang bị đổi bằng một phiên bản chưa ký.',
    en: 'As in an incremental saving attack (ISA): an unsigned revision changes what the pages show.',
  },
  shadow_hide: {
    vi: 'Giống kiểu tấn công bóng “ẩn”: thứ che nội dung thật bị gỡ hoặc đổi chỗ sau khi ký.',
    en: 'As in a shadow attack (hide): what lay over other content was taken away after signing.',
  },
  shadow_replace: {
    vi: 'Giống kiểu tấn công bóng “thay thế”: hình hiển thị bị thay mà giá trị không đổi.',
    en: 'As in a shadow attack (replace): the look was replaced while the value stayed.',
  },
  shadow_hide_and_replace: {
    vi: 'Giống kiểu tấn công bóng “ẩn và thay thế”: nội dung chuẩn bị sẵn được bật lên sau khi ký.',
    en: 'As in a shadow attack (hide and replace): content that was prepared beforehand was switched on after signing.',
  },
  evil_annotation: {
    vi: 'Giống kiểu “chú thích độc hại” (EAA): chú thích làm đổi nội dung tài liệu đã chứng nhận.',
    en: 'As in an evil annotation attack (EAA): an annotation changes what a certified document shows.',
  },
  sneaky_signature: {
    vi: 'Giống kiểu “chữ ký lén” (SSA): ô ký hiển thị không xác minh được nằm trên tài liệu đã chứng nhận.',
    en: 'As in a sneaky signature attack (SSA): a visible field that proves nothing lies on a certified document.',
  },
} as const;

export type AttackCode = keyof typeof ATTACKS;

/** A name for what the reasons describe: it explains a verdict and never makes one. */
export interface NamedAttack {
  readonly code: AttackCode;
  readonly vi: string;
  readonly en: string;
}

interface Named {
  readonly attack?: NamedAttack;
}

function attack(code: AttackCode | undefined): Named {
  return code === undefined ? {} : { attack: { code, ...ATTACKS[code] } };
}

const has = (reasons: readonly Reason[], ...codes: ReasonCode[]) => reasons.some(({ code }) => codes.includes(code));

/** The attack that the shape of a signature itself shows: what it leaves unsigned, or that there is nothing to check. */
export function attackOnSignature(dict: PdfDict, covered: CoveredBytes | undefined, reasons: readonly Reason[]): Named {
  const contents = contentsOf(dict);
  const span = contents?.span;
  const hasNothing = (covered?.contents ?? contents?.bytes)?.every((byte) => byte === 0) ?? true;
  const byteRange = readByteRange(dict);
  // A range that is in order but longer than the file may be that of a file which was cut off.
  const isNone = !byteRange || byteRange.slice(1).some((part) => part <= 0);
  if (isNone || (hasNothing && has(reasons, 'byte_range_gap', 'cms_malformed')))
    return attack('universal_signature_forgery');
  if (!has(reasons, 'byte_range_gap') || !span) return {};
  const [, gapStart, gapEnd] = byteRange;
  const isWider = gapStart <= span.start && gapEnd >= span.end && gapEnd - gapStart > span.end - span.start;
  return attack(isWider ? 'signature_wrapping' : undefined);
}

/** The attack that a revision after a signature shows, the reasons that this signature gives included. */
export function attackInRevision(
  { evidence, signed }: LaterStep,
  reasons: readonly Reason[],
  isCertified: boolean,
): Named {
  if (reasons.length === 0) return {};
  return attack(nameOfStep(evidence, reasons, isCertified, signed.length > 0));
}

function nameOfStep(
  evidence: LaterStep['evidence'],
  reasons: readonly Reason[],
  isCertified: boolean,
  isSigned: boolean,
): AttackCode | undefined {
  const { shown, stackedFields, replacedLook, addedAnnotation, addedField } = evidence ?? NO_EVIDENCE;
  if (stackedFields || has(reasons, 'fields_stacked')) return 'shadow_hide';
  if (shown.awakened && has(reasons, 'history_rewritten', 'object_prepared')) return 'shadow_hide_and_replace';
  if (replacedLook || has(reasons, 'appearance_replaced')) return 'shadow_replace';
  const annotates = has(reasons, 'annotation_refused');
  if (isCertified && annotates && addedField) return 'sneaky_signature';
  if (isCertified && annotates && addedAnnotation) return 'evil_annotation';
  if (shown.removed && !shown.changed) return 'shadow_hide';
  return !isSigned && (shown.changed || (annotates && addedAnnotation)) ? 'incremental_saving' : undefined;
}

const NO_EVIDENCE: NonNullable<LaterStep['evidence']> = {
  shown: { changed: false, removed: false, awakened: false },
  stackedFields: false,
  replacedLook: false,
  addedAnnotation: false,
  addedField: false,
};

/** The attack that a verdict names: that on the signature itself, else of the first revision that shows one. */
export function attackOf(own: Named, later: readonly Named[]): Named {
  const found = own.attack ?? later.find((revision) => revision.attack)?.attack;
  return found ? { attack: found } : {};
}

/** For the verdict on a signature, in order by itself, when a later visible one turned out to prove nothing. */
export function attackBySignature({ kind, status }: { readonly kind: string; readonly status: Status }): Named {
  return attack(kind === 'certification' && status === 'TOTAL_PASSED' ? 'sneaky_signature' : undefined);
}
