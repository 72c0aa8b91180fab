import type { Reason, Status } from '../../lib/signatures/validation/reasons.ts';
import type { SignatureVerdict, TimestampVerdict, Verdict } from '../../lib/signatures/validation/verdict.ts';
import type { Terminal, Text } from '../command.ts';
import { printable } from '../printable.ts';

const CONCLUSION: Readonly<Record<Status, Text>> = {
  TOTAL_PASSED: { vi: 'Hợp lệ', en: 'Valid' },
  INDETERMINATE: { vi: 'Chưa thể kết luận', en: 'Cannot be confirmed' },
  TOTAL_FAILED: { vi: 'Không hợp lệ', en: 'Not valid' },
};

/** The verdict for people: at a glance, then signature by signature with what was relied on. */
export function showVerdict(verdict: Verdict, { print }: Pick<Terminal, 'print'>): void {
  const { vi, en } = CONCLUSION[verdict.status];
  print(`${verdict.status}  ${vi} | ${en}`);
  showReasons(verdict.reasons, '  ', print);
  for (const signature of verdict.signatures) showSignature(signature, print);
  print(`  SHA-256 ${verdict.file.sha256}, ${verdict.file.bytes} B`);
  print(`  ${verdict.validatedAt}, ${verdict.algorithmPolicy}`);
  for (const { name, sha256 } of verdict.anchors) print(printable(`  Tin cậy | Trusted: ${name ?? ''} ${sha256}`));
}

function showSignature(signature: SignatureVerdict, print: Terminal['print']): void {
  const { field, status, level, signer, claimedTime, coverage, reasons, timestamps } = signature;
  const who = [signer?.name, signer?.organization].filter(Boolean).join(', ');
  print(
    printable(
      `  ${field}: ${status}  ${[level, who, claimedTime].filter(Boolean).join('  ')}${coverage?.wholeFile ? '' : ' *'}`,
    ),
  );
  showReasons(reasons, '    ', print);
  if (signature.attack) print(`    ${signature.attack.code}: ${signature.attack.vi} | ${signature.attack.en}`);
  for (const { vi, en } of signature.laterRevisions.flatMap(({ changes }) => changes)) {
    print(`    + ${printable(`${vi} | ${en}`)}`);
  }
  if (signature.provenTime) {
    print(`    Có từ | There since: ${signature.provenTime} (${signature.provenBy})`);
  }
  for (const timestamp of timestamps) showTimestamp(timestamp, print);
  for (const { status: state, answer, revokedAt } of signature.revocation) {
    const when = [answer?.kind, answer?.thisUpdate, revokedAt].filter(Boolean).join(' ');
    print(`    Thu hồi | Revocation: ${[state, when].filter(Boolean).join('  ')}`);
  }
}

function showTimestamp({ status, time, authority, reasons }: TimestampVerdict, print: Terminal['print']): void {
  print(printable(`    Dấu thời gian | Timestamp: ${status}  ${time ?? ''}  ${authority?.name ?? ''}`));
  showReasons(reasons, '      ', print);
}

function showReasons(reasons: readonly Reason[], indent: string, print: Terminal['print']): void {
  for (const { vi, en, code, detail } of reasons) {
    print(`${indent}${code}: ${vi} | ${en}${detail === undefined ? '' : ` (${printable(detail)})`}`);
  }
}
