import { LocalError } from '../errors.ts';
import type { StackArtifact } from './cloud-assembly.ts';
import { referencesOf } from './references.ts';
import type { ResourceTypes } from './resource-type.ts';
import type { ResourceDefinition } from './template.ts';

/** True for the types that CloudFormation hands to a function named by `ServiceToken`. */
export function isCustomResource(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

/**
 * Functions that exist only to carry out custom resources. The laptop carries those out itself (see the table of
 * types), so their providers never run here.
 */
export function providerFunctions(stack: StackArtifact): ReadonlySet<string> {
  const resources = Object.entries(stack.template.Resources);
  const providers = new Set<string>();
  const elsewhere = new Set<string>();
  for (const [id, resource] of resources) {
    const custom = isCustomResource(resource.Type);
    for (const target of referencesOf(resource.Properties).logicalIds) {
      if (custom) providers.add(target);
      else if (target !== id) elsewhere.add(target);
    }
  }
  const isFunction = (id: string) => stack.template.Resources[id]?.Type === 'AWS::Lambda::Function';
  return new Set([...providers].filter((id) => isFunction(id) && !elsewhere.has(id)));
}

function problemsOf(id: string, resource: ResourceDefinition, types: ResourceTypes): LocalError[] {
  const type = types[resource.Type];
  if (!type) {
    return [new LocalError('UnknownResourceType', `the laptop does not know the type ${resource.Type}`, id)];
  }
  if ('because' in type) return [];
  return Object.keys(resource.Properties ?? {})
    .filter((property) => !type.properties.includes(property) && !(type.ignored && property in type.ignored))
    .map(
      (property) =>
        new LocalError(
          'UnknownProperty',
          `the laptop does not know ${resource.Type}.${property}`,
          `${id} (${resource.Type})`,
        ),
    );
}

/**
 * Refuses an assembly that holds a type or property the laptop does not know: every one is named at once.
 * @throws LocalError `UnknownResourceType`, `UnknownProperty`
 */
export function checkAssembly(stacks: readonly StackArtifact[], types: ResourceTypes): void {
  const problems = stacks.flatMap((stack) => {
    const providers = providerFunctions(stack);
    return Object.entries(stack.template.Resources)
      .filter(([id]) => !providers.has(id))
      .flatMap(([id, resource]) => problemsOf(`${stack.name}/${id}`, resource, types));
  });
  const [first, ...rest] = problems;
  if (!first) return;
  throw rest.length === 0 ? first : new LocalError(first.code, problems.map((problem) => problem.message).join('\n'));
}
