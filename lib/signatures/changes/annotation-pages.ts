import type { PdfDocument } from '../../pdf/document.ts';
import { isArray, isDict, isRef, type PdfRef } from '../../pdf/objects.ts';
import { pageOf, pages } from '../../pdf/page-tree.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { KnownForms } from './known-forms.ts';

/** Where annotations do not name their page, so many pages are looked through for them, once. */
const MOST_PAGES = 200;
/** Pages that are looked for one by one; after that all are numbered in one go. */
const MOST_SINGLE = 16;

/** Finds on which page of a document something stands, as far as that costs little. */
export class AnnotationPages {
  readonly #document: PdfDocument;
  readonly #forms: KnownForms;
  readonly #numbers = new Map<number, number | undefined>();
  #numbered: Promise<ReadonlyMap<number, number>> | undefined;
  #listed: Promise<ReadonlyMap<number, number>> | undefined;

  constructor(document: PdfDocument, forms: KnownForms) {
    this.#document = document;
    this.#forms = forms;
  }

  /** The page that an annotation stands on, from 1; undefined when it is on none or not found. */
  async of(annotation: PdfRef): Promise<number | undefined> {
    const dict = await this.#document.get(annotation);
    const named = isDict(dict) ? dict.get('P') : undefined;
    const page = isRef(named) ? await this.numberOf(named) : undefined;
    if (page !== undefined) return page;
    this.#listed ??= this.#list();
    return (await this.#listed).get(annotation.num);
  }

  /** Number of a page, from 1; undefined when it does not stand in the page tree. @throws ProblemError `pdf_limits` */
  async numberOf(page: PdfRef): Promise<number | undefined> {
    if (this.#numbers.has(page.num)) return this.#numbers.get(page.num);
    const many = this.#numbers.size >= MOST_SINGLE;
    if (many) this.#numbered ??= this.#numberAll();
    const number = this.#numbered ? (await this.#numbered).get(page.num) : await this.#find(page);
    this.#numbers.set(page.num, number);
    return number;
  }

  async #find(page: PdfRef): Promise<number | undefined> {
    try {
      const found = await pageOf(this.#document, page);
      return found && found.index + 1;
    } catch (error) {
      if (error instanceof ProblemError) return undefined;
      throw error;
    }
  }

  async #numberAll(): Promise<ReadonlyMap<number, number>> {
    const found = new Map<number, number>();
    try {
      for await (const { ref, index } of pages(this.#document)) {
        this.#forms.spend(1);
        found.set(ref.num, index + 1);
      }
    } catch (error) {
      if (!(error instanceof ProblemError) || this.#forms.isSpent) throw error;
    }
    return found;
  }

  async #list(): Promise<ReadonlyMap<number, number>> {
    const found = new Map<number, number>();
    try {
      for await (const page of pages(this.#document)) {
        if (page.index >= MOST_PAGES) break;
        const listed = await this.#document.value(page.dict, 'Annots');
        for (const item of isArray(listed) ? listed : []) if (isRef(item)) found.set(item.num, page.index + 1);
      }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
    }
    return found;
  }
}
