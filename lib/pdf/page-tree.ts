import { ProblemError } from '../platform/errors.ts';
import type { PdfDocument } from './document.ts';
import {
  isArray,
  isDict,
  isInteger,
  isName,
  isNumber,
  isRef,
  type PdfArray,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  sameRef,
} from './objects.ts';
import { broken, overLimit } from './problems.ts';

/** A rectangle in points: lower left corner and size. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A page with what it inherits from the tree above it (ISO 32000-2 §7.7.3.4). */
export interface PdfPage {
  readonly index: number;
  readonly ref: PdfRef;
  readonly dict: PdfDict;
  /** The visible part in user space: /CropBox within /MediaBox. */
  readonly cropBox: Box;
  /** Clockwise turn when shown. */
  readonly rotate: 0 | 90 | 180 | 270;
  /** Size of a user space unit in points. */
  readonly userUnit: number;
  readonly resources: PdfDict | undefined;
}

const INHERITED = ['Resources', 'MediaBox', 'CropBox', 'Rotate'] as const;
type Inherited = ReadonlyMap<string, PdfObject>;

/** The number of pages as the root of the page tree tells it. */
export async function pageCount(document: PdfDocument): Promise<number> {
  const { dict } = await rootNode(document);
  return leaves(document, dict);
}

/** A page by index from 0; -1 is the last. Throws `pdf_placement` when there is no such page. */
export async function pageAt(document: PdfDocument, index: number): Promise<PdfPage> {
  const root = await rootNode(document);
  const count = await leaves(document, root.dict);
  const wanted = index < 0 ? count + index : index;
  if (!Number.isInteger(wanted) || wanted < 0 || wanted >= count) {
    throw new ProblemError('pdf_placement', { detail: 'there is no such page' });
  }
  let node = root;
  let inherited: Inherited = new Map();
  let left = wanted;
  for (let depth = 0; isTreeNode(node.dict); depth++) {
    if (depth > document.limits.chain) throw overLimit('the page tree is too deep');
    inherited = inherit(inherited, node.dict);
    const step = await childWith(document, node.dict, left);
    node = step.child;
    left = step.left;
  }
  return toPage(document, wanted, node.ref, inherit(inherited, node.dict), node.dict);
}

/** The page that `ref` names, found by way of its parents; undefined when it does not stand where they say. */
export async function pageOf(document: PdfDocument, ref: PdfRef): Promise<PdfPage | undefined> {
  let index = 0;
  let child = ref;
  let dict = await document.resolve(ref);
  for (let depth = 0; isDict(dict); depth++) {
    if (depth > document.limits.chain) throw overLimit('the page tree is too deep');
    const above = dict.get('Parent');
    if (!isRef(above)) break;
    const parent = await asNode(document, above);
    const before = await leavesBefore(document, parent.dict, child);
    if (before === undefined) return undefined;
    index += before;
    child = above;
    dict = parent.dict;
  }
  if (index >= (await pageCount(document))) return undefined;
  const page = await pageAt(document, index);
  return sameRef(page.ref, ref) ? page : undefined;
}

/** Pages of this node that come before its kid `child`; undefined when it is no kid of it. */
async function leavesBefore(document: PdfDocument, dict: PdfDict, child: PdfRef): Promise<number | undefined> {
  const kids = await kidsOf(document, dict);
  const at = kids.findIndex((kid) => isRef(kid) && sameRef(kid, child));
  if (at < 0) return undefined;
  if (kids.length === (await leaves(document, dict))) return at;
  let before = 0;
  for (const kid of kids.slice(0, at)) before += await leaves(document, (await asNode(document, kid)).dict);
  return before;
}

/** All pages in order. Throws `pdf_broken` on a tree that runs in a circle, `pdf_limits` on one that is too large. */
export async function* pages(document: PdfDocument): AsyncGenerator<PdfPage> {
  const root = await rootNode(document);
  const visited = new Set<number>();
  let index = 0;
  async function* walk(node: Node, inherited: Inherited, depth: number): AsyncGenerator<PdfPage> {
    if (depth > document.limits.chain) throw overLimit('the page tree is too deep');
    const below = inherit(inherited, node.dict);
    if (!isTreeNode(node.dict)) {
      yield await toPage(document, index++, node.ref, below, node.dict);
      return;
    }
    if (visited.has(node.ref.num)) throw broken('the page tree runs in a circle');
    visited.add(node.ref.num);
    for (const kid of await kidsOf(document, node.dict)) yield* walk(await asNode(document, kid), below, depth + 1);
  }
  yield* walk(root, new Map(), 0);
}

