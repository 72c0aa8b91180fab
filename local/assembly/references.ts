import { intrinsicOf, isObject, type Json, type ResourceDefinition } from './template.ts';

/** What a value leans on: logical ids of its own stack, and values exported by others. */
export interface References {
  readonly logicalIds: Set<string>;
  /** Arguments of `Fn::ImportValue`, unresolved. */
  readonly imports: Json[];
}

function collectFromSub(argument: Json, into: References): void {
  const [template, variables] = Array.isArray(argument)
    ? (argument as unknown as readonly [string, Json])
    : [String(argument), {}];
  for (const [, name = ''] of String(template).matchAll(/\$\{([^!}][^}]*)\}/g)) {
    if (!(isObject(variables) && name in variables)) into.logicalIds.add(name.trim().split('.')[0] as string);
  }
  collect(variables as Json, into);
}

function collect(value: Json | undefined, into: References): void {
  const intrinsic = intrinsicOf(value);
  if (intrinsic?.name === 'Ref') into.logicalIds.add(String(intrinsic.argument));
  else if (intrinsic?.name === 'Fn::GetAtt') {
    const id = Array.isArray(intrinsic.argument) ? intrinsic.argument[0] : String(intrinsic.argument).split('.')[0];
    into.logicalIds.add(String(id));
  } else if (intrinsic?.name === 'Fn::Sub') collectFromSub(intrinsic.argument, into);
  else if (intrinsic?.name === 'Fn::ImportValue') into.imports.push(intrinsic.argument);
  else if (Array.isArray(value)) for (const item of value) collect(item as Json, into);
  else if (isObject(value)) for (const item of Object.values(value)) collect(item, into);
}

/** Everything a value refers to. */
export function referencesOf(value: Json | undefined): References {
  const found: References = { logicalIds: new Set(), imports: [] };
  collect(value, found);
  return found;
}

/** Everything that must exist before a resource can be created: its references and its `DependsOn`. */
export function dependenciesOf(resource: ResourceDefinition): References {
  const found = referencesOf(resource.Properties);
  for (const id of [resource.DependsOn ?? []].flat()) found.logicalIds.add(id);
  return found;
}
