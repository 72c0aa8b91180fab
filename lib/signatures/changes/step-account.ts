import type { PdfDocument } from '../../pdf/document.ts';
import { isRef, type PdfObject } from '../../pdf/objects.ts';
import { type Reason, type ReasonCode, reason } from '../validation/reasons.ts';
import { AnnotationPages } from './annotation-pages.ts';
import type { KnownForms } from './known-forms.ts';
import type { NotedChange } from './noted-change.ts';
import { referencesIn, sameValue } from './object-equality.ts';
import type { ObjectHolders } from './object-holders.ts';
import type { Changes, Step } from './revision-changes.ts';

/** The books of one revision: which of its objects have been accounted for, and what was found wrong. */
export class StepAccount {
  readonly before: PdfDocument;
  readonly after: PdfDocument;
  readonly changes: Changes;
  readonly holders: ObjectHolders;
  readonly forms: KnownForms;
  /** Pages of the file with the revision. */
  readonly pages: AnnotationPages;
  readonly reasons: Reason[] = [];
  /** What the revision did that has been accounted for. */
  readonly noted: NotedChange[] = [];
  readonly #explained = new Set<number>();
  readonly #walked = new Set<number>();

  constructor(
    { before, after }: Step,
    changes: Changes,
    { holders, forms }: { readonly holders: ObjectHolders; readonly forms: KnownForms },
  ) {
    this.before = before;
    this.after = after;
    this.changes = changes;
    this.holders = holders;
    this.forms = forms;
    this.pages = new AnnotationPages(after, forms);
  }

  fault(code: ReasonCode, num?: number, page?: number): void {
    const where = [page && `page ${page}`, num !== undefined && `object ${num}`].filter(Boolean).join(', ');
    this.reasons.push(reason(code, where === '' ? undefined : where));
  }

  /** Accounts for an object that has been looked at as a whole. */
  explain(num: number): void {
    this.#explained.add(num);
  }

  /** Is there anything left to be accounted for among the objects that existed? */
  get isOpen(): boolean {
    return [...this.changes.changed.keys()].some((num) => !this.#explained.has(num));
  }

  isExplained(num: number): boolean {
    return this.#explained.has(num);
  }

  /**
   * Accounts for the object that holds a value whose content has been compared. An object that existed counts only when
   * it held the very same place before: another one must not be overwritten to take the place.
   */
  holder(before: PdfObject | undefined, after: PdfObject | undefined): void {
    if (isRef(after) && (this.changes.added.has(after.num) || sameValue(before, after))) this.#explained.add(after.num);
  }

  /** Accounts for the new objects that `value` reaches; objects that were there before are not passed through. */
  newObjects(value: PdfObject | undefined): void {
    const pending = [...referencesIn(value ?? null)];
    for (let num = pending.pop(); num !== undefined; num = pending.pop()) {
      const added = this.changes.added.get(num);
      if (!added || this.#walked.has(num)) continue;
      this.#walked.add(num);
      this.#explained.add(num);
      pending.push(...referencesIn(added.value));
    }
  }
}
