import { LocalError } from '../errors.ts';
import type { StackArtifact } from './cloud-assembly.ts';
import { resolve, type Scope } from './intrinsics.ts';
import type { Created } from './resource-type.ts';
import { isObject, type Json } from './template.ts';

/** Lookups across the stacks of one assembly. */
export interface Lookups {
  created(stackName: string, logicalId: string): Created | undefined;
  exported(name: string): Json | undefined;
}

export interface Place {
  readonly account: string;
  readonly region: string;
  /** Values of parameters by name, where they are not to have their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
}

function pseudoParameters(stack: StackArtifact, place: Place): Readonly<Record<string, Json>> {
  return {
    'AWS::AccountId': place.account,
    'AWS::Region': place.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${stack.name}/laptop`,
    'AWS::NotificationARNs': [],
  };
}

function mappingValue(stack: StackArtifact, [map, key, name]: readonly [string, string, string]): Json | undefined {
  const keys = stack.template.Mappings?.[map];
  const names = isObject(keys) ? keys[key] : undefined;
  return isObject(names) ? names[name] : undefined;
}

/** What the intrinsics of `stack` see; `where` names the resource being resolved. */
export function scopeOf(stack: StackArtifact, place: Place, lookups: Lookups, where: string): Scope {
  const pseudo = pseudoParameters(stack, place);
  const missing = (what: string): never => {
    throw new LocalError('UnresolvedReference', `${what} has no value on a laptop`, where);
  };
  const scope: Scope = {
    where,
    ref: (name) => {
      if (name in pseudo) return pseudo[name];
      const parameter = stack.template.Parameters?.[name];
      const given = parameter && place.parameters?.[name];
      if (given !== undefined) return given;
      // Parameters of the SSM kinds name a value in an account; their default is only its address.
      if (parameter) return parameter.Type.startsWith('AWS::SSM::') ? missing(`parameter ${name}`) : parameter.Default;
      return lookups.created(stack.name, name)?.ref;
    },
    attribute: (logicalId, attribute) =>
      lookups.created(stack.name, logicalId)?.attributes?.[attribute] ?? missing(`attribute ${logicalId}.${attribute}`),
    importValue: (name) => lookups.exported(name) ?? missing(`export ${name}`),
    condition: (name) => {
      const condition = stack.template.Conditions?.[name];
      return condition === undefined ? missing(`condition ${name}`) : resolve(scope, condition) === true;
    },
    mapping: (...path) => mappingValue(stack, path) ?? missing(`mapping ${path.join('.')}`),
  };
  return scope;
}
