import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../local/assembly/template.ts';
import type { Permission } from '../../../local/gateway/service.ts';
import { Access } from '../../../local/iam/access.ts';
import { parsePolicy } from '../../../local/iam/policy.ts';

const ROLE = {
  id: 'Worker',
  name: 'worker',
  arn: 'arn:aws:iam::000000000000:role/worker',
  trust: parsePolicy({ Statement: [] }),
};
const PRINCIPAL = { arn: 'arn:aws:sts::000000000000:assumed-role/worker/fn', roleId: 'Worker', functionId: 'Fn' };
const OBJECT = 'arn:aws:s3:::notes/a/b.txt';

const allow = (more: JsonObject): JsonObject => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more });
const get: Permission = { action: 's3:GetObject', resource: OBJECT };

function decide(identity: JsonObject[], permission: Permission = get, attached: Record<string, JsonObject[]> = {}) {
  const access = new Access('000000000000', 'ap-southeast-1');
  access.addRole(ROLE, parsePolicy({ Statement: identity }));
  for (const [arn, Statement] of Object.entries(attached)) access.attach(arn, parsePolicy({ Statement }));
  return access.authorize(PRINCIPAL, [permission]);
}

describe('what a role may do', () => {
  it.each<[string, JsonObject[], boolean]>([
    ['nothing said', [], false],
    ['allowed', [allow({})], true],
    ['action in other case', [allow({ Action: 'S3:getobject' })], true],
    ['action with a wildcard', [allow({ Action: ['s3:Put*', 's3:Get?bject'] })], true],
    ['another action', [allow({ Action: 's3:GetObjectVersion' })], false],
    ['resource with a wildcard', [allow({ Resource: 'arn:aws:s3:::notes/*' })], true],
    ['another resource', [allow({ Resource: 'arn:aws:s3:::notes/b*' })], false],
    ['the bucket alone', [allow({ Resource: 'arn:aws:s3:::notes' })], false],
    ['NotAction that spares it', [allow({ Action: undefined, NotAction: 'iam:*' } as JsonObject)], true],
    ['NotAction that names it', [allow({ Action: undefined, NotAction: 's3:*' } as JsonObject)], false],
    [
      'NotResource that names it',
      [allow({ Resource: undefined, NotResource: 'arn:aws:s3:::notes/*' } as JsonObject)],
      false,
    ],
    ['denied as well', [allow({}), allow({ Effect: 'Deny', Action: 's3:*' })], false],
    ['denied elsewhere', [allow({}), allow({ Effect: 'Deny', Resource: 'arn:aws:s3:::other/*' })], true],
  ])('%s', (_name, statements, allowed) => {
    const plain = JSON.parse(JSON.stringify(statements)) as JsonObject[];
    expect(decide(plain).allowed).toBe(allowed);
  });

  it('names what is missing and why', () => {
    expect(decide([])).toEqual({
      allowed: false,
      missing: get,
      reason: 'no identity-based policy of Worker allows it',
    });
  });

  it('needs all permissions of a call', () => {
    const access = new Access('000000000000', 'x');
    access.addRole(ROLE, parsePolicy({ Statement: [allow({})] }));
    const put = { action: 's3:PutObject', resource: OBJECT };
    expect(access.authorize(PRINCIPAL, [get, put])).toMatchObject({ allowed: false, missing: put });
  });

  it('lets the administrator do anything', () => {
    const access = new Access('000000000000', 'x');
    expect(access.authorize({ ...PRINCIPAL, roleId: undefined }, [get])).toEqual({ allowed: true });
  });
});

