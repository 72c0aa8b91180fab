import * as z from 'zod';
import { formatIso } from '../platform/clock.ts';
import type { Reason } from '../signatures/reasons.ts';
import type { SignatureVerdict } from '../signatures/verdict.ts';
import { type IssuedDocument, issuedDocument } from './issued.ts';
import { remarksOn } from './remarks.ts';
import type { FileVerdict } from './verify-file.ts';

const time = z.string().meta({ description: 'ISO 8601 with +07:00.', example: '2026-03-09T08:15:00+07:00' });
const sentence = z.object({ vi: z.string(), en: z.string() });
const status = z.enum(['TOTAL_PASSED', 'INDETERMINATE', 'TOTAL_FAILED']);
const reason = sentence.extend({ code: z.string(), detail: z.string().optional() });

const { shape } = issuedDocument;

export const issuedView = issuedDocument.extend({
  issuedAt: time,
  signers: z.array(z.object({ name: z.string(), title: z.string(), at: time })),
  recalled: z.object({ at: time }).optional(),
  replacedBy: shape.replacedBy.unwrap().extend({ issuedAt: time }).optional(),
  replaces: shape.replaces.unwrap().extend({ issuedAt: time }).optional(),
  remarks: z.array(sentence).meta({ description: 'What to know of it, in words: recalled, replaced, and when.' }),
});
export type IssuedView = z.infer<typeof issuedView>;

export const verificationView = z.object({
  genuine: z.boolean().meta({
    description:
      'Every signature passed, and exactly these bytes were issued here and still stand. Doubt is never genuine.',
  }),
  conclusion: sentence,
  status: status.meta({ description: 'Of the signatures, EN 319 102-1.' }),
  subIndication: z.string().optional(),
  reasons: z.array(reason),
  signatures: z.array(
    z.object({
      field: z.string(),
      kind: z.enum(['approval', 'certification', 'document_timestamp']),
      status,
      subIndication: z.string().optional(),
      conclusion: sentence,
      reasons: z.array(reason),
      signer: z
        .object({ name: z.string().nullable(), organization: z.string().nullable(), title: z.string().nullable() })
        .nullable(),
      issuer: z.object({ name: z.string().nullable(), organization: z.string().nullable() }).nullable(),
      claimedTime: z.string().nullable().meta({ description: 'As the signer’s software claims it.' }),
      certificate: z.object({ sha256: z.string(), notBefore: z.string(), notAfter: z.string() }).nullable(),
      coversWholeFile: z.boolean(),
    }),
  ),
  file: z.object({ bytes: z.number().int(), sha256: z.string() }),
  issued: issuedView.optional(),
  validatedAt: z.string(),
  algorithmPolicy: z.string(),
});
export type VerificationView = z.infer<typeof verificationView>;

const SIGNATURE = {
  TOTAL_PASSED: { vi: 'Chữ ký hợp lệ.', en: 'The signature is valid.' },
  INDETERMINATE: { vi: 'Chưa đủ cơ sở để xác nhận chữ ký.', en: 'The signature cannot be confirmed.' },
  TOTAL_FAILED: { vi: 'Chữ ký không hợp lệ.', en: 'The signature is not valid.' },
} as const;

function conclude({ genuine, verdict, issued }: FileVerdict) {
  if (genuine) {
    return {
      vi: 'Đúng là văn bản đã phát hành, chữ ký hợp lệ và nội dung nguyên vẹn.',
      en: 'This is the document that was issued; its signatures are valid and it is unchanged.',
    };
  }
  if (issued && issued.standing !== 'in-force') {
    const remarks = remarksOn(issued);
    return { vi: remarks.map(({ vi }) => vi).join(' '), en: remarks.map(({ en }) => en).join(' ') };
  }
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
  return { vi: 'Không xác nhận được tệp này.', en: 'This file cannot be confirmed.' };
}

export function viewIssued(issued: IssuedDocument): IssuedView {
  const { recalled, replacedBy, replaces, ...facts } = issued;
  return {
    ...facts,
    issuedAt: formatIso(issued.issuedAt),
    signers: issued.signers.map((signer) => ({ ...signer, at: formatIso(signer.at) })),
    ...(recalled ? { recalled: { at: formatIso(recalled.at) } } : {}),
    ...(replacedBy ? { replacedBy: { ...replacedBy, issuedAt: formatIso(replacedBy.issuedAt) } } : {}),
    ...(replaces ? { replaces: { ...replaces, issuedAt: formatIso(replaces.issuedAt) } } : {}),
    remarks: remarksOn(issued),
  };
}

export function viewVerification(result: FileVerdict): VerificationView {
  const { verdict, issued } = result;
  return {
    genuine: result.genuine,
    conclusion: conclude(result),
    status: verdict.status,
    ...(verdict.subIndication === undefined ? {} : { subIndication: verdict.subIndication }),
    reasons: verdict.reasons.map(plain),
    signatures: verdict.signatures.map(viewSignature),
    file: verdict.file,
    ...(issued ? { issued: viewIssued(issued) } : {}),
    validatedAt: verdict.validatedAt,
    algorithmPolicy: verdict.algorithmPolicy,
  };
}

function viewSignature(signature: SignatureVerdict): VerificationView['signatures'][number] {
  const { field, kind, status, subIndication, reasons, signer, issuer, claimedTime, certificate, coverage } = signature;
  return {
    field,
    kind,
    status,
    ...(subIndication === undefined ? {} : { subIndication }),
    conclusion: SIGNATURE[status],
    reasons: reasons.map(plain),
    signer,
    issuer,
    claimedTime,
    certificate,
    coversWholeFile: coverage?.wholeFile ?? false,
  };
}

function plain({ code, vi, en, detail }: Reason) {
  return { code, vi, en, ...(detail === undefined ? {} : { detail }) };
}
