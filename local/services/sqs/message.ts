import { createHash } from 'node:crypto';
import type { Input } from '../json-protocol.ts';
import { isRecord, optionalString, optionalStructure, ServiceFault } from '../json-protocol.ts';

/** One message attribute as it travels: binary values stay base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** A message in a queue. Times are epoch milliseconds. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: MessageAttributes | undefined;
  readonly traceHeader: string | undefined;
  readonly groupId: string | undefined;
  readonly senderId: string;
  readonly sentAt: number;
  /** ARN of the queue it failed in, once it is in a dead-letter queue. */
  deadLetterSource: string | undefined;
  visibleAt: number;
  receives: number;
  firstReceivedAt: number | undefined;
}

/** What a producer hands in, checked. */
export interface Draft {
  readonly body: string;
  readonly attributes: MessageAttributes | undefined;
  readonly traceHeader: string | undefined;
  readonly groupId: string | undefined;
  /** Bytes counted against the queue's limit: the body and the names, types and values of the attributes. */
  readonly size: number;
}

// XML 1.0 §2.2 characters, the only ones SQS takes.
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const ATTRIBUTE_NAME = /^(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/;
const ATTRIBUTE_TYPE = /^(String|Number|Binary)(\..{1,249})?$/;

/** A parameter's value is out of its range. */
export function invalidParameter(message: string): ServiceFault {
  return new ServiceFault('InvalidParameterValue', message);
}

/**
 * Reads what SendMessage (or one entry of its batch) wants to send.
 * @throws ServiceFault `MissingParameter`, `InvalidMessageContents`, `InvalidParameterValue`
 */
export function readDraft(input: Input): Draft {
  const body = optionalString(input, 'MessageBody');
  if (!body) throw new ServiceFault('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (FORBIDDEN.test(body)) {
    throw new ServiceFault(
      'InvalidMessageContents',
      'Invalid characters found. Valid: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  }
  const attributes = readAttributes(optionalStructure(input, 'MessageAttributes'));
  const system = readAttributes(optionalStructure(input, 'MessageSystemAttributes'));
  for (const name of Object.keys(system ?? {})) {
    if (name !== 'AWSTraceHeader') throw invalidParameter(`Message system attribute name '${name}' is invalid.`);
  }
  return {
    body,
    attributes,
    traceHeader: system?.AWSTraceHeader?.StringValue,
    groupId: optionalString(input, 'MessageGroupId'),
    size: Buffer.byteLength(body) + attributesSize(attributes),
  };
}

function readAttributes(input: Input | undefined): MessageAttributes | undefined {
  if (!input || Object.keys(input).length === 0) return undefined;
  if (Object.keys(input).length > 10)
    throw invalidParameter('Number of message attributes exceeds the allowed maximum [10].');
  const read: Record<string, MessageAttribute> = {};
  for (const [name, value] of Object.entries(input)) read[name] = readAttribute(name, value);
  return read;
}

function readAttribute(name: string, value: unknown): MessageAttribute {
  if (!ATTRIBUTE_NAME.test(name) || /^(aws|amazon)\./i.test(name)) {
    throw invalidParameter(`Message (user) attribute name '${name}' is invalid.`);
  }
  if (!isRecord(value)) throw invalidParameter(`The message attribute '${name}' must contain a value.`);
  const type = optionalString(value, 'DataType');
  if (!type) throw invalidParameter(`The message attribute '${name}' must contain a non-empty message attribute type.`);
  if (!ATTRIBUTE_TYPE.test(type)) {
    throw invalidParameter(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const member = type.startsWith('Binary') ? 'BinaryValue' : 'StringValue';
  const content = optionalString(value, member);
  if (!content) {
    throw invalidParameter(
      `The message attribute '${name}' must contain a non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (type.startsWith('Number') && !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(content)) {
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  return { DataType: type, [member]: content };
}

function attributesSize(attributes: MessageAttributes | undefined): number {
  let size = 0;
  for (const [name, attribute] of Object.entries(attributes ?? {})) {
    size += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + attributeValue(attribute).length;
  }
  return size;
}

function attributeValue(attribute: MessageAttribute): Buffer {
  return attribute.BinaryValue === undefined
    ? Buffer.from(attribute.StringValue ?? '')
    : Buffer.from(attribute.BinaryValue, 'base64');
}

/** Lower-case hex MD5 of a body. */
export function bodyMd5(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/**
 * MD5 over the attributes as the SQS guide lays it out: sorted by name; name, type and value each behind a four-byte
 * length, a byte for the kind of value in between.
 */
export function attributesMd5(attributes: MessageAttributes | undefined): string | undefined {
  if (!attributes || Object.keys(attributes).length === 0) return undefined;
  const hash = createHash('md5');
  const measured = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const attribute = attributes[name]!;
    measured(Buffer.from(name));
    measured(Buffer.from(attribute.DataType));
    hash.update(Buffer.from([attribute.BinaryValue === undefined ? 1 : 2]));
    measured(attributeValue(attribute));
  }
  return hash.digest('hex');
}
