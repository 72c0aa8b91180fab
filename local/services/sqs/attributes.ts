import { isRecord, ServiceFault } from '../json-protocol.ts';

/** Attributes of a queue as SQS keeps them: strings by name. */
export type QueueAttributes = Readonly<Record<string, string>>;

/** The largest message, body and attributes together: 1 MiB since August 2025. */
const MAXIMUM_MESSAGE_SIZE = 1_048_576;

const RANGES: Readonly<Record<string, readonly [least: number, most: number, normally: number]>> = {
  DelaySeconds: [0, 900, 0],
  MaximumMessageSize: [1024, MAXIMUM_MESSAGE_SIZE, MAXIMUM_MESSAGE_SIZE],
  MessageRetentionPeriod: [60, 1_209_600, 345_600],
  ReceiveMessageWaitTimeSeconds: [0, 20, 0],
  VisibilityTimeout: [0, 43_200, 30],
  KmsDataKeyReusePeriodSeconds: [60, 86_400, 300],
};

/** Kept and shown, without an effect on the laptop (encryption at rest; resource policies). */
const KEPT = new Set(['Policy', 'KmsMasterKeyId', 'SqsManagedSseEnabled', 'RedriveAllowPolicy']);

/** Where messages go that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/**
 * Checks attributes given to CreateQueue or SetQueueAttributes.
 * @throws ServiceFault `InvalidAttributeName`, `InvalidAttributeValue`, `InvalidParameterValue`
 */
export function checkAttributes(given: QueueAttributes): QueueAttributes {
  for (const [name, value] of Object.entries(given)) {
    const range = RANGES[name];
    if (range) checkRange(name, value, range);
    else if (name === 'RedrivePolicy') value === '' || parseRedrive(value);
    else if (name === 'FifoQueue' || name === 'ContentBasedDeduplication') {
      throw new ServiceFault('InvalidAttributeValue', 'FIFO queues are not emulated.');
    } else if (!KEPT.has(name)) throw new ServiceFault('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
  return given;
}

function checkRange(name: string, value: string, [least, most]: readonly [number, number, number]): void {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) {
    throw new ServiceFault('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
  }
}

/** The redrive policy of a queue, where it has one. */
export function redrivePolicy(attributes: QueueAttributes): RedrivePolicy | undefined {
  const text = attributes.RedrivePolicy;
  return text ? parseRedrive(text) : undefined;
}

function parseRedrive(text: string): RedrivePolicy {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const count = isRecord(value) ? Number(value.maxReceiveCount) : Number.NaN;
  const target = isRecord(value) ? value.deadLetterTargetArn : undefined;
  if (typeof target !== 'string' || !(Number.isInteger(count) && count >= 1 && count <= 1000)) {
    throw new ServiceFault(
      'InvalidParameterValue',
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: deadLetterTargetArn and maxReceiveCount (1 to 1000) are required.`,
    );
  }
  return { deadLetterTargetArn: target, maxReceiveCount: count };
}

/** A numeric attribute, with SQS's default where none was set. */
export function numericAttribute(attributes: QueueAttributes, name: string): number {
  return Number(attributes[name] ?? RANGES[name]?.[2]);
}

/** All settable attributes with their defaults, as GetQueueAttributes shows them. */
export function shownAttributes(attributes: QueueAttributes): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, range] of Object.entries(RANGES)) {
    if (name !== 'KmsDataKeyReusePeriodSeconds') shown[name] = String(range[2]);
  }
  if (!attributes.KmsMasterKeyId) shown.SqsManagedSseEnabled = 'true';
  for (const [name, value] of Object.entries(attributes)) if (value !== '') shown[name] = value;
  return shown;
}
