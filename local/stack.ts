import type { Template } from './assembly/template.ts';
import type { Calls } from './calls.ts';
import type { BusEvent } from './events/event-bus.ts';
import type { Faults } from './faults.ts';
import type { ColdStart, InvocationResult } from './functions/invocation.ts';
import type { LogSink } from './functions/log.ts';
import type { CallObserver } from './gateway/call.ts';
import type { LocalClock } from './gateway/service.ts';
import type { Credentials } from './iam/credentials.ts';
import type { DemoAccount } from './identity/account.ts';
import type { Mail } from './mail/mail.ts';

/** Where parts listen; 0 (the default) takes a free port. */
export interface Ports {
  readonly aws?: number;
  readonly api?: number;
  /** The OpenID provider that stands for the user pool. */
  readonly identity?: number;
  /** The page that shows the mails. */
  readonly mail?: number;
}

export interface StartOptions {
  /** Cloud assembly that `cdk synth` wrote. */
  readonly assemblyDir: string;
  /** Where the laptop keeps its state; made when it is missing. */
  readonly stateDir: string;
  /** Forgets the state of earlier starts. */
  readonly fresh?: boolean;
  readonly ports?: Ports;
  /** Base of the laptop's clock; the machine's where absent. */
  readonly clock?: { now(): number };
  /** Region of stacks that name none. */
  readonly region?: string;
  /** Address of a DynamoDB of one's own. */
  readonly dynamoDbEndpoint?: string;
  /** Takes what functions print, requests, refusals. */
  readonly log?: LogSink;
  /** Told of each step of the start, with the milliseconds since its begin. */
  readonly onStep?: (step: string, elapsedMs: number) => void;
  /** See every AWS call. */
  readonly observers?: readonly CallObserver[];
  /** Changes a template before it is brought to life, e.g. takes one grant out. */
  readonly transformTemplate?: (template: Template, stackName: string) => Template;
  /** Values of the stacks' parameters by name; their defaults where none is given. */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * Addresses outside the stack that have moved, `host:port` → `host:port`: functions that connect to one are led to the other. For what
   * stands in data and cannot be changed there.
   */
  readonly movedAddresses?: Readonly<Record<string, string>>;
  /** People who can sign in where the template has a user pool. */
  readonly accounts?: readonly DemoAccount[];
}

/** The functions of a running stack. A key is a logical id, a name, an ARN, or a part that only one function has. */
export interface StackFunctions {
  /** Logical ids. */
  ids(): readonly string[];
  /** Logical id of the function that a key means. */
  id(key: string): string;
  invoke(key: string, event: unknown): Promise<InvocationResult>;
  /** Ends all environments of a function at once, in the middle of what they do; resolves with how many there were. */
  kill(key: string): Promise<number>;
  coldStarts(): readonly ColdStart[];
  /** Invocations of one function, or of all, since the start. */
  invocations(key?: string): number;
}

/** A stack that runs on the laptop. */
export interface LocalStack {
  /** Address of the (first) HTTP API; empty when there is none. */
  readonly apiUrl: string;
  /** Address of all AWS protocols, for `AWS_ENDPOINT_URL`. */
  readonly awsUrl: string;
  readonly account: string;
  readonly region: string;
  /** May do anything; new at every start. */
  readonly administrator: Credentials;
  /** Address of the OpenID provider; `undefined` where the template has no user pool. */
  readonly issuer: string | undefined;
  /** Mails that were sent, and the page that shows them; `undefined` where the template has nothing of SES. */
  readonly mail: Pick<Mail, 'mails' | 'viewerUrl'> | undefined;
  /** Output key → value. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Logical id → `Ref`. */
  readonly resources: Readonly<Record<string, string>>;
  readonly functions: StackFunctions;
  readonly calls: Calls;
  readonly faults: Faults;
  readonly clock: LocalClock;
  /** Puts an event on EventBridge's default bus. */
  publish(event: BusEvent): Promise<void>;
  /** Resolves once no request, visible message of a consumed queue, stream record or invocation is outstanding. */
  idle(): Promise<void>;
  /** What `idle()` still waits for. */
  pending(): readonly string[];
  /** Moves the laptop's clock forward: what falls due on the way happens in order; resolves when idle again. */
  advance(ms: number): Promise<void>;
  /** Ends everything; the state stays. */
  stop(): Promise<void>;
}
