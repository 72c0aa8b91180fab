import { isDict, isName } from '../pdf/objects.ts';
import { type SignatureField, signatureFields } from '../pdf/signature-permissions.ts';
import type { DanglingReferences } from './dangling-references.ts';
import { type Reason, reason } from './reasons.ts';
import { readChanges, type Step } from './revision-changes.ts';
import { StepAccount } from './step-account.ts';
import { checkCatalog, checkForm, checkTrailer, checkValidationData } from './step-catalog-rules.ts';
import { checkSignedField, showsSomething, signedFields } from './step-field-rules.ts';

/** What a revision added, and why it is not (only) what may be added to a signed file. */
export interface StepFindings {
  /** Fields that were signed in this revision. */
  readonly signed: readonly SignatureField[];
  /** Names of the fields that existed, empty, before. */
  readonly filled: readonly string[];
  /** A new signature has an appearance on a page. */
  readonly visible: boolean;
  readonly hasValidationData: boolean;
  readonly reasons: readonly Reason[];
}

/**
 * The allow-list for a revision after a signature: it is a further signature (its field, widget, appearance and the
 * entries of catalog, form and page that hold these) or validation data (DSS), and every object it writes is
 * accounted for. Whatever is not recognised is a reason: nothing is guessed.
 *
 * @throws ProblemError `pdf_broken`, `pdf_limits` when the revision cannot be read
 */
export async function judgeStep(step: Step, dangling: DanglingReferences): Promise<StepFindings> {
  const changes = await readChanges(step);
  const account = new StepAccount(step, changes);
  const before = await signatureFields(step.before);
  const after = await signatureFields(step.after);

  for (const num of changes.added.keys()) if (dangling.has(num)) account.fault('object_prepared', num);
  checkTrailer(account);
  const signed = signedFields(account, before, after);
  await checkCatalog(account);
  await checkForm(account, signed);
  for (const field of signed) await checkSignedField(account, field, before);
  const hasValidationData = await checkValidationData(account);
  checkNothingElse(account);

  const isOld = ({ ref }: SignatureField) => before.some((field) => field.ref.num === ref.num);
  return {
    signed,
    filled: signed.filter(isOld).map(({ name }) => name),
    visible: await showsSomething(step.after, signed),
    hasValidationData,
    reasons: [...changes.reasons, ...account.reasons],
  };
}

/** Every object that was changed or added has been accounted for. */
function checkNothingElse(account: StepAccount): void {
  for (const [num, { after }] of account.changes.changed) {
    if (account.isExplained(num)) continue;
    account.fault(isDict(after) && isName(after.get('Type'), 'Page') ? 'page_changed' : 'object_changed', num);
  }
  for (const num of account.changes.added.keys())
    if (!account.isExplained(num)) account.fault('object_unexplained', num);
}

export function unreadableStep(detail: string): StepFindings {
  return {
    signed: [],
    filled: [],
    visible: false,
    hasValidationData: false,
    reasons: [reason('revision_unreadable', detail)],
  };
}
