import type { Box } from '../pdf/page-tree.ts';

const MARGIN = 24;
const WIDTH = 176;
const HEIGHT = 66;
const GAP = 10;

/**
 * Where a signature stands on the last page: the person's at the lower right, the agency's to its left (NĐ 30/2020,
 * annex I). On small pages both shrink.
 */
export function signaturePlace(role: 'person' | 'agency', page: { readonly width: number; readonly height: number }): Box {
  const margin = Math.min(MARGIN, page.width / 20, page.height / 20);
  const width = Math.min(WIDTH, (page.width - 2 * margin - GAP) / 2);
  const height = Math.min(HEIGHT, page.height - 2 * margin);
  const right = page.width - margin - width;
  return { x: role === 'person' ? right : right - GAP - width, y: margin, width, height };
}
