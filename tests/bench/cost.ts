import type { CountedCall } from '../../local/calls.ts';
import { PRICES, requestPrice } from './prices.ts';

/** What one job needs of AWS, counted at the laptop's gateway: the same on any machine. */
export interface JobCost {
  readonly httpRequests: number;
  readonly invocations: number;
  readonly awsCalls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly kms: number;
  readonly mails: number;
  readonly s3: number;
  readonly sqs: number;
  readonly kilobytesMoved: number;
  readonly dollarsPer1000: number;
}

export interface JobCounts {
  readonly calls: readonly CountedCall[];
  readonly httpRequests: number;
  readonly invocations: number;
}

/** Empty polls are left out: they belong to the hour, not to the job. */
export function costOf({ calls, httpRequests, invocations }: JobCounts): JobCost {
  const counted = calls.filter(({ operation }) => operation !== 'ReceiveMessage' && operation !== 'GetQueueAttributes');
  const sum = (value: (call: CountedCall) => number) => counted.reduce((total, call) => total + value(call), 0);
  const of = (service: string) => counted.filter((call) => call.service === service).length;
  const readUnits = sum((call) => call.readUnits);
  const writeUnits = sum((call) => call.writeUnits);
  // A message that is sent is received and deleted too; the laptop's pollers do that beside the gateway.
  const messages = counted.filter(
    ({ service, operation }) => service === 'sqs' && operation.startsWith('SendMessage'),
  ).length;
  const dollars =
    counted.reduce((total, { service, operation }) => total + requestPrice(service, operation), 0) +
    readUnits * PRICES.dynamoDbReadUnit +
    writeUnits * PRICES.dynamoDbWriteUnit +
    messages * 2 * PRICES.sqsRequest +
    httpRequests * PRICES.httpApiRequest +
    invocations * PRICES.lambdaRequest;
  return {
    httpRequests,
    invocations,
    awsCalls: counted.length,
    readUnits,
    writeUnits,
    kms: of('kms'),
    mails: of('ses'),
    s3: of('s3'),
    sqs: of('sqs'),
    kilobytesMoved: Math.round(sum((call) => call.bytesIn + call.bytesOut) / 1024),
    dollarsPer1000: dollars * 1000,
  };
}
