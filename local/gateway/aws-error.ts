import type { AwsResponse } from './service.ts';

/** An answer that is an error in the protocol of the service: the gateway and services throw it, the gateway renders it. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }

  /** The answer, where the service has more to say than code and message. */
  response(_requestId: string): AwsResponse | undefined {
    return undefined;
  }
}
