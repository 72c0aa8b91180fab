import * as z from 'zod';
import { formatIso } from '../platform/clock.ts';
import type { Reason } from '../signatures/reasons.ts';
import type { SignatureVerdict } from '../signatures/verdict.ts';
import { type IssuedDocument, issuedDocument } from './issued.ts';
import type { FileVerdict } from './verify-file.ts';

const time = z.string().meta({ description: 'ISO 8601 with +07:00.', example: '2026-03-09T08:15:00+07:00' });
const utc = z.string().meta({ description: 'ISO 8601, UTC.', example: '2026-03-09T01:15:00.000Z' });
const hash = z.string().meta({ description: 'SHA-256, lower-case hex.' });
const sentence = z.object({ vi: z.string(), en: z.string() }).meta({ description: 'For people, in both languages.' });
const status = z.enum(['TOTAL_PASSED', 'INDETERMINATE', 'TOTAL_FAILED']);
const subIndication = z.string().optional().meta({ description: 'EN 319 102-1 §5.1.3, of the worst reason.' });
const reason = z.object({
  code: z.string().meta({ description: 'Stays the same from version to version.', example: 'digest_mismatch' }),
  vi: z.string(),
  en: z.string(),
  detail: z.string().optional().meta({ description: 'An object or a place in the file, never its content.' }),
});
const reasons = z.array(reason);

export const issuedView = issuedDocument.extend({
  issuedAt: time,
  signers: z.array(z.object({ name: z.string(), title: z.string(), at: time })),
});
export type IssuedView = z.infer<typeof issuedView>;

const party = z.object({ name: z.string().nullable(), organization: z.string().nullable() });

const certificateView = z.object({ sha256: hash, notBefore: utc, notAfter: utc });

const changeView = z.object({
  added: z.enum(['signature', 'document_timestamp', 'validation_data', 'other']),
  fields: z.array(z.string()).meta({ description: 'Fields that were signed then.' }),
  reasons: reasons.meta({ description: 'What of it is not allowed; empty: all of it is.' }),
});

const signatureView = z.object({
  field: z.string().meta({ description: 'Full name of the form field.' }),
  kind: z.enum(['approval', 'certification', 'document_timestamp']),
  status,
  subIndication,
  conclusion: sentence,
  reasons: reasons.meta({ description: 'Why it is not passed; empty when it is.' }),
  signer: party
    .extend({ title: z.string().nullable() })
    .nullable()
    .meta({ description: 'As the certificate names them, without identity numbers; null: it cannot be read.' }),
  issuer: party.nullable().meta({ description: 'Who issued the certificate.' }),
  claimedTime: utc.nullable().meta({ description: 'As the signer’s software claims it; it proves nothing by itself.' }),
  certificate: certificateView.nullable(),
  path: z
    .array(hash)
    .meta({ description: 'Certificates from the signer’s up to the trusted root; empty: none holds.' }),
  algorithm: z
    .object({ scheme: z.string(), hash: z.string(), keyBits: z.number().int() })
    .nullable()
    .meta({ description: 'Null: unknown or not read.' }),
  revocation: z.literal('not_checked').meta({ description: 'Whether a certificate was revoked is not looked at yet.' }),
  coversWholeFile: z.boolean(),
  changedAfter: z.array(changeView).meta({ description: 'What each later revision of the file added, oldest first.' }),
});
export type SignatureView = z.infer<typeof signatureView>;

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
    return { vi: 'Văn bản này đã bị thu hồi hoặc thay thế.', en: 'This document has been recalled or replaced.' };
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
  if (verdict.reasons.some(({ code }) => code === 'no_signature') && !issued) {
    return { vi: 'Tệp không có chữ ký số.', en: 'The file has no digital signature.' };
  }
  return { vi: 'Không xác nhận được tệp này.', en: 'This file cannot be confirmed.' };
}

export function viewIssued(issued: IssuedDocument): IssuedView {
  return {
    ...issued,
    issuedAt: formatIso(issued.issuedAt),
    signers: issued.signers.map((signer) => ({ ...signer, at: formatIso(signer.at) })),
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

function viewSignature(signature: SignatureVerdict): SignatureView {
  const { field, kind, status, subIndication, reasons, signer, issuer, claimedTime, certificate, coverage } = signature;
  const { path, algorithm, revocation, laterRevisions } = signature;
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
    path: [...path],
    algorithm,
    revocation,
    coversWholeFile: coverage?.wholeFile ?? false,
    changedAfter: laterRevisions.map(({ added, fields, reasons: faults }) => ({
      added,
      fields: [...fields],
      reasons: faults.map(plain),
    })),
  };
}

function plain({ code, vi, en, detail }: Reason) {
  return { code, vi, en, ...(detail === undefined ? {} : { detail }) };
}
