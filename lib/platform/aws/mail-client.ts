import { SESv2Client } from '@aws-sdk/client-sesv2';

/**
 * The SES client of a function, made once at cold start. It does not try again by itself: whether a mail that may have
 * gone out is sent again is decided by its record, not by a transport.
 */
export function mailClient(): SESv2Client {
  return new SESv2Client({ maxAttempts: 1 });
}
