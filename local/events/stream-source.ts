/** One record of a table's stream, in the form a function receives it. */
export interface StreamRecord {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly dynamodb: {
    readonly SequenceNumber: string;
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
  };
}

/** Where records come from. */
export interface StreamSource {
  readonly streamArn: string;
  /** Up to `limit` records after a position (`undefined`: from the oldest), and the position behind them. */
  poll(
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly records: readonly StreamRecord[]; readonly position: string }>;
  /** Position behind the newest record. */
  latest(): Promise<string>;
  /** Calls back whenever there may be new records; returns a function that stops it. */
  onChange(listener: () => void): () => void;
}
