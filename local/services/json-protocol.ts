import { AwsError } from '../gateway/aws-error.ts';
import type { AwsRequest, AwsResponse } from '../gateway/service.ts';

/** The decoded members of a JSON request. Values are checked where they are read. */
export type Input = Readonly<Record<string, unknown>>;

/** An answer other than success, in the service's own words. */
export class ServiceFault extends AwsError {
  /** Further members of the error document, e.g. `CancellationReasons`. */
  readonly members: Input;

  constructor(code: string, message: string, status = 400, members: Input = {}) {
    super(code, message, status);
    this.name = 'ServiceFault';
    this.members = members;
  }
}

/** What a request of the AWS JSON protocols asks for. */
export interface Operation {
  /** Operation name without the service prefix, e.g. `SendMessage`. */
  readonly name: string;
  /** What stands before the dot in `X-Amz-Target`, e.g. `AmazonSQS`. */
  readonly target: string;
  readonly input: Input;
}

/**
 * Decodes a request of AWS JSON 1.0/1.1: the operation stands in `X-Amz-Target`, the input is the body.
 * @throws ServiceFault `UnknownOperationException`, `SerializationException`
 */
export function decodeOperation(request: AwsRequest): Operation {
  const header = request.headers['x-amz-target'] ?? '';
  const dot = header.lastIndexOf('.');
  if (dot < 1) throw new ServiceFault('UnknownOperationException', 'X-Amz-Target names no operation.');
  const text = request.payload === undefined ? '' : Buffer.from(request.payload).toString('utf8');
  return { name: header.slice(dot + 1), target: header.slice(0, dot), input: decodeInput(text) };
}

function decodeInput(text: string): Input {
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ServiceFault('SerializationException', 'The body is not JSON.');
  }
  if (!isRecord(value)) throw new ServiceFault('SerializationException', 'The body is not a JSON object.');
  return value;
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A successful answer. `version` is that of the protocol the service speaks. */
export function jsonAnswer(version: '1.0' | '1.1', requestId: string, output: unknown): AwsResponse {
  return {
    status: 200,
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': requestId },
    body: JSON.stringify(output ?? {}),
  };
}

/** An error answer: the SDK reads the code behind the `#` of `__type`. */
export function jsonError(
  version: '1.0' | '1.1',
  requestId: string,
  fault: { readonly code: string; readonly message: string; readonly status: number; readonly members?: Input },
  namespace = 'com.amazon.coral.service',
): AwsResponse {
  return {
    status: fault.status,
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': requestId },
    body: JSON.stringify({ __type: `${namespace}#${fault.code}`, message: fault.message, ...fault.members }),
  };
}

function wrongType(name: string, expected: string): ServiceFault {
  return new ServiceFault('SerializationException', `${name} is not ${expected}.`);
}

/** An optional string member. */
export function optionalString(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrongType(name, 'a string');
  return value;
}

/** An optional whole-number member. */
export function optionalInteger(input: Input, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(name, 'an integer');
  return value;
}

/** An optional blob member, base64 on the wire. */
export function optionalBlob(input: Input, name: string): Buffer | undefined {
  const text = optionalString(input, name);
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) throw wrongType(name, 'base64');
  return bytes;
}

/** An optional list of strings. */
export function optionalStrings(input: Input, name: string): readonly string[] | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw wrongType(name, 'a list of strings');
  return value;
}

/** An optional list of structures. */
export function optionalStructures(input: Input, name: string): readonly Input[] | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every(isRecord)) throw wrongType(name, 'a list of structures');
  return value;
}

/** An optional structure or map. */
export function optionalStructure(input: Input, name: string): Input | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) throw wrongType(name, 'a structure');
  return value;
}

/** An optional map of strings. */
export function optionalStringMap(input: Input, name: string): Readonly<Record<string, string>> | undefined {
  const value = optionalStructure(input, name);
  if (value === undefined) return undefined;
  for (const [key, item] of Object.entries(value)) {
    if (typeof item !== 'string') throw wrongType(`${name}.${key}`, 'a string');
  }
  return value as Record<string, string>;
}

/** Remembers what a request decodes to, since the gateway asks for its permissions first and runs it afterwards. */
export class DecodedCalls<T> {
  readonly #decode: (request: AwsRequest) => T;
  readonly #known = new WeakMap<AwsRequest, T>();

  constructor(decode: (request: AwsRequest) => T) {
    this.#decode = decode;
  }

  /**
   * The decoded request.
   * @throws ServiceFault as decoding does
   */
  of(request: AwsRequest): T {
    const known = this.#known.get(request);
    if (known !== undefined) return known;
    const fresh = this.#decode(request);
    this.#known.set(request, fresh);
    return fresh;
  }
}
