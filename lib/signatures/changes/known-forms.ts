import type { PdfDocument } from '../../pdf/document.ts';
import { type FormField, formFields } from '../../pdf/form-fields.ts';
import { overLimit } from '../../pdf/problems.ts';

/** Each revision is judged with its whole form and the pages that it stands on: so many fields and pages are looked at, all revisions together. */
export const MOST_LOOKS = 250_000;

/** The forms of the revisions that are compared. What is after one revision is before the next, and is read once. */
export class KnownForms {
  readonly #read = new Map<PdfDocument, readonly FormField[]>();
  #left: number;

  constructor(looks: number) {
    this.#left = looks;
  }

  /** @throws ProblemError `pdf_broken`, `pdf_limits` */
  async of(document: PdfDocument): Promise<readonly FormField[]> {
    const known = this.#read.get(document);
    if (known) return known;
    const fields = await formFields(document);
    this.spend(fields.length);
    const [oldest] = this.#read.keys();
    if (oldest && this.#read.size > 1) this.#read.delete(oldest);
    this.#read.set(document, fields);
    return fields;
  }

  /** Takes note of so many fields or pages. @throws ProblemError `pdf_limits` when it has been too many */
  spend(looks: number): void {
    this.#left -= looks;
    if (this.isSpent) throw overLimit('the form is too large for so many revisions');
  }

  get isSpent(): boolean {
    return this.#left < 0;
  }
}
