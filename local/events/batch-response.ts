import type { InvocationResult } from '../functions/invocation.ts';

/**
 * Which records of a batch failed, by a function's answer with `ReportBatchItemFailures`: an answer that names nothing
 * is a success, one that names something that was not in the batch fails the whole batch, as does an error.
 * @returns identifiers of the failed records, or `'all'`
 */
export function failuresOf(
  result: InvocationResult,
  reportsFailures: boolean,
  identifiers: ReadonlySet<string>,
): 'all' | ReadonlySet<string> {
  if (!result.ok) return 'all';
  const named = reportsFailures
    ? (result.payload as { batchItemFailures?: unknown } | null)?.batchItemFailures
    : undefined;
  if (named === undefined || named === null) return new Set();
  if (!Array.isArray(named)) return 'all';
  const failed = new Set(named.map((one: { itemIdentifier?: unknown } | null) => one?.itemIdentifier));
  for (const id of failed) if (typeof id !== 'string' || !identifiers.has(id)) return 'all';
  return failed as Set<string>;
}
