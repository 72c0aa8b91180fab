import type { TextFragment } from './page-text.ts';

/** Text that stands together on one line, apart from what else stands on it (another column). */
export interface TextSegment {
  readonly text: string;
  /** Along and across the direction of writing, in user space units; `across` grows upwards. */
  readonly from: number;
  readonly to: number;
  readonly across: number;
  readonly size: number;
  /** Direction of writing, degrees. */
  readonly angle: number;
}

/** A line of one direction, its segments in reading order. */
export interface TextLine {
  readonly segments: readonly TextSegment[];
}

/** A gap wider than so many font sizes parts columns. */
const COLUMN_GAP = 2;
const WORD_GAP = 0.15;

/** A fragment with its place along and across its direction of writing. */
interface Placed extends TextSegment {
  readonly fragment: TextFragment;
}

/** Sets fragments into lines, top to bottom within each direction of writing. */
export function textLines(fragments: readonly TextFragment[]): TextLine[] {
  return placedLines(fragments).map((line) => ({ segments: intoSegments(line) }));
}

/** The fragments of each line from its beginning to its end. */
export function fragmentLines(fragments: readonly TextFragment[]): TextFragment[][] {
  return placedLines(fragments).map((line) => line.map(({ fragment }) => fragment));
}

function placedLines(fragments: readonly TextFragment[]): Placed[][] {
  const placed = fragments.map(place).sort((a, b) => a.angle - b.angle || b.across - a.across);
  const lines: Placed[][] = [];
  for (const fragment of placed) {
    const line = lines.at(-1);
    const first = line?.[0];
    const near =
      first &&
      first.angle === fragment.angle &&
      first.across - fragment.across < 0.35 * Math.max(first.size, fragment.size);
    if (line && near) line.push(fragment);
    else lines.push([fragment]);
  }
  return lines.map((line) => line.sort((a, b) => a.from - b.from));
}

function place(fragment: TextFragment): Placed {
  const { text, start, end, size } = fragment;
  const radians = Math.atan2(end.y - start.y, end.x - start.x);
  const angle = Math.round((radians * 180) / Math.PI) % 360;
  const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const from = start.x * cos + start.y * sin;
  const to = end.x * cos + end.y * sin;
  return { text, from, to, across: start.y * cos - start.x * sin, size, angle, fragment };
}

function intoSegments(line: readonly Placed[]): TextSegment[] {
  const segments: TextSegment[] = [];
  for (const fragment of line) {
    const last = segments.at(-1);
    const gap = last ? fragment.from - last.to : 0;
    const size = Math.max(last?.size ?? 0, fragment.size);
    if (!last || gap > COLUMN_GAP * size) {
      segments.push(fragment);
      continue;
    }
    const blank = gap > WORD_GAP * size ? ' ' : '';
    segments[segments.length - 1] = {
      ...last,
      text: last.text + blank + fragment.text,
      to: Math.max(last.to, fragment.to),
      size,
    };
  }
  return segments;
}
