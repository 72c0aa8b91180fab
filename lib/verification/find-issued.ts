import { successionOf, type UnitSuccession } from '../directory/succession.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { parseCaseCode } from '../platform/ids.ts';
import type { IssuedDocument } from './issued.ts';
import type { VerifyDeps } from './verify-file.ts';

/** An issued document, and what became of its agency. */
export interface FoundIssue {
  readonly issued: IssuedDocument;
  readonly issuer: UnitSuccession | undefined;
}

/**
 * What was issued under a code, as it is printed on documents: of a petition or a dispatch, or the id of a document.
 * @throws ProblemError `not_found`
 */
export async function findIssued(
  deps: Pick<VerifyDeps, 'issued' | 'directory'>,
  text: string,
  at: EpochMs,
): Promise<readonly FoundIssue[]> {
  const code = /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text) ? text : parseCaseCode(text);
  const found = await deps.issued.byCode(code);
  if (found.length === 0) throw new ProblemError('not_found', { field: 'code' });
  return Promise.all(
    found.map(async (issued) => ({ issued, issuer: await successionOf(deps.directory, issued.unit.code, at) })),
  );
}
