import type { PdfDocument } from '../document.ts';
import {
  isArray,
  isDict,
  isName,
  isNumber,
  isRef,
  isStream,
  isString,
  nameOf,
  type PdfDict,
  type PdfObject,
  type PdfStream,
} from '../objects.ts';
import { type Box, boxOf, type PdfPage } from '../page-tree.ts';
import { operations } from './content-reader.ts';
import { type FontDecoder, fontDecoder } from './font-decoder.ts';
import { IDENTITY, type Matrix, matrixOf, multiply, turnedBox } from './matrix.ts';

/** A piece of text that one operator shows, in the page's user space. */
export interface TextFragment {
  readonly text: string;
  /** Where its baseline begins and ends. */
  readonly start: { readonly x: number; readonly y: number };
  readonly end: { readonly x: number; readonly y: number };
  /** Height of the font as shown, in user space units. */
  readonly size: number;
}

const MOST_OPERATIONS = 300_000;
const MOST_FRAGMENTS = 50_000;
const MOST_FORMS = 500;
const FORM_DEPTH = 8;
const MOST_CONTENT = 16 * 1024 * 1024;

/**
 * The text of a page: its contents, the forms they draw, and the looks of its annotations; invisible text (of scans
 * that were read by machine) too. Bounded; text beyond the bounds is left out. Throws `pdf_broken`, `pdf_limits`.
 */
export async function pageText(document: PdfDocument, page: PdfPage): Promise<TextFragment[]> {
  const run = new Run(document);
  const contents = await document.value(page.dict, 'Contents');
  const parts: Uint8Array[] = [];
  for (const item of isArray(contents) ? contents : [contents]) {
    const stream = await document.resolve(item);
    if (isStream(stream)) parts.push(await document.streamBytes(stream), Buffer.from('\n'));
  }
  await run.content(Buffer.concat(parts), page.resources, IDENTITY, 0);
  for (const { form, matrix } of await annotationLooks(document, page)) await run.form(form, page.resources, matrix, 0);
  return run.fragments;
}

async function annotationLooks(document: PdfDocument, page: PdfPage): Promise<{ form: PdfStream; matrix: Matrix }[]> {
  const annotations = await document.value(page.dict, 'Annots');
  const looks: { form: PdfStream; matrix: Matrix }[] = [];
  for (const entry of isArray(annotations) ? annotations.slice(0, MOST_FORMS) : []) {
    const annotation = await document.resolve(entry);
    if (!isDict(annotation)) continue;
    const appearance = await document.value(annotation, 'AP');
    const form = isDict(appearance) ? await shownLook(document, annotation, appearance) : null;
    const rect = await boxOf(document, annotation.get('Rect'));
    if (isStream(form) && rect) looks.push({ form, matrix: await placedIn(document, form, rect) });
  }
  return looks;
}

/** The normal look; of one that has a look for each state (§12.5.5), the one it is in. */
async function shownLook(document: PdfDocument, annotation: PdfDict, appearance: PdfDict): Promise<PdfObject> {
  const normal = await document.value(appearance, 'N');
  const state = nameOf(await document.value(annotation, 'AS'));
  return isDict(normal) && state !== undefined ? document.value(normal, state) : normal;
}

/** §12.5.5, algorithm 8.1: the form's box, turned by its own matrix, fills the annotation's rectangle. */
async function placedIn(document: PdfDocument, form: PdfStream, rect: Box): Promise<Matrix> {
  const box = await boxOf(document, form.dict.get('BBox'));
  const own = await document.value(form.dict, 'Matrix');
  if (!box) return IDENTITY;
  const turned = turnedBox(box, matrixOf(isArray(own) ? own : []));
  const [scaleX, scaleY] = [rect.width / (turned.width || 1), rect.height / (turned.height || 1)];
  return [scaleX, 0, 0, scaleY, rect.x - turned.x * scaleX, rect.y - turned.y * scaleY];
}

/** Text state (ISO 32000-2 §9.3) and the matrix, kept by q and Q. */
interface State {
  matrix: Matrix;
  font: FontDecoder | undefined;
  size: number;
  characterSpacing: number;
  wordSpacing: number;
  scale: number;
  leading: number;
  rise: number;
}

class Run {
  readonly fragments: TextFragment[] = [];
  private readonly document: PdfDocument;
  private readonly fonts = new Map<PdfObject | string, FontDecoder>();
  private operationsLeft = MOST_OPERATIONS;
  private formsLeft = MOST_FORMS;
  private contentLeft = MOST_CONTENT;
  private line: Matrix = IDENTITY;
  private text: Matrix = IDENTITY;

  constructor(document: PdfDocument) {
    this.document = document;
  }

