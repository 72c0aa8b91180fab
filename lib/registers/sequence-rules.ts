import * as z from 'zod';
import type { LocalDate } from '../platform/clock.ts';

/** The sequence of every document type that no rule names. */
export const DEFAULT_SEQUENCE = 'chung';

/**
 * Which document types share a sequence of numbers is the head's rule (NĐ 30/2020 art. 15), dated. A rule begins on
 * 1 January, because numbers are unique in the year; types that it does not name share the default sequence.
 */
export const sequenceRule = z.object({
  from: z
    .string()
    .regex(/^\d{4}-01-01$/, 'A rule of numbering begins on 1 January.')
    .meta({ description: 'First day in force, always a 1 January.', example: '2026-01-01' }),
  sequences: z.array(
    z.object({
      id: z.string().regex(/^[a-z0-9-]{1,20}$/),
      types: z.array(z.string()).min(1),
    }),
  ),
});
export type SequenceRule = z.infer<typeof sequenceRule>;

/** The sequence a document type takes its number from on a day. */
export function sequenceOf(rules: readonly SequenceRule[], type: string, day: LocalDate): string {
  const inForce = rules.filter((rule) => rule.from <= day).sort((a, b) => (a.from < b.from ? 1 : -1))[0];
  return inForce?.sequences.find((sequence) => sequence.types.includes(type))?.id ?? DEFAULT_SEQUENCE;
}

/** What is wrong with a unit's rules: a type in two sequences, or two rules of one day. */
export function sequenceFault(rules: readonly SequenceRule[]): string | undefined {
  if (new Set(rules.map((rule) => rule.from)).size < rules.length) return 'Two rules begin on the same day.';
  for (const rule of rules) {
    const types = rule.sequences.flatMap((sequence) => sequence.types);
    if (new Set(types).size < types.length) return 'A document type stands in two sequences.';
    const ids = rule.sequences.map((sequence) => sequence.id);
    if (new Set(ids).size < ids.length) return 'Two sequences have the same id.';
  }
  return undefined;
}
