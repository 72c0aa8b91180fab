import type { ReasonCode } from '../../lib/signatures/validation/reasons.ts';

/** What is compared with EU DSS. */
export type Measure = 'integrity' | 'form' | 'level';

/** Why our verdict on a corpus file is not that of EU DSS: by a reason of ours, or for files that were looked at one by one. */
interface Difference {
  readonly measure: Measure;
  readonly code?: ReasonCode;
  /** Parts of file names. */
  readonly files?: readonly string[];
  readonly why: string;
  /** When it was looked at. */
  readonly since: string;
}

const SINCE = '2026-11-26';

const NO_LEVEL =
  'a signature that is not intact, or cannot be checked, has no level for us; EU DSS names one whatever its own verdict';
const NOT_GOOD =
  'the timestamp is not good under this trust, and B-T needs a trusted one (EN 319 142-1 §6.1): we do not count it, EU DSS counts what is there';

const byCode = (measure: Measure, code: ReasonCode, why: string): Difference => ({ measure, code, why, since: SINCE });
const byFile = (measure: Measure, files: readonly string[], why: string): Difference => {
  return { measure, files, why, since: SINCE };
};

export const DIFFERENCES: readonly Difference[] = [
  byFile(
    'integrity',
    ['bac219bc36'],
    'Ed448 over SHAKE256 with 512 bits (RFC 8419, RFC 8702): value and digest are right, as pyHanko finds too; EU DSS finds the value wrong',
  ),
  byCode('form', 'signer_count', 'a signature of a PDF has one signer (EN 319 142-1 §6.2.1); pyHanko refuses it too'),
  byCode(
    'form',
    'cms_not_detached',
    'the container has content of its own, and a detached one has none (ISO 32000-2 §12.8.3.3)',
  ),
  byCode('form', 'byte_range_end', 'the byte range ends where no revision does; pyHanko finds the coverage wrong too'),
  byCode(
    'form',
    'object_changed',
    'all see that a page was added; EU DSS calls it a matter of form, we of what was changed, as pyHanko does',
  ),
  byFile(
    'form',
    ['962dd61443'],
    'the file has no cross-reference where it says: we do not repair, nor does pyHanko; EU DSS does and finds every signature broken',
  ),
  byFile(
    'level',
    ['4c7faca93b', '90ee140f02', 'ce3f3ca7d1'],
    'B-LT needs chains that hold, and a certificate of this one is signed with SHA-1',
  ),
  byCode('level', 'algorithm_unknown', NO_LEVEL),
  byCode('level', 'byte_range_malformed', NO_LEVEL),
  byCode('level', 'byte_range_gap', NO_LEVEL),
  byCode('level', 'issuer_may_not_issue', 'B-LT needs chains that hold, and an issuer in this one is no authority'),
  byFile(
    'level',
    ['0d305a37d9', '53fc83468d'],
    'the OCSP answer about the signer is by a responder that the root certified, not the issuer (RFC 6960 §4.2.2.2): it says nothing, and the file lacks another',
  ),
  byFile('level', ['0003dcb385'], 'the timestamp inside cannot be read, so we do not count it'),
  byFile('level', ['09a8742c68', '37247bb948', '3ee22cb3fb'], NOT_GOOD),
  byFile('level', ['e57eee5110'], 'the document timestamp is a copy over other bytes: it proves nothing'),
];
