import type { Permission, Principal } from './service.ts';

/** One AWS call as it passes the gateway. The counters are final when `after` runs. */
export interface AwsCall {
  readonly id: string;
  /** Service name: `s3`, `sqs`, … */
  readonly service: string;
  /** API operation: `PutObject`, `SendMessage`, … */
  readonly operation: string;
  readonly principal: Principal;
  readonly permissions: readonly Permission[];
  /** Body bytes received and sent. `bytesOut` of a streamed answer is known only to `done`. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** HTTP status of the answer; 0 before there is one. */
  readonly status: number;
}

/** `drop` loses the answer and closes the connection; `cutAfter` does so after that many octets of its body. */
export type Outcome = 'answer' | 'drop' | { readonly cutAfter: number };

/** Sees every authenticated and authorized call; how calls are counted and how tests lose an answer. */
export interface CallObserver {
  /** Runs before the service sees the call. */
  before?(call: AwsCall): Promise<void> | void;
  /** Runs when the service has done its work, and says what becomes of the answer. */
  after?(call: AwsCall): Promise<Outcome> | Outcome;
  /** Runs once for each call that `before` saw, when the answer has been sent, or lost, or could not be made. */
  done?(call: AwsCall): void;
  /** Runs for every call that no policy grants. */
  denied?(call: AwsCall, missing: Permission, reason: string): void;
}
