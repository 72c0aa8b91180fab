import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** One permission of a role. */
export interface Grant {
  readonly statement: PolicyStatement;
  /** Why its resources cannot be named one by one; without it, cdk-nag refuses a wildcard. */
  readonly wildcard?: string;
}

/** A permission in words: these actions on these resources, under these conditions. */
export function allow(
  actions: string[],
  resources: string[],
  { conditions, wildcard }: { readonly conditions?: Record<string, object>; readonly wildcard?: string } = {},
): Grant {
  const statement = new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) });
  return wildcard === undefined ? { statement } : { statement, wildcard };
}

/** The findings that cdk-nag (IAM5) will report for the statement's resources, in its own notation. */
export function wildcardResources(statement: PolicyStatement, stack: Stack): string[] {
  return statement.resources
    .map((resource) => flatten(stack.resolve(resource)))
    .filter((resource) => resource.includes('*'))
    .map((resource) => `Resource::${resource}`);
}

/** `{"Fn::Join": ["", [{"Ref": "X"}, "/*"]]}` is written `<X>/*`. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const node = value as Record<string, unknown>;
  if (Array.isArray(node['Fn::Join'])) {
    const [separator, parts] = node['Fn::Join'] as [string, unknown[]];
    return parts.map(flatten).join(separator);
  }
  if (Array.isArray(node['Fn::GetAtt'])) return `<${node['Fn::GetAtt'].join('.')}>`;
  if ('Fn::ImportValue' in node) return flatten(node['Fn::ImportValue']);
  if ('Ref' in node) return `<${String(node.Ref)}>`;
  return JSON.stringify(node);
}
