import * as z from 'zod';
import { type UnitSuccession, unitSuccession } from '../directory/succession.ts';
import { formatIso } from '../platform/clock.ts';
import type { Reason } from '../signatures/reasons.ts';
import type { SignatureVerdict } from '../signatures/verdict.ts';
import type { FoundIssue } from './find-issued.ts';
import { issuedDocument } from './issued.ts';
import { remarksOn, remarksOnUnit } from './remarks.ts';
import type { FileVerdict } from './verify-file.ts';

const time = z.string().meta({ description: 'ISO 8601 with +07:00.', example: '2026-03-09T08:15:00+07:00' });
const sentence = z.object({ vi: z.string(), en: z.string() });
const status = z.enum(['TOTAL_PASSED', 'INDETERMINATE', 'TOTAL_FAILED']);
const reason = sentence.extend({ code: z.string(), detail: z.string().optional() });

const { shape } = issuedDocument;

export const issuedView = issuedDocument.extend({
  issuedAt: time,
  unit: unitSuccession.meta({
    description: 'The agency, by its name then; its last day and who it belongs to since are as of now.',
  }),
  signers: z.array(z.object({ name: z.string(), title: z.string(), at: time })),
  recalled: z.object({ at: time }).optional(),
  replacedBy: shape.replacedBy.unwrap().extend({ issuedAt: time }).optional(),
  replaces: shape.replaces.unwrap().extend({ issuedAt: time }).optional(),
  remarks: z
    .array(sentence)
    .meta({ description: 'What to know of it, in words: recalled, replaced, what became of its agency.' }),
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
      unit: unitSuccession
        .extend({ remarks: z.array(sentence) })
        .optional()
        .meta({ description: 'The agency whose seal it is, as of now, where the directory knows the certificate.' }),
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
  return { vi: 'Không xác nhận được tệp này.', en: 'This file cannot be confirmed.' };
}

export function viewIssued({ issued, issuer }: FoundIssue): IssuedView {
  const { recalled, replacedBy, replaces, ...facts } = issued;
  return {
    ...facts,
    issuedAt: formatIso(issued.issuedAt),
    unit: { successors: [], ...issuer, ...issued.unit },
    signers: issued.signers.map((signer) => ({ ...signer, at: formatIso(signer.at) })),
    ...(recalled ? { recalled: { at: formatIso(recalled.at) } } : {}),
    ...(replacedBy ? { replacedBy: { ...replacedBy, issuedAt: formatIso(replacedBy.issuedAt) } } : {}),
    ...(replaces ? { replaces: { ...replaces, issuedAt: formatIso(replaces.issuedAt) } } : {}),
    remarks: remarksOn({ issued, issuer }),
  };
}

export function viewVerification(result: FileVerdict): VerificationView {
  const { verdict, issued, issuer, seals } = result;
  return {
    genuine: result.genuine,
    conclusion: conclude(result),
    status: verdict.status,
    ...(verdict.subIndication === undefined ? {} : { subIndication: verdict.subIndication }),
    reasons: verdict.reasons.map(plain),
    signatures: verdict.signatures.map((signature) => viewSignature(signature, seals)),
    file: verdict.file,
    ...(issued ? { issued: viewIssued({ issued, issuer }) } : {}),
    validatedAt: verdict.validatedAt,
    algorithmPolicy: verdict.algorithmPolicy,
  };
}

function viewSignature(
  signature: SignatureVerdict,
  seals: ReadonlyMap<string, UnitSuccession>,
): VerificationView['signatures'][number] {
  const { field, kind, status, subIndication, reasons, signer, issuer, claimedTime, certificate, coverage } = signature;
  const unit = certificate ? seals.get(certificate.sha256) : undefined;
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
    ...(unit ? { unit: { ...unit, remarks: remarksOnUnit(unit) } } : {}),
  };
}

function plain({ code, vi, en, detail }: Reason) {
  return { code, vi, en, ...(detail === undefined ? {} : { detail }) };
}
