import { ServiceFault } from '../json-protocol.ts';

interface Holders {
  transactions: number;
  writes: number;
}

/**
 * DynamoDB refuses a transaction on an item that another request is writing at the same time, and a write to an item
 * in an open transaction. The database on the laptop runs one request after the other and never refuses, so this does:
 * code that forgets to try again must fail here, too.
 */
export class TransactionConflicts {
  readonly #held = new Map<string, Holders>();

  /**
   * A transaction over these items begins; call the result when it has ended.
   * @throws ServiceFault `TransactionCanceledException` with a reason for each item
   */
  beginTransaction(items: readonly string[]): () => void {
    const inConflict = items.map((item) => this.#held.has(item));
    if (inConflict.includes(true)) throw canceled(inConflict);
    return this.#hold(items, 'transactions');
  }

  /**
   * A read of items in one transaction; it holds nothing.
   * @throws ServiceFault `TransactionCanceledException`
   */
  checkTransactionalRead(items: readonly string[]): void {
    const inConflict = items.map((item) => (this.#held.get(item)?.transactions ?? 0) > 0);
    if (inConflict.includes(true)) throw canceled(inConflict);
  }

  /**
   * A write of one item outside a transaction begins; call the result when it has ended.
   * @throws ServiceFault `TransactionConflictException`
   */
  beginWrite(item: string): () => void {
    if ((this.#held.get(item)?.transactions ?? 0) > 0) {
      throw new ServiceFault('TransactionConflictException', 'Transaction is ongoing for the item');
    }
    return this.#hold([item], 'writes');
  }

  #hold(items: readonly string[], kind: keyof Holders): () => void {
    for (const item of items) {
      const holders = this.#held.get(item) ?? { transactions: 0, writes: 0 };
      holders[kind] += 1;
      this.#held.set(item, holders);
    }
    return () => {
      for (const item of items) {
        const holders = this.#held.get(item)!;
        holders[kind] -= 1;
        if (holders.transactions + holders.writes === 0) this.#held.delete(item);
      }
    };
  }
}

function canceled(inConflict: readonly boolean[]): ServiceFault {
  const CancellationReasons = inConflict.map((conflict) =>
    conflict ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' } : { Code: 'None' },
  );
  const codes = CancellationReasons.map((reason) => reason.Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new ServiceFault('TransactionCanceledException', message, 400, { CancellationReasons, Message: message });
}
