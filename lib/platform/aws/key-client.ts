import { KMSClient } from '@aws-sdk/client-kms';

/** The KMS client of a function, made once at cold start. */
export function keyClient(): KMSClient {
  return new KMSClient({});
}
