/** Where lines about a function go. */
export interface LogEntry {
  /** Epoch ms on the laptop's clock. */
  readonly at: number;
  /** Logical id of the function, or the part of the laptop that speaks: `http`, `iam`, `events`, `stack`. */
  readonly source: string;
  readonly text: string;
}

export type LogSink = (entry: LogEntry) => void;
