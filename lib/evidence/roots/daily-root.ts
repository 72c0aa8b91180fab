import * as z from 'zod';
import type { LocalDate } from '../../platform/clock.ts';
import { canonicalJson, type Sha256Hex, sha256Hex } from '../../platform/hash.ts';
import { inclusionPath, leafHash, provesInclusion, treeRoot } from '../merkle-tree.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const seq = z.number().int().positive();
const day = z.iso.date() as unknown as z.ZodType<LocalDate, string>;

/** One event as it stands under a day's root: its case, its place and its hash. */
export const loggedEvent = z.object({ caseId: z.string().min(1), seq, hash });
export type LoggedEvent = z.infer<typeof loggedEvent>;

/**
 * A leaf of a day's tree: a case whose log grew that day, with the hash of each event that was added, in order. The last is
 * the head of its log; the others name the record that was changed, should one be.
 */
export const caseLeaf = z.object({ caseId: z.string().min(1), events: z.array(z.object({ seq, hash })).min(1) });
export type CaseLeaf = z.infer<typeof caseLeaf>;

/** The root of a day. Its canonical JSON is the file that is timestamped. */
export const dailyRoot = z.object({
  version: z.literal(1),
  /** Calendar day in Viet Nam. */
  day,
  /** SHA-256 of the file of the day before, null for the first: so each root stands for all days before it. */
  previous: hash.nullable(),
  /** Number of leaves. */
  size: z.number().int().nonnegative(),
  /** Root of the tree (RFC 9162 §2.1.1), hex. */
  root: hash,
});
export type DailyRoot = z.infer<typeof dailyRoot>;

/** That a leaf stands in the tree of a day. */
export const inclusionProof = z.object({
  leaf: caseLeaf,
  index: z.number().int().nonnegative(),
  /** From the leaf up, hex. */
  path: z.array(hash).max(64),
});
export type InclusionProof = z.infer<typeof inclusionProof>;

/** The leaves of a day, one line each, sorted by case id: the bytes of a line are the bytes of its leaf. */
export function leafLines(events: Iterable<LoggedEvent>): string[] {
  const cases = Map.groupBy(events, ({ caseId }) => caseId);
  return [...cases.keys()].sort(byCodeUnits).map((caseId) => {
    const ordered = cases.get(caseId)!.sort((a, b) => a.seq - b.seq);
    return canonicalJson({ caseId, events: ordered.map(({ seq, hash }) => ({ seq, hash })) } satisfies CaseLeaf);
  });
}

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const hashOf = (line: string): Uint8Array => leafHash(Buffer.from(line));

/** The root over a day's leaves. */
export function rootOfDay(day: LocalDate, lines: readonly string[], previous: Sha256Hex | null): DailyRoot {
  const root = Buffer.from(treeRoot(lines.map(hashOf))).toString('hex');
  return { version: 1, day, previous, size: lines.length, root };
}

/** The file of a root, and by whose SHA-256 the next day and the timestamp name it. */
export function rootFile(root: DailyRoot): { readonly bytes: Uint8Array; readonly sha256: Sha256Hex } {
  const bytes = Buffer.from(canonicalJson(root));
  return { bytes, sha256: sha256Hex(bytes) };
}

/** @returns `undefined` where the case is not among the leaves */
export function proveInclusion(lines: readonly string[], caseId: string): InclusionProof | undefined {
  const start = `{"caseId":${JSON.stringify(caseId)},`;
  const index = lines.findIndex((line) => line.startsWith(start));
  if (index < 0) return undefined;
  const path = inclusionPath(lines.map(hashOf), index);
  const leaf = caseLeaf.parse(JSON.parse(lines[index]!));
  return { leaf, index, path: path.map((sibling) => Buffer.from(sibling).toString('hex')) };
}

export function holdsIn({ leaf, index, path }: InclusionProof, { size, root }: DailyRoot): boolean {
  const siblings = path.map((sibling) => Buffer.from(sibling, 'hex'));
  return provesInclusion({ index, size, path: siblings }, hashOf(canonicalJson(leaf)), Buffer.from(root, 'hex'));
}
