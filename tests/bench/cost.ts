import type { CountedCall } from '../../local/calls.ts';
import { PRICES, s3Price } from './prices.ts';

/** Dollars for one job, by what they are paid for. */
export interface Bill {
  readonly mail: number;
  readonly table: number;
  readonly objects: number;
  readonly requests: number;
  readonly queues: number;
  readonly keys: number;
}

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
  readonly bill: Bill;
}

export interface JobCounts {
  readonly calls: readonly CountedCall[];
  readonly httpRequests: number;
  readonly invocations: number;
  /** Batches that queues gave to workers. */
  readonly batches: number;
}

/** Empty polls are left out: they belong to the hour, not to the job. */
export function costOf({ calls, httpRequests, invocations, batches }: JobCounts): JobCost {
  const sum = (value: (call: CountedCall) => number) => calls.reduce((total, call) => total + value(call), 0);
  const of = (service: string) => calls.filter((call) => call.service === service);
  const readUnits = sum((call) => call.readUnits);
  const writeUnits = sum((call) => call.writeUnits);
  const uploads = calls.filter(({ operation }) => operation === 'PostObject').length;
  const mails = of('ses').length;
  // Besides what functions send: S3 announces each upload, EventBridge each mail; a batch is received and deleted.
  const sqs = of('sqs').length + uploads + mails + batches * 2;
  const kms = of('kms').length;
  return {
    httpRequests,
    invocations,
    awsCalls: calls.length,
    readUnits,
    writeUnits,
    kms,
    mails,
    s3: of('s3').length,
    sqs,
    kilobytesMoved: Math.round(sum((call) => call.bytesIn + call.bytesOut) / 1000),
    bill: {
      mail: mails * PRICES.sesMail,
      table: readUnits * PRICES.dynamoDbReadUnit + writeUnits * PRICES.dynamoDbWriteUnit,
      objects: of('s3').reduce((total, { operation }) => total + s3Price(operation), 0),
      requests: httpRequests * PRICES.httpApiRequest + invocations * PRICES.lambdaRequest,
      queues: sqs * PRICES.sqsRequest,
      keys: kms * PRICES.kmsRequest,
    },
  };
}

export function total(bill: Bill): number {
  return Object.values(bill).reduce((sum, dollars: number) => sum + dollars, 0);
}
