import { type Input, isRecord } from '../json-protocol.ts';

/** Capacity units that one call used, tables and indexes together. */
export interface CapacityUse {
  /** Id of the request at the gateway. */
  readonly requestId: string;
  readonly operation: string;
  readonly readUnits: number;
  readonly writeUnits: number;
}

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);

/** True for operations on items, which use capacity. */
export function usesCapacity(operation: string): boolean {
  return READS.has(operation) || WRITES.has(operation);
}

/** True for operations that change items. */
export function isWrite(operation: string): boolean {
  return WRITES.has(operation);
}

/** True when the caller wants to see the capacity itself. */
export function asksForCapacity(input: Input): boolean {
  const wanted = input.ReturnConsumedCapacity;
  return wanted !== undefined && wanted !== 'NONE';
}

/** Sums up `ConsumedCapacity` of an answer. */
export function capacityOf(
  operation: string,
  output: Input,
): { readonly readUnits: number; readonly writeUnits: number } {
  const consumed = output.ConsumedCapacity;
  let readUnits = 0;
  let writeUnits = 0;
  for (const part of Array.isArray(consumed) ? consumed : [consumed]) {
    if (!isRecord(part)) continue;
    // A transaction splits its units: one that repeats an earlier token only reads.
    const read = Number(part.ReadCapacityUnits ?? 0);
    const write = Number(part.WriteCapacityUnits ?? 0);
    const total = Number(part.CapacityUnits ?? 0);
    readUnits += read + write > 0 ? read : READS.has(operation) ? total : 0;
    writeUnits += read + write > 0 ? write : WRITES.has(operation) ? total : 0;
  }
  return { readUnits, writeUnits };
}