describe('conditions', () => {
  const context = { 's3:prefix': 'a/1', 'kms:ResourceAliases': ['alias/dev/x', 'alias/dev/y'] };
  it.each<[string, JsonObject, boolean]>([
    ['StringEquals', { StringEquals: { 's3:prefix': ['b', 'a/1'] } }, true],
    ['keys in other case', { StringEquals: { 'S3:Prefix': 'a/1' } }, true],
    ['StringEquals of another', { StringEquals: { 's3:prefix': 'a' } }, false],
    ['StringEquals of an absent key', { StringEquals: { 's3:gone': 'a' } }, false],
    ['StringEqualsIfExists of an absent key', { StringEqualsIfExists: { 's3:gone': 'a' } }, true],
    ['StringNotEquals of an absent key', { StringNotEquals: { 's3:gone': 'a' } }, true],
    ['StringNotEquals', { StringNotEquals: { 's3:prefix': 'a/1' } }, false],
    ['StringLike', { StringLike: { 's3:prefix': 'a/*' } }, true],
    ['StringNotLike', { StringNotLike: { 's3:prefix': 'a/*' } }, false],
    ['ForAnyValue', { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/dev/y' } }, true],
    ['ForAllValues', { 'ForAllValues:StringLike': { 'kms:ResourceAliases': 'alias/dev/*' } }, true],
    ['ForAllValues with one outside', { 'ForAllValues:StringEquals': { 'kms:ResourceAliases': 'alias/dev/y' } }, false],
    ['ForAnyValue of an absent key', { 'ForAnyValue:StringEquals': { 's3:gone': 'a' } }, false],
    ['ForAllValues of an absent key', { 'ForAllValues:StringEquals': { 's3:gone': 'a' } }, true],
    ['Null', { Null: { 's3:gone': 'true', 's3:prefix': 'false' } }, true],
    ['Bool: TLS, which loopback counts as', { Bool: { 'aws:SecureTransport': 'true' } }, true],
    ['ArnLike', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/w*' } }, true],
    ['ArnLike not over a colon', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:*:role/worker' } }, false],
    ['numbers', { NumericLessThan: { 's3:prefix': '1' } }, false],
    ['all operators together', { StringLike: { 's3:prefix': 'a/*' }, Null: { 's3:prefix': 'true' } }, false],
  ])('%s', (_name, Condition, allowed) => {
    expect(decide([allow({ Condition })], { ...get, context }).allowed).toBe(allowed);
  });

  it('refuse an operator that is not known', () => {
    expect(() => decide([allow({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })])).toThrow(
      /IpAddress is not known/,
    );
  });
});

describe("a resource's own policy", () => {
  const bucket = 'arn:aws:s3:::notes';
  it('denies in spite of the role', () => {
    const Deny = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: `${bucket}/*`, Sid: 'Closed' };
    const decision = decide([allow({})], get, { [bucket]: [Deny] });
    expect(decision).toMatchObject({ allowed: false, reason: 'a policy explicitly denies it (statement Closed)' });
  });

  it('does not deny over loopback what is refused without TLS', () => {
    const Condition = { Bool: { 'aws:SecureTransport': 'false' } };
    const Deny = {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:*',
      Resource: [bucket, `${bucket}/*`],
      Condition,
    };
    expect(decide([allow({})], get, { [bucket]: [Deny] }).allowed).toBe(true);
  });

  it('allows the role it names, and not the account at large', () => {
    const statement = (AWS: string) => ({
      Effect: 'Allow',
      Principal: { AWS },
      Action: 's3:GetObject',
      Resource: `${bucket}/*`,
    });
    expect(decide([], get, { [bucket]: [statement(ROLE.arn)] }).allowed).toBe(true);
    expect(decide([], get, { [bucket]: [statement('arn:aws:iam::000000000000:root')] }).allowed).toBe(false);
  });

  it('decides for a key unless it delegates to the account', () => {
    const key = 'arn:aws:kms:ap-southeast-1:000000000000:key/1';
    const sign = { action: 'kms:Sign', resource: key };
    const may = [{ Effect: 'Allow', Action: 'kms:Sign', Resource: key }];
    const key_policy = (AWS: string) => [{ Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' }];
    expect(decide(may, sign, { [key]: key_policy('arn:aws:iam::000000000000:root') }).allowed).toBe(true);
    expect(decide(may, sign, { [key]: key_policy('arn:aws:iam::000000000000:role/other') }).allowed).toBe(false);
  });
});

describe('services', () => {
  const queue = 'arn:aws:sqs:ap-southeast-1:000000000000:intake';
  const send = { action: 'sqs:SendMessage', resource: queue };
  const s3 = { service: 's3.amazonaws.com', sourceArn: 'arn:aws:s3:::notes' };
  const may = (Condition: JsonObject) => [
    { Effect: 'Allow', Principal: { Service: s3.service }, Action: 'sqs:SendMessage', Resource: queue, Condition },
  ];

  it.each<[string, JsonObject[], boolean]>([
    ['without a policy', [], false],
    ['for the source', may({ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::notes' } }), true],
    ['for the account', may({ StringEquals: { 'aws:SourceAccount': '000000000000' } }), true],
    ['for another source', may({ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::other' } }), false],
  ])('%s', (_name, Statement, allowed) => {
    const access = new Access('000000000000', 'ap-southeast-1');
    access.attach(queue, parsePolicy({ Statement }));
    expect(access.authorizeService(s3, send).allowed).toBe(allowed);
  });

  it('take on a role only where it trusts them', () => {
    const access = new Access('000000000000', 'x');
    const Statement = [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }];
    access.addRole({ ...ROLE, trust: parsePolicy({ Statement }) }, []);
    expect(access.assume(ROLE.arn, 'lambda.amazonaws.com').id).toBe('Worker');
    expect(() => access.assume(ROLE.arn, 'scheduler.amazonaws.com')).toThrow(/cannot be assumed by scheduler/);
  });

  it('need the key of an encrypted queue', () => {
    const access = new Access('000000000000', 'ap-southeast-1');
    const key = 'arn:aws:kms:ap-southeast-1:000000000000:key/1';
    access.attach(queue, parsePolicy({ Statement: may({}) }));
    access.encrypts(queue, key);
    expect(access.authorizeService(s3, send)).toMatchObject({
      missing: { action: 'kms:GenerateDataKey', resource: key },
    });
  });
});

it('a policy with an unknown element is refused', () => {
  expect(() => parsePolicy({ Statement: [{ Effect: 'Allow', Actions: '*' }] })).toThrow(
    /unknown policy element Actions/,
  );
});