interface Node {
  readonly ref: PdfRef;
  readonly dict: PdfDict;
}

async function rootNode(document: PdfDocument): Promise<Node> {
  return asNode(document, (await document.catalog()).get('Pages') ?? null);
}

async function asNode(document: PdfDocument, value: PdfObject): Promise<Node> {
  if (!isRef(value)) throw broken('a page is not an indirect object');
  const dict = await document.resolve(value);
  if (!isDict(dict)) throw broken('a page is missing');
  return { ref: value, dict };
}

function isTreeNode(dict: PdfDict): boolean {
  return dict.has('Kids') && !isName(dict.get('Type'), 'Page');
}

async function kidsOf(document: PdfDocument, dict: PdfDict): Promise<PdfArray> {
  const kids = await document.value(dict, 'Kids');
  if (!isArray(kids)) throw broken('the page tree has no kids');
  return kids;
}

async function leaves(document: PdfDocument, dict: PdfDict): Promise<number> {
  if (!isTreeNode(dict)) return 1;
  const count = await document.value(dict, 'Count');
  if (!isInteger(count) || count < 0) throw broken('the page tree has no count');
  return count;
}

/** The kid that holds page `left` of this node. Counts skip whole branches; the search begins at the nearer end. */
async function childWith(document: PdfDocument, dict: PdfDict, left: number): Promise<{ child: Node; left: number }> {
  const kids = await kidsOf(document, dict);
  const count = await leaves(document, dict);
  const direct = kids[left];
  if (kids.length === count && direct !== undefined) {
    const child = await asNode(document, direct);
    if (!isTreeNode(child.dict)) return { child, left: 0 };
  }
  const backwards = left >= count / 2;
  let passed = 0;
  const wanted = backwards ? count - 1 - left : left;
  for (let i = 0; i < kids.length; i++) {
    const child = await asNode(document, kids[backwards ? kids.length - 1 - i : i] ?? null);
    const size = await leaves(document, child.dict);
    if (wanted < passed + size) return { child, left: backwards ? size - 1 - (wanted - passed) : wanted - passed };
    passed += size;
  }
  throw broken('the page tree holds fewer pages than it says');
}

function inherit(above: Inherited, dict: PdfDict): Inherited {
  const own = new Map(above);
  for (const key of INHERITED) {
    const value = dict.get(key);
    if (value !== undefined) own.set(key, value);
  }
  return own;
}

async function toPage(
  document: PdfDocument,
  index: number,
  ref: PdfRef,
  inherited: Inherited,
  dict: PdfDict,
): Promise<PdfPage> {
  const mediaBox = await boxOf(document, inherited.get('MediaBox'));
  if (!mediaBox) throw broken('a page has no size');
  const cropBox = await boxOf(document, inherited.get('CropBox'));
  const rotate = await document.resolve(inherited.get('Rotate'));
  const turn = isInteger(rotate) ? ((rotate % 360) + 360) % 360 : 0;
  if (turn !== 0 && turn !== 90 && turn !== 180 && turn !== 270) throw broken('a page is turned by an odd angle');
  const userUnit = await document.value(dict, 'UserUnit');
  const resources = await document.resolve(inherited.get('Resources'));
  return {
    index,
    ref,
    dict,
    cropBox: intersection(mediaBox, cropBox ?? mediaBox),
    rotate: turn,
    userUnit: isNumber(userUnit) && userUnit > 0 ? userUnit : 1,
    resources: isDict(resources) ? resources : undefined,
  };
}

/** A rectangle object, its corners in any order; undefined when it is none. */
export async function boxOf(document: PdfDocument, value: PdfObject | undefined): Promise<Box | undefined> {
  const corners = await document.resolve(value);
  if (!isArray(corners) || corners.length !== 4) return undefined;
  const numbers: number[] = [];
  for (const corner of corners) {
    const number = await document.resolve(corner);
    if (!isNumber(number)) return undefined;
    numbers.push(number);
  }
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers;
  return { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
}

/** §14.11.2: a crop box counts only within the media box. */
function intersection(media: Box, crop: Box): Box {
  const x = Math.max(media.x, crop.x);
  const y = Math.max(media.y, crop.y);
  const width = Math.min(media.x + media.width, crop.x + crop.width) - x;
  const height = Math.min(media.y + media.height, crop.y + crop.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : media;
}
