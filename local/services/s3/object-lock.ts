import type { AwsRequest } from '../../gateway/service.ts';
import type { Bucket } from './bucket.ts';
import { S3Error } from './s3-error.ts';
import type { ObjectAttributes, ObjectVersion, Retention } from './version-record.ts';

const DAY_MS = 86_400_000;

type Headers = AwsRequest['headers'];

/** Retention and legal hold that a writer asks for in headers (or form fields). */
export function requestedLock(
  headers: Headers,
  bucket: Bucket,
  now: number,
): Pick<ObjectAttributes, 'retention' | 'legalHold'> {
  const mode = headers['x-amz-object-lock-mode'];
  const until = headers['x-amz-object-lock-retain-until-date'];
  const hold = headers['x-amz-object-lock-legal-hold'];
  if (mode === undefined && until === undefined && hold === undefined) return {};
  requireLock(bucket);
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
    throw new S3Error('InvalidArgument', { message: 'Unknown legal hold status.' });
  }
  if ((mode === undefined) !== (until === undefined)) {
    throw new S3Error('InvalidArgument', {
      message: 'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    });
  }
  return {
    ...(mode === undefined ? {} : { retention: parseRetention(mode, until ?? '', now) }),
    ...(hold === undefined ? {} : { legalHold: hold === 'ON' }),
  };
}

/** Throws `InvalidRequest` unless the bucket has Object Lock. */
export function requireLock(bucket: Bucket): void {
  if (bucket.settings.objectLock) return;
  throw new S3Error('InvalidRequest', { message: 'Bucket is missing Object Lock Configuration' });
}

/** Reads a retention; it has to end in the future. Throws `InvalidArgument`, `MalformedXML` for an unknown mode. */
export function parseRetention(mode: string, until: string, now: number): Retention {
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') {
    throw new S3Error('InvalidArgument', { message: 'Unknown wormMode directive.' });
  }
  const at = Date.parse(until);
  if (Number.isNaN(at) || !/^\d{4}-\d\d-\d\dT/.test(until)) {
    throw new S3Error('InvalidArgument', { message: 'The retain until date must be provided in ISO 8601 format' });
  }
  if (at <= now) throw new S3Error('InvalidArgument', { message: 'The retain until date must be in the future!' });
  return { mode, until: at };
}

/** Retention of a version whose writer asked for none. */
export function defaultRetention(bucket: Bucket, now: number): Retention | undefined {
  const rule = bucket.settings.objectLock?.retention;
  return rule && { mode: rule.mode, until: now + rule.days * DAY_MS };
}

/** What stands in the way of removing a version for good. */
export type Obstacle = 'legal-hold' | 'COMPLIANCE' | 'GOVERNANCE' | undefined;

export function obstacle(version: ObjectVersion, now: number): Obstacle {
  if (version.legalHold) return 'legal-hold';
  return version.retention && version.retention.until > now ? version.retention.mode : undefined;
}

/** Whether the caller asks to pass over governance; the permission to do so is checked apart. */
export function asksBypass(headers: Headers): boolean {
  return headers['x-amz-bypass-governance-retention']?.toLowerCase() === 'true';
}

/** Throws `AccessDenied` where Object Lock forbids to remove `version`. */
export function checkRemovable(version: ObjectVersion, now: number, mayBypass: boolean): void {
  const found = obstacle(version, now);
  if (found === undefined || (found === 'GOVERNANCE' && mayBypass)) return;
  throw new S3Error('AccessDenied', { message: 'Access Denied because object protected by object lock.' });
}

/**
 * Throws `AccessDenied` where a retention may not become `next`: compliance is only ever prolonged; governance may be
 * shortened or lifted by who may bypass it, or strengthened by anyone.
 */
export function checkRetentionChange(
  version: ObjectVersion,
  next: Retention | undefined,
  now: number,
  mayBypass: boolean,
): void {
  const present = version.retention;
  if (!present || present.until <= now) return;
  const weaker = !next || next.until < present.until || (present.mode === 'COMPLIANCE' && next.mode === 'GOVERNANCE');
  if (!weaker || (present.mode === 'GOVERNANCE' && mayBypass)) return;
  throw new S3Error('AccessDenied', { message: 'Access Denied because object protected by object lock.' });
}

/** Response headers that show the lock of a version. */
export function lockHeaders(version: ObjectVersion): Record<string, string> {
  return {
    ...(version.retention && {
      'x-amz-object-lock-mode': version.retention.mode,
      'x-amz-object-lock-retain-until-date': new Date(version.retention.until).toISOString(),
    }),
    ...(version.legalHold === undefined ? {} : { 'x-amz-object-lock-legal-hold': version.legalHold ? 'ON' : 'OFF' }),
  };
}
