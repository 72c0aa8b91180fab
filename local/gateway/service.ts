/** What a caller proved to be: the role (or user) whose credentials signed the request. */
export interface Principal {
  /** ARN as IAM would name it, e.g. `arn:aws:sts::000000000000:assumed-role/…/fn`. */
  readonly arn: string;
  /** Logical id of the role in the template; `undefined` for the laptop's own administrator. */
  readonly roleId: string | undefined;
  /** Logical id of the function that runs under the role, for logs, counters and faults. */
  readonly functionId: string | undefined;
}

/** One thing the request needs to be allowed to do. */
export interface Permission {
  /** IAM action, e.g. `s3:GetObjectVersion`. */
  readonly action: string;
  /** ARN of the resource acted on. */
  readonly resource: string;
  /** Condition keys that the service fills in, e.g. `{ 'kms:ResourceAliases': ['alias/…'] }`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** A request whose signature has been checked; `body` is the payload with any aws-chunked framing already removed. */
export interface AwsRequest {
  readonly id: string;
  readonly method: string;
  /** Path as sent (percent-encoded), without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: import('node:stream').Readable;
  /** Buffered body for the JSON protocols (at most 16 MiB); streams (S3) leave it undefined. */
  readonly payload: Uint8Array | undefined;
  readonly principal: Principal;
  /** Trailing headers of an aws-chunked body; complete once `body` has ended. */
  readonly trailers?: Readonly<Record<string, string>>;
  /** Fields of a browser form (POST Object) up to its file, in lower case; `body` is then the file alone. */
  readonly form?: BrowserForm;
  /** Asks about permissions that only show while handling, e.g. for each key of a DeleteObjects body. */
  readonly allows?: (permission: Permission) => Promise<boolean>;
}

/** A signed browser form whose policy signature has been checked. */
export interface BrowserForm {
  readonly fields: ReadonlyMap<string, string>;
  /** Name of the file on the sender's side, for `${filename}`; empty where the form does not say. */
  readonly fileName: string;
}

/** Head of a request whose sender is not known yet: all that CORS looks at. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | import('node:stream').Readable;
}

/** One AWS service on the laptop. The gateway checks the signature, asks for the permissions, enforces them, then calls. */
export interface AwsService {
  /** Name shown in logs and counters: `s3`, `sqs`, … */
  readonly name: string;
  /** Names that stand for it in a SigV4 credential scope, e.g. `['ses']`. */
  readonly signingNames: readonly string[];
  /** True where bodies are streamed to the service instead of buffered. */
  readonly streams: boolean;
  /** How its errors are named: S3's own codes, or those of the JSON protocols (the default). */
  readonly dialect?: 's3' | 'json';
  /** Name of the API operation, for counters; where absent the gateway takes it from `X-Amz-Target`. */
  operation?(request: AwsRequest): string;
  /** Answers a CORS preflight, which nobody signs. */
  preflight?(request: RequestHead): AwsResponse;
  /** CORS headers of an actual request, added to errors too. */
  crossOrigin?(request: RequestHead): Readonly<Record<string, string>>;
  permissions(request: AwsRequest): Promise<readonly Permission[]>;
  handle(request: AwsRequest): Promise<AwsResponse>;
  /** Shape of an error in this service's protocol. */
  error(code: string, message: string, status: number, requestId: string): AwsResponse;
}

/** Milliseconds since the epoch; the laptop's clock can be moved forward by tests. */
export interface LocalClock {
  now(): number;
  /** Calls back once `now()` reaches `at`; returns a function that cancels. */
  at(at: number, run: () => void): () => void;
}
