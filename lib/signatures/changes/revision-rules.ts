import { isDict, isName } from '../../pdf/objects.ts';
import { type SignatureField, signatureFields } from '../../pdf/signature-permissions.ts';
import { type Reason, reason } from '../validation/reasons.ts';
import type { DanglingReferences } from './dangling-references.ts';
import type { KnownForms } from './known-forms.ts';
import type { NotedChange } from './noted-change.ts';
import type { ObjectHolders } from './object-holders.ts';
import { readChanges, type Step } from './revision-changes.ts';
import { StepAccount } from './step-account.ts';
import { checkCatalog, checkForm, checkTrailer, checkValidationData } from './step-catalog-rules.ts';
import { checkSignedField, checkSignedLooks, showsSomething, signedFields } from './step-field-rules.ts';
import { checkMetadata, explainLeftovers } from './step-metadata-rules.ts';
import { checkPages } from './step-page-rules.ts';
import { checkValues } from './step-value-rules.ts';

/** What a revision added, and why it is not (only) what may be added to a signed file. */
export interface StepFindings {
  /** Fields that were signed in this revision. */
  readonly signed: readonly SignatureField[];
  /** Names of the fields that existed before and were signed or given another value. */
  readonly filled: readonly string[];
  /** A new signature has an appearance on a page. */
  readonly visible: boolean;
  /** What it added and changed, as far as it is accounted for. */
  readonly noted: readonly NotedChange[];
  /** Annotations were added: not every signature allows that. */
  readonly annotated: boolean;
  readonly reasons: readonly Reason[];
}

/** What is known of the file before the revision. */
export interface KnownReferences {
  readonly dangling: DanglingReferences;
  readonly holders: ObjectHolders;
  readonly forms: KnownForms;
}

/**
 * The allow-list for a revision after a signature: it is a further signature (its field, widget, appearance and the
 * entries of catalog, form and page that hold these), validation data (DSS), values of form fields, harmless annotations
 * or metadata, and every object it writes is accounted for. Whatever is not recognised is a reason: nothing is guessed.
 * What depends on the signature that it comes after, certification and locks, is left to permissions.ts.
 *
 * @throws ProblemError `pdf_broken`, `pdf_limits` when the revision cannot be read
 */
export async function judgeStep(step: Step, known: KnownReferences): Promise<StepFindings> {
  const { dangling, forms } = known;
  const changes = await readChanges(step);
  const account = new StepAccount(step, changes, known);
  const before = await signatureFields(step.before, await forms.of(step.before));
  const after = await signatureFields(step.after, await forms.of(step.after));

  for (const num of changes.added.keys()) if (dangling.has(num)) account.fault('object_prepared', num);
  checkTrailer(account);
  const signed = signedFields(account, before, after);
  await checkCatalog(account);
  await checkForm(account, signed);
  for (const field of signed) await checkSignedField(account, field, before);
  await checkSignedLooks(account, before);
  const valued = await checkValues(account);
  const annotated = await checkPages(account, signed);
  await checkValidationData(account);
  await checkMetadata(account);
  await explainLeftovers(account);
  checkNothingElse(account);

  const isOld = ({ ref }: SignatureField) => before.some((field) => field.ref.num === ref.num);
  return {
    signed,
    filled: [...signed.filter(isOld).map(({ name }) => name), ...valued],
    visible: await showsSomething(step.after, signed),
    noted: account.noted,
    annotated,
    reasons: firstOfEachKind([...changes.reasons, ...account.reasons]),
  };
}

/** A revision may do the same wrong to every object of a file: a verdict names the first ones. */
const MOST_ALIKE = 20;

function firstOfEachKind(reasons: readonly Reason[]): Reason[] {
  const counts = new Map<string, number>();
  return reasons.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= MOST_ALIKE;
  });
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
    noted: [],
    annotated: false,
    reasons: [reason('revision_unreadable', detail)],
  };
}
