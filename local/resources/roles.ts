import type { ResourceContext, ResourceTypes } from '../assembly/resource-type.ts';
import type { JsonObject } from '../assembly/template.ts';
import { managedPolicy } from '../iam/managed-policies.ts';
import { type Policy, parsePolicy } from '../iam/policy.ts';
import { DESCRIBES, type Laptop, listOf } from './laptop.ts';

/** Roles and the policies that stand by themselves. */
export function roleTypes({ access }: Laptop): ResourceTypes {
  const customerPolicies = new Map<string, Policy>();
  const policyOf = (arn: string): Policy => customerPolicies.get(arn) ?? managedPolicy(arn);
  const attach = (properties: JsonObject, policy: Policy): void => {
    for (const name of listOf<string>(properties.Roles)) access.grant(access.role(name).id, policy);
  };

  function createRole(properties: JsonObject, context: ResourceContext) {
    const name = String(properties.RoleName ?? context.physicalName());
    const arn = `arn:aws:iam::${context.account}:role${String(properties.Path ?? '/')}${name}`;
    const inline = listOf<JsonObject>(properties.Policies).flatMap((policy) => parsePolicy(policy.PolicyDocument));
    const managed = listOf<string>(properties.ManagedPolicyArns).flatMap(policyOf);
    access.addRole({ id: context.id, name, arn, trust: parsePolicy(properties.AssumeRolePolicyDocument) }, [
      ...inline,
      ...managed,
    ]);
    return { ref: name, attributes: { Arn: arn, RoleId: `AROA${context.logicalId.slice(0, 16).toUpperCase()}` } };
  }

  return {
    'AWS::IAM::Role': {
      properties: ['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies', 'RoleName', 'Path'],
      ignored: {
        Description: DESCRIBES,
        Tags: DESCRIBES,
        MaxSessionDuration: 'sessions last as long as the environment they belong to',
      },
      create: createRole,
    },
    'AWS::IAM::Policy': {
      properties: ['PolicyDocument', 'PolicyName', 'Roles'],
      create: (properties, context) => {
        attach(properties, parsePolicy(properties.PolicyDocument));
        return { ref: context.physicalName() };
      },
    },
    'AWS::IAM::ManagedPolicy': {
      properties: ['PolicyDocument', 'ManagedPolicyName', 'Roles', 'Path'],
      ignored: { Description: DESCRIBES },
      create: (properties, context) => {
        const name = String(properties.ManagedPolicyName ?? context.physicalName());
        const arn = `arn:aws:iam::${context.account}:policy${String(properties.Path ?? '/')}${name}`;
        const policy = parsePolicy(properties.PolicyDocument);
        customerPolicies.set(arn, policy);
        attach(properties, policy);
        return { ref: arn };
      },
    },
  };
}
