import type { Bucket } from './bucket.ts';
import type { VersionRecord } from './version-record.ts';

/** An S3 event as it stands in the `Records` of a notification (event structure 2.1). */
export interface S3Event {
  readonly eventVersion: '2.1';
  readonly eventSource: 'aws:s3';
  readonly awsRegion: string;
  /** ISO 8601 with milliseconds. */
  readonly eventTime: string;
  /** Without the `s3:` prefix: `ObjectCreated:Put`, `ObjectRemoved:DeleteMarkerCreated`, … */
  readonly eventName: string;
  readonly userIdentity: { readonly principalId: string };
  readonly requestParameters: { readonly sourceIPAddress: string };
  readonly responseElements: { readonly 'x-amz-request-id': string; readonly 'x-amz-id-2': string };
  readonly s3: {
    readonly s3SchemaVersion: '1.0';
    readonly configurationId: string;
    readonly bucket: {
      readonly name: string;
      readonly ownerIdentity: { readonly principalId: string };
      readonly arn: string;
    };
    readonly object: {
      /** Percent-encoded, blanks as `+`. */
      readonly key: string;
      readonly size?: number;
      readonly eTag?: string;
      readonly versionId?: string;
      /** Hex; of two events on one key the greater is the later. */
      readonly sequencer: string;
    };
  };
}

/** Takes the events of a bucket. While it rejects (or a crash comes first), a creation is announced again at the next start. */
export type S3EventReceiver = (event: S3Event) => Promise<void> | void;

/** Builds the record of an event on one version. */
export function s3Event(
  bucket: Bucket,
  record: VersionRecord,
  eventName: string,
  account: { readonly region: string; readonly accountId: string },
): S3Event {
  const written = record.kind === 'object' ? { size: record.size, eTag: record.etag } : {};
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: account.region,
    eventTime: new Date(record.lastModified).toISOString(),
    eventName,
    userIdentity: { principalId: account.accountId },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': record.id, 'x-amz-id-2': record.id },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: bucket.name,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: account.accountId },
        arn: `arn:aws:s3:::${bucket.name}`,
      },
      object: {
        key: encodeURIComponent(record.key).replaceAll('%20', '+').replaceAll('%2F', '/'),
        ...written,
        ...(record.versionId === 'null' ? {} : { versionId: record.versionId }),
        sequencer: record.sequence.toString(16).toUpperCase().padStart(18, '0'),
      },
    },
  };
}

/** Whether a notification configuration wants an event (`s3:ObjectCreated:*`, prefix and suffix filters). */
export function wantsEvent(
  event: S3Event,
  configuration: { readonly events: readonly string[]; readonly prefix?: string; readonly suffix?: string },
): boolean {
  const key = decodeURIComponent(event.s3.object.key.replaceAll('+', ' '));
  const named = configuration.events.some((pattern) => {
    const name = pattern.replace(/^s3:/, '');
    return name.endsWith('*') ? event.eventName.startsWith(name.slice(0, -1)) : event.eventName === name;
  });
  return named && key.startsWith(configuration.prefix ?? '') && key.endsWith(configuration.suffix ?? '');
}
