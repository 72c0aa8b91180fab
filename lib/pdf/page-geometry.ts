import { ProblemError } from '../platform/errors.ts';
import type { Box, PdfPage } from './page-tree.ts';

/** Size of a page as a reader sees it, turned and cropped, in points. */
export function shownSize(page: PdfPage): { width: number; height: number } {
  const { width, height } = page.cropBox;
  const upright = page.rotate % 180 === 0;
  return { width: (upright ? width : height) * page.userUnit, height: (upright ? height : width) * page.userUnit };
}

/** /Rect of an annotation: lower left and upper right corner in user space. */
export type Rect = readonly [number, number, number, number];

/**
 * Places a box given as a reader sees the page (origin at the lower left of the visible part, points) in the page's
 * user space. Throws `pdf_placement` when any of it would lie outside the visible part.
 */
export function placeOnPage(page: PdfPage, box: Box): Rect {
  const shown = shownSize(page);
  const slack = 0.01;
  const inside =
    box.x >= -slack &&
    box.y >= -slack &&
    box.x + box.width <= shown.width + slack &&
    box.y + box.height <= shown.height + slack;
  if (!inside || !(box.width > 0) || !(box.height > 0)) {
    throw new ProblemError('pdf_placement', { detail: 'the box lies outside the visible page' });
  }
  const [x1, y1] = toUserSpace(page, box.x, box.y);
  const [x2, y2] = toUserSpace(page, box.x + box.width, box.y + box.height);
  return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
}

/** A point as seen → the same point in user space. /Rotate turns the page clockwise. */
function toUserSpace(page: PdfPage, shownX: number, shownY: number): [number, number] {
  const { x, y, width, height } = page.cropBox;
  const [u, v] = [shownX / page.userUnit, shownY / page.userUnit];
  switch (page.rotate) {
    case 90:
      return [x + width - v, y + u];
    case 180:
      return [x + width - u, y + height - v];
    case 270:
      return [x + v, y + height - u];
    default:
      return [x + u, y + v];
  }
}

/** /Matrix of a form of the given size: against the page's own turn, back into the first quadrant. */
export function uprightMatrix(
  rotate: PdfPage['rotate'],
  width: number,
  height: number,
): readonly [number, number, number, number, number, number] {
  switch (rotate) {
    case 90:
      return [0, 1, -1, 0, height, 0];
    case 180:
      return [-1, 0, 0, -1, width, height];
    case 270:
      return [0, -1, 1, 0, 0, width];
    default:
      return [1, 0, 0, 1, 0, 0];
  }
}

/** The inverse of `placeOnPage`: a rectangle of user space as a reader sees it. */
export function shownBox(page: PdfPage, rect: Box): Box {
  const { x, y, width, height } = page.cropBox;
  const [left, low] = [rect.x - x, rect.y - y];
  const [right, high] = [width - left - rect.width, height - low - rect.height];
  const [shownX, shownY] = { 0: [left, low], 90: [low, right], 180: [right, high], 270: [high, left] }[page.rotate] as [
    number,
    number,
  ];
  const upright = page.rotate % 180 === 0;
  return {
    x: shownX * page.userUnit,
    y: shownY * page.userUnit,
    width: (upright ? rect.width : rect.height) * page.userUnit,
    height: (upright ? rect.height : rect.width) * page.userUnit,
  };
}

/** A point of user space as a reader sees it: points from the lower left of the visible part. */
export function shownPoint(page: PdfPage, point: { readonly x: number; readonly y: number }): { x: number; y: number } {
  const { x, y } = shownBox(page, { ...point, width: 0, height: 0 });
  return { x, y };
}

/** True when two boxes share some area. */
export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
