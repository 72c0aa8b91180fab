import * as z from 'zod';
import type { Id } from '../../platform/ids.ts';
import { INTAKE_PREFIX } from '../../platform/names.ts';
import type { IntakeObject } from './upload.ts';

/** An object that was posted to the intake bucket. */
export interface Arrival {
  readonly key: string;
  /** Absent when the key is not that of an upload. */
  readonly uploadId: Id | undefined;
  readonly object: IntakeObject;
}

const record = z.object({
  eventSource: z.literal('aws:s3'),
  eventName: z.string().startsWith('ObjectCreated:'),
  s3: z.object({
    object: z.object({
      key: z.string().min(1),
      versionId: z.string().min(1),
      eTag: z.string().min(1),
    }),
  }),
});
const notification = z.object({ Records: z.array(record).min(1) });
/** S3 sends it once when the notification is set up. */
const testEvent = z.object({ Service: z.literal('Amazon S3'), Event: z.literal('s3:TestEvent') });

/**
 * Reads an S3 notification as it stands in a queue message.
 * @throws SyntaxError or ZodError when it is none: the message belongs to the dead letters
 */
export function readArrivals(body: string): Arrival[] {
  const parsed: unknown = JSON.parse(body);
  if (testEvent.safeParse(parsed).success) return [];
  return notification.parse(parsed).Records.map(({ s3 }) => {
    // Keys in notifications are form-encoded.
    const key = decodeURIComponent(s3.object.key.replaceAll('+', ' '));
    const name = key.startsWith(INTAKE_PREFIX) ? key.slice(INTAKE_PREFIX.length) : '';
    return {
      key,
      uploadId: /^[0-9A-HJKMNP-TV-Z]{26}$/.test(name) ? (name as Id) : undefined,
      object: { versionId: s3.object.versionId, etag: s3.object.eTag.replaceAll('"', '') },
    };
  });
}
