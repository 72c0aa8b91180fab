import * as z from 'zod';
import { issuedView, viewIssued } from './issued-view.ts';
import { remarksOn } from './remarks.ts';
import { signatureView, viewSignature } from './signature-view.ts';
import type { FileVerdict } from './verify-file.ts';
import { hash, reasons, sentence, status, subIndication, utc, viewReason } from './view-parts.ts';

/** DER of what authorities said; a list that would make the answer too long is named by its hash alone, with the signature. */
const material = z.object({
  certificates: z.array(z.base64()),
  ocsps: z.array(z.base64()),
  lists: z.array(z.base64()),
});

export const verificationView = z.object({
  genuine: z.boolean().meta({
    description:
      'Every signature passed, and exactly these bytes were issued here and still stand. Doubt is never genuine.',
  }),
  conclusion: sentence,
  status: status.meta({
    description:
      'Of the file, EN 319 102-1: passed only when it has signatures, all are passed, and nothing else came after.',
  }),
  subIndication,
  reasons: reasons.meta({ description: 'Reasons that concern the file as a whole.' }),
  signatures: z.array(signatureView),
  file: z.object({ bytes: z.number().int(), sha256: hash }),
  issued: issuedView.optional().meta({ description: 'What was issued here with exactly these bytes.' }),
  validatedAt: utc.meta({ description: 'The time for which the verdict holds, ISO 8601, UTC.' }),
  algorithmPolicy: z.string().meta({ description: 'Version of the policy on algorithms and key sizes.' }),
  anchors: z
    .array(z.object({ sha256: hash, name: z.string().nullable(), from: utc, until: utc.nullable() }))
    .meta({ description: 'Entries of the service’s trust list that hold the chains.' }),
  material: material.meta({
    description:
      'What authorities said when they were asked, in DER: with it, the file, the trust list and the time the verdict can be ' +
      'repeated offline (`ba-khong verify --repeat`).',
  }),
});
export type VerificationView = z.infer<typeof verificationView>;

function conclude({ genuine, verdict, issued, issuer }: FileVerdict) {
  const remarks = issued ? remarksOn({ issued, issuer }) : [];
  const inWords = (vi: readonly string[], en: readonly string[]) => ({
    vi: [...vi, ...remarks.map((remark) => remark.vi)].join(' '),
    en: [...en, ...remarks.map((remark) => remark.en)].join(' '),
  });
  if (genuine) {
    return inWords(
      ['Đúng là văn bản đã phát hành, chữ ký hợp lệ và nội dung nguyên vẹn.'],
      ['This is the document that was issued; its signatures are valid and it is unchanged.'],
    );
  }
  if (issued && issued.standing !== 'in-force') return inWords([], []);
  if (verdict.status === 'TOTAL_PASSED') {
    return {
      vi: 'Chữ ký hợp lệ, nhưng đây không phải văn bản đã phát hành tại đây.',
      en: 'The signatures are valid, but this is not a document that was issued here.',
    };
  }
  if (verdict.status === 'TOTAL_FAILED') {
    return {
      vi: 'Không hợp lệ: tệp hoặc chữ ký đã bị thay đổi.',
      en: 'Not valid: the file or a signature was altered.',
    };
  }
  if (verdict.reasons.some(({ code }) => code === 'no_signature') && !issued) {
    return { vi: 'Tệp không có chữ ký số.', en: 'The file has no digital signature.' };
  }
  return { vi: 'Không xác nhận được tệp này.', en: 'This file cannot be confirmed.' };
}

/** Characters of base64 that one piece of material may have: an answer of the API is 6 MB at most. */
const LONGEST_MATERIAL = 512 * 1024;

export function viewVerification(result: FileVerdict): VerificationView {
  const { verdict, issued, issuer, seals } = result;
  const kept = (parts: readonly string[]) => parts.filter(({ length }) => length <= LONGEST_MATERIAL);
  return {
    genuine: result.genuine,
    conclusion: conclude(result),
    status: verdict.status,
    ...(verdict.subIndication === undefined ? {} : { subIndication: verdict.subIndication }),
    reasons: verdict.reasons.map(viewReason),
    signatures: verdict.signatures.map((signature) => viewSignature(signature, seals)),
    file: verdict.file,
    ...(issued ? { issued: viewIssued({ issued, issuer }) } : {}),
    validatedAt: verdict.validatedAt,
    algorithmPolicy: verdict.algorithmPolicy,
    anchors: [...verdict.anchors],
    material: {
      certificates: kept(verdict.material.certificates),
      ocsps: kept(verdict.material.ocsps),
      lists: kept(verdict.material.lists),
    },
  };
}
