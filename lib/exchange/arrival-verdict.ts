import * as z from 'zod';
import type { SignatureVerdict, Verdict } from '../signatures/validation/verdict.ts';

const sentence = z.object({ code: z.string(), vi: z.string(), en: z.string() });

/** What the receiver's clerk sees of the check that was made when a document arrived (NĐ 30/2020 art. 21). */
export const arrivalVerdict = z.object({
  /** Authentic and whole: every signature passed, the person's and the sender's seal among them. */
  passed: z.boolean(),
  reasons: z.array(sentence),
  signatures: z.array(
    z.object({
      status: z.enum(['TOTAL_PASSED', 'INDETERMINATE', 'TOTAL_FAILED']),
      signer: z.string().nullable(),
      organization: z.string().nullable(),
      claimedTime: z.string().nullable(),
      reasons: z.array(sentence),
    }),
  ),
  sha256: z.string(),
  checkedAt: z.number().int(),
});
export type ArrivalVerdict = z.infer<typeof arrivalVerdict>;

const FOUND = {
  bytes_differ: {
    vi: 'Tệp nhận được không phải tệp mà cơ quan gửi đã phát hành.',
    en: 'The file is not the one that the sender issued.',
  },
  seal_missing: {
    vi: 'Tệp không có chữ ký số hợp lệ của cơ quan gửi bao trùm toàn bộ.',
    en: 'No valid seal of the sender covers the whole file.',
  },
  person_missing: {
    vi: 'Tệp không có chữ ký số của người có thẩm quyền.',
    en: 'The file lacks the signature of a competent person.',
  },
} as const;

/**
 * Judges what arrived: the verdict on its signatures, and whether they are the two that a document needs (art. 5): a
 * person's, and over all of it the sender's. Doubt is never passed.
 * @param expected hash of the bytes that were issued; certificates (SHA-256) installed for the sender
 */
export function judgeArrival(
  verdict: Verdict,
  expected: { readonly sha256: string; readonly sealCertificates: readonly string[] },
  at: number,
): ArrivalVerdict {
  const isSeal = (sha256: string | undefined) => sha256 !== undefined && expected.sealCertificates.includes(sha256);
  const signatures = verdict.signatures.filter((item) => item.kind !== 'document_timestamp');
  const seals = signatures.filter((item) => isSeal(item.certificate?.sha256));
  const sealed = seals.some((item) => isLast(item) && item.status === 'TOTAL_PASSED');
  const person = signatures.some((item) => item.certificate && !isSeal(item.certificate.sha256));
  const faults: (keyof typeof FOUND)[] = [];
  if (verdict.file.sha256 !== expected.sha256) faults.push('bytes_differ');
  if (!sealed) faults.push('seal_missing');
  if (!person) faults.push('person_missing');
  return {
    passed: verdict.status === 'TOTAL_PASSED' && faults.length === 0,
    reasons: [...verdict.reasons.map(plain), ...faults.map((code) => ({ code, ...FOUND[code] }))],
    signatures: signatures.map((item) => ({
      status: item.status,
      signer: item.signer?.name ?? null,
      organization: item.signer?.organization ?? null,
      claimedTime: item.claimedTime,
      reasons: item.reasons.map(plain),
    })),
    sha256: verdict.file.sha256,
    checkedAt: at,
  };
}

/** Nothing came after it but what proves signatures for longer (EN 319 142-1 §5.4). */
function isLast({ coverage, laterRevisions }: SignatureVerdict): boolean {
  const proofs = laterRevisions.every(({ added }) => added === 'document_timestamp' || added === 'validation_data');
  return coverage !== null && (coverage.wholeFile || (laterRevisions.length > 0 && proofs));
}

function plain({ code, vi, en }: { readonly code: string; readonly vi: string; readonly en: string }) {
  return { code, vi, en };
}