  async content(bytes: Uint8Array, resources: PdfDict | undefined, matrix: Matrix, depth: number): Promise<void> {
    let state: State = {
      matrix,
      font: undefined,
      size: 0,
      characterSpacing: 0,
      wordSpacing: 0,
      scale: 1,
      leading: 0,
      rise: 0,
    };
    const saved: State[] = [];
    const read = bytes.subarray(0, this.contentLeft);
    this.contentLeft -= read.length;
    for (const { operator, operands } of operations(read, this.operationsLeft)) {
      this.operationsLeft--;
      if (this.fragments.length >= MOST_FRAGMENTS) return;
      if (operator === 'q' && saved.length < 256) saved.push({ ...state });
      else if (operator === 'Q') state = saved.pop() ?? state;
      else if (operator === 'cm') state.matrix = multiply(matrixOf(operands), state.matrix);
      else if (operator === 'Do') await this.draw(nameOf(operands[0]), resources, state.matrix, depth);
      else if (operator === 'Tf') await this.setFont(state, operands, resources);
      else this.textOperator(state, operator, operands);
    }
  }

  async form(form: PdfStream, outer: PdfDict | undefined, matrix: Matrix, depth: number): Promise<void> {
    if (depth >= FORM_DEPTH || this.formsLeft-- <= 0) return;
    const own = await this.document.value(form.dict, 'Matrix');
    const resources = (await this.document.dict(form.dict, 'Resources')) ?? outer;
    const inner = multiply(matrixOf(isArray(own) ? own : []), matrix);
    await this.content(await this.document.streamBytes(form), resources, inner, depth + 1);
  }

  private async draw(
    name: string | undefined,
    resources: PdfDict | undefined,
    matrix: Matrix,
    depth: number,
  ): Promise<void> {
    const objects = resources && (await this.document.dict(resources, 'XObject'));
    const object = name === undefined ? null : await this.document.resolve(objects?.get(name));
    if (!isStream(object) || !isName(await this.document.value(object.dict, 'Subtype'), 'Form')) return;
    const [line, text] = [this.line, this.text];
    await this.form(object, resources, matrix, depth);
    [this.line, this.text] = [line, text];
  }

  private async setFont(state: State, operands: readonly PdfObject[], resources: PdfDict | undefined): Promise<void> {
    const [name, size] = operands;
    state.size = isNumber(size) ? size : 0;
    const fonts = resources && (await this.document.dict(resources, 'Font'));
    const entry = isName(name) ? fonts?.get(name.value) : undefined;
    const key = isRef(entry) ? `${entry.num} ${entry.gen}` : (entry ?? null);
    const known = this.fonts.get(key);
    const font = known ? null : await this.document.resolve(entry);
    state.font = known ?? (isDict(font) ? await fontDecoder(this.document, font) : undefined);
    if (state.font) this.fonts.set(key, state.font);
  }

  private textOperator(state: State, operator: string, operands: readonly PdfObject[]): void {
    const number = (index: number) => {
      const value = operands[index];
      return isNumber(value) ? value : 0;
    };
    switch (operator) {
      case 'BT':
        this.line = this.text = IDENTITY;
        break;
      case 'Tm':
        this.line = this.text = matrixOf(operands);
        break;
      case 'TD':
        state.leading = -number(1);
        this.move(number(0), number(1));
        break;
      case 'Td':
        this.move(number(0), number(1));
        break;
      case 'T*':
        this.move(0, -state.leading);
        break;
      case 'TL':
        state.leading = number(0);
        break;
      case 'Tc':
        state.characterSpacing = number(0);
        break;
      case 'Tw':
        state.wordSpacing = number(0);
        break;
      case 'Tz':
        state.scale = number(0) / 100;
        break;
      case 'Ts':
        state.rise = number(0);
        break;
      case 'Tj':
        this.show(state, operands);
        break;
      case 'TJ':
        this.show(state, isArray(operands[0]) ? operands[0] : []);
        break;
      case "'":
        this.move(0, -state.leading);
        this.show(state, operands);
        break;
      case '"':
        state.wordSpacing = number(0);
        state.characterSpacing = number(1);
        this.move(0, -state.leading);
        this.show(state, operands.slice(2));
        break;
    }
  }

  private move(x: number, y: number): void {
    this.line = this.text = multiply([1, 0, 0, 1, x, y], this.line);
  }

  /** Strings and the adjustments between them; a wide adjustment reads as a blank. */
  private show(state: State, items: readonly PdfObject[]): void {
    const { font, size, scale } = state;
    if (!font) return;
    const start = this.position(state);
    let shown = '';
    for (const item of items) {
      if (isNumber(item)) {
        this.advance((-item / 1000) * size * scale);
        if (item < -180) shown += ' ';
      } else if (isString(item)) {
        for (const { text, width, isSpace } of font.decode(item.bytes)) {
          shown += text;
          const spacing = state.characterSpacing + (isSpace ? state.wordSpacing : 0);
          this.advance(((width / 1000) * size + spacing) * scale);
        }
      }
    }
    if (shown.trim() === '') return;
    const [, , c, d] = multiply(this.text, state.matrix);
    this.fragments.push({ text: shown, start, end: this.position(state), size: Math.abs(size) * Math.hypot(c, d) });
  }

  private advance(distance: number): void {
    this.text = multiply([1, 0, 0, 1, distance, 0], this.text);
  }

  private position(state: State): { x: number; y: number } {
    const [, , , , x, y] = multiply([1, 0, 0, 1, 0, state.rise], multiply(this.text, state.matrix));
    return { x, y };
  }
}
