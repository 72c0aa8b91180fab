import type { UnitCode } from '../access/actor.ts';
import type { Page, Write } from '../platform/aws/table.ts';
import type { RegisterEntry, RegisterKind } from './register-entry.ts';

/** One sequence of numbers: it runs from 1 on 1 January to 31 December. */
export interface Sequence {
  readonly register: RegisterKind;
  readonly unit: UnitCode;
  readonly year: number;
  readonly sequence: string;
}

/** What other capabilities may do with the registers; `takeNumber` is how a number is taken. */
export interface Registers {
  /** The last number taken; 0 at the start of the year. */
  last(sequence: Sequence): Promise<number>;
  /**
   * Waits for one's turn, so that many who want a number at once do not all run for the same one. Nobody is kept out by it: who is
   * late or dies in their turn costs the others a moment, never a number.
   * @throws ProblemError `busy` when the line is too long to wait
   */
  turn(sequence: Sequence): Promise<void>;
  /** Writes that take `entry.number`, which fail the transaction unless it is the next one. */
  writes(entry: RegisterEntry): Write[];
  entries(
    sequence: Sequence,
    options: { readonly limit: number; readonly cursor?: string | undefined; readonly descending?: boolean },
  ): Promise<Page<RegisterEntry>>;
}
