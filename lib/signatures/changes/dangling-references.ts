import type { PdfDocument } from '../../pdf/document.ts';
import type { PdfRef } from '../../pdf/objects.ts';
import { referencesIn } from './object-equality.ts';

/**
 * Object numbers that the file refers to without having the object. In a signed file they are a trap: whoever defines
 * such an object later changes what is shown, without touching anything that was signed.
 */
export class DanglingReferences {
  readonly #numbers = new Set<number>();
  readonly #observe: ((num: number, holder: number) => void) | undefined;

  /** @param observe is told of every reference on the way: to which object, from which */
  constructor(observe?: (num: number, holder: number) => void) {
    this.#observe = observe;
  }

  /** True when an object of the file already refers to `num`, which did not exist. */
  has(num: number): boolean {
    return this.#numbers.has(num);
  }

  /** Looks through all objects of a document. @throws ProblemError `pdf_broken`, `pdf_limits` */
  async addDocument(document: PdfDocument): Promise<void> {
    for await (const ref of document.liveRefs()) await this.addObject(document, ref);
  }

  /** Looks through one object. */
  async addObject(document: PdfDocument, ref: PdfRef): Promise<void> {
    for (const num of referencesIn(await document.get(ref))) {
      this.#observe?.(num, ref.num);
      const entry = this.#numbers.has(num) ? undefined : await document.xref.find(num);
      if (!entry || entry.type === 'free') this.#numbers.add(num);
    }
  }
}
