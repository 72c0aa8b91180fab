import type { Permission } from '../gateway/service.ts';

/** What a caller also needs on the customer key of an encrypted resource, by action prefix of its service. */
const NEEDED: readonly (readonly [action: RegExp, keyActions: readonly string[]])[] = [
  [/^s3:PutObject$/, ['kms:GenerateDataKey']],
  [/^s3:GetObject(Version)?$/, ['kms:Decrypt']],
  [/^sqs:SendMessage$/, ['kms:GenerateDataKey', 'kms:Decrypt']],
  [/^sqs:ReceiveMessage$/, ['kms:Decrypt']],
  [/^dynamodb:(Get|BatchGet|Query|Scan|Put|Update|Delete|BatchWrite|ConditionCheck|PartiQL).*$/, ['kms:Decrypt']],
];

/** ARN of the thing that carries the encryption setting: the bucket of an object, the table of an index or stream. */
export function encryptedResource(arn: string): string {
  const [, , service, , , ...rest] = arn.split(':');
  const name = rest.join(':');
  if (service === 's3') return arn.split('/')[0] as string;
  if (service === 'dynamodb') return arn.replace(name, name.split('/').slice(0, 2).join('/'));
  return arn;
}

/**
 * Permissions on a customer managed key that using an encrypted resource implies: S3, SQS and DynamoDB call KMS with
 * the caller's own permissions, so a forgotten `grantEncryptDecrypt` is a refusal in AWS, too.
 */
export function keyPermissions(permission: Permission, keyArn: string, region: string): Permission[] {
  const service = permission.action.split(':')[0] as string;
  const needed = NEEDED.find(([action]) => action.test(permission.action))?.[1] ?? [];
  const context = { 'kms:ViaService': `${service}.${region}.amazonaws.com` };
  return needed.map((action) => ({ action, resource: keyArn, context }));
}
