import { ProblemError } from '../platform/errors.ts';
import { parseCaseCode } from '../platform/ids.ts';
import type { IssuedDocument } from './issued.ts';
import type { VerifyDeps } from './verify-file.ts';

/**
 * What was issued under a code, as it is printed on documents: of a petition or a dispatch, or the id of a document.
 * @throws ProblemError `not_found`
 */
export async function findIssued(deps: Pick<VerifyDeps, 'issued'>, text: string): Promise<readonly IssuedDocument[]> {
  const code = /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text) ? text : parseCaseCode(text);
  const found = await deps.issued.byCode(code);
  if (found.length === 0) throw new ProblemError('not_found', { field: 'code' });
  return found;
}
