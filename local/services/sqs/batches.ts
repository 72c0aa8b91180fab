import { type Input, optionalString, optionalStructures, ServiceFault } from '../json-protocol.ts';

/** One entry of a batch request. */
export interface BatchEntry {
  readonly id: string;
  readonly input: Input;
}

interface BatchOutput {
  readonly Successful: readonly unknown[];
  readonly Failed: readonly unknown[];
}

/**
 * Reads the entries of a batch: one to ten, with distinct ids.
 * @throws ServiceFault `EmptyBatchRequest`, `TooManyEntriesInBatchRequest`, `InvalidBatchEntryId`, `BatchEntryIdsNotDistinct`
 */
export function readEntries(input: Input): readonly BatchEntry[] {
  const entries = (optionalStructures(input, 'Entries') ?? []).map((entry) => ({
    id: optionalString(entry, 'Id') ?? '',
    input: entry,
  }));
  if (entries.length === 0)
    throw new ServiceFault('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10) {
    throw new ServiceFault(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  for (const { id } of entries) {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(id)) {
      throw new ServiceFault(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
  }
  const repeated = entries.find((entry, index) => entries.findIndex((other) => other.id === entry.id) < index);
  if (repeated) throw new ServiceFault('BatchEntryIdsNotDistinct', `Id ${repeated.id} repeated.`);
  return entries;
}

/** Runs the entries one by one; what fails is told apart, as a batch answers. */
export async function runEntries(
  entries: readonly BatchEntry[],
  run: (input: Input) => Promise<Input>,
): Promise<BatchOutput> {
  const Successful: unknown[] = [];
  const Failed: unknown[] = [];
  // Together, so that one flush of the journal serves them all.
  const results = await Promise.allSettled(entries.map((entry) => run(entry.input)));
  for (const [index, result] of results.entries()) {
    const Id = entries[index]!.id;
    if (result.status === 'fulfilled') Successful.push({ Id, ...result.value });
    else if (result.reason instanceof ServiceFault) {
      Failed.push({ Id, SenderFault: true, Code: result.reason.code, Message: result.reason.message });
    } else throw result.reason;
  }
  return { Successful, Failed };
}
