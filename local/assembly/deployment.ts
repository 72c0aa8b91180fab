import { createHash } from 'node:crypto';
import { LocalError } from '../errors.ts';
import { checkAssembly, providerFunctions } from './check.ts';
import type { StackArtifact } from './cloud-assembly.ts';
import { resolve, resolveObject, type Scope } from './intrinsics.ts';
import { dependenciesOf, type References, referencesOf } from './references.ts';
import type { Created, ResourceContext, ResourceTypes } from './resource-type.ts';
import { type Place, scopeOf } from './scope.ts';
import type { Json, ResourceDefinition } from './template.ts';

/** What came to life. */
export interface Deployment {
  /** Logical id (`Stack/LogicalId` where two stacks share one) → `Ref`. */
  readonly resources: ReadonlyMap<string, string>;
  /** Output key (`Stack.Key` where two stacks share one) → value. Outputs that name inert resources are left out. */
  readonly outputs: ReadonlyMap<string, string>;
}

interface Node {
  readonly stack: StackArtifact;
  readonly logicalId: string;
  readonly resource: ResourceDefinition;
}

const keyOf = (stackName: string, logicalId: string): string => `${stackName}/${logicalId}`;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10);

function contextOf(node: Node, id: string, place: Place): ResourceContext {
  const { stack, logicalId, resource } = node;
  return {
    id,
    logicalId,
    stackName: stack.name,
    account: place.account,
    region: place.region,
    assets: stack.assets,
    metadata: resource.Metadata ?? {},
    physicalName: (max = 64) => {
      const tail = `-${hash(keyOf(stack.name, logicalId))}`;
      return `${`${stack.name}-${logicalId}`.slice(0, max - tail.length)}${tail}`;
    },
    arn: (service, rest) => `arn:aws:${service}:${place.region}:${place.account}:${rest}`,
  };
}

/** Ref and attributes of what is not brought to life: enough for names and ARNs in log settings and policies. */
function inertCreated(context: ResourceContext, type: string): Created {
  const name = context.physicalName();
  return { ref: name, attributes: { Arn: context.arn(type.split('::')[1]?.toLowerCase() ?? 'aws', name) } };
}

/** Creates the resources of an assembly in the order their references ask for, side by side where none does. */
class Assembly {
  readonly #nodes = new Map<string, Node>();
  readonly #created = new Map<string, Created>();
  readonly #creating = new Map<string, Promise<void>>();
  readonly #exports = new Map<string, { readonly stack: StackArtifact; readonly value: Json }>();
  readonly #ids: Map<string, string>;
  readonly #stacks: readonly StackArtifact[];
  readonly #types: ResourceTypes;
  readonly #place: (stack: StackArtifact) => Place;
  readonly #lookups = {
    created: (stackName: string, logicalId: string): Created | undefined =>
      this.#created.get(keyOf(stackName, logicalId)),
    exported: (name: string): Json | undefined => {
      const found = this.#exports.get(name);
      return found && resolve(this.#scope(found.stack, `export ${name}`), found.value);
    },
  };

  constructor(stacks: readonly StackArtifact[], types: ResourceTypes, place: (stack: StackArtifact) => Place) {
    this.#stacks = stacks;
    this.#types = types;
    this.#place = place;
    const counts = new Map<string, number>();
    for (const stack of stacks) {
      for (const [logicalId, resource] of Object.entries(stack.template.Resources)) {
        if (resource.Condition && !this.#scope(stack, logicalId).condition(resource.Condition)) continue;
        this.#nodes.set(keyOf(stack.name, logicalId), { stack, logicalId, resource });
        counts.set(logicalId, (counts.get(logicalId) ?? 0) + 1);
      }
      this.#readExports(stack);
    }
    this.#ids = new Map(
      [...this.#nodes].map(([key, { logicalId }]) => [key, counts.get(logicalId) === 1 ? logicalId : key]),
    );
  }

  async create(onCreated: (id: string, type: string) => void): Promise<Deployment> {
    const all = [...this.#nodes].map(([key, node]) => this.#createOnce(key, node, [], onCreated));
    // Waits for all, so that after a failure nothing is still being created while the start is undone.
    const failed = (await Promise.allSettled(all)).find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    const resources = [...this.#created].map(([key, { ref }]) => [this.#ids.get(key) ?? key, ref] as const);
    return { resources: new Map(resources), outputs: this.#outputs() };
  }

  #scope(stack: StackArtifact, where: string): Scope {
    return scopeOf(stack, this.#place(stack), this.#lookups, `${stack.name}/${where}`);
  }

  #readExports(stack: StackArtifact): void {
    for (const [key, output] of Object.entries(stack.template.Outputs ?? {})) {
      if (!output.Export) continue;
      const name = resolve(this.#scope(stack, key), output.Export.Name);
      this.#exports.set(String(name), { stack, value: output.Value });
    }
  }

  /** Keys of the nodes that `references` of `stack` lead to, through exports as well. */
  #needs(stack: StackArtifact, references: References): string[] {
    const own = [...references.logicalIds].map((id) => keyOf(stack.name, id)).filter((key) => this.#nodes.has(key));
    const imported = references.imports.flatMap((argument) => {
      const name = String(resolve(this.#scope(stack, 'Fn::ImportValue'), argument));
      const found = this.#exports.get(name);
      if (!found) throw new LocalError('UnresolvedReference', `no stack exports ${name}`, stack.name);
      return this.#needs(found.stack, referencesOf(found.value));
    });
    return [...own, ...imported];
  }

  #createOnce(
    key: string,
    node: Node,
    path: readonly string[],
    onCreated: (id: string, type: string) => void,
  ): Promise<void> {
    if (path.includes(key))
      throw new LocalError('AssemblyInvalid', `circular dependency ${[...path, key].join(' → ')}`);
    const running = this.#creating.get(key);
    if (running) return running;
    const needs = this.#needs(node.stack, dependenciesOf(node.resource));
    const creating = Promise.all(
      needs.map((need) => this.#createOnce(need, this.#nodes.get(need) as Node, [...path, key], onCreated)),
    ).then(async () => {
      this.#created.set(key, await this.#createNode(node, this.#ids.get(key) ?? key));
      onCreated(this.#ids.get(key) ?? key, node.resource.Type);
    });
    this.#creating.set(key, creating);
    return creating;
  }

  async #createNode(node: Node, id: string): Promise<Created> {
    const { stack, logicalId, resource } = node;
    const context = contextOf(node, id, this.#place(stack));
    const type = this.#types[resource.Type];
    if (!type || providerFunctions(stack).has(logicalId)) return inertCreated(context, resource.Type);
    if ('because' in type) return type.describe?.(context) ?? inertCreated(context, resource.Type);
    const wanted = Object.fromEntries(
      Object.entries(resource.Properties ?? {}).filter(([property]) => type.properties.includes(property)),
    );
    try {
      return await type.create(resolveObject(this.#scope(stack, logicalId), wanted), context);
    } catch (cause) {
      if (cause instanceof LocalError && cause.resource) throw cause;
      const message = cause instanceof Error ? cause.message : String(cause);
      const code = cause instanceof LocalError ? cause.code : 'CreateFailed';
      throw new LocalError(code, message, `${stack.name}/${logicalId} (${resource.Type})`, cause);
    }
  }

  #outputs(): Map<string, string> {
    const outputs = new Map<string, string>();
    for (const stack of this.#stacks) {
      for (const [key, output] of Object.entries(stack.template.Outputs ?? {})) {
        const scope = this.#scope(stack, key);
        if (output.Condition && !scope.condition(output.Condition)) continue;
        try {
          const value = String(resolve(scope, output.Value));
          outputs.set(outputs.has(key) ? `${stack.name}.${key}` : key, value);
        } catch (error) {
          // An output that names an inert resource is for people in an AWS account, not for functions.
          if (!(error instanceof LocalError && error.code === 'UnresolvedReference')) throw error;
        }
      }
    }
    return outputs;
  }
}

/**
 * Checks the assembly against the table of types, then creates what it holds.
 * @throws LocalError for the first resource that cannot be created, and for every unknown type or property at once
 */
export async function deploy(input: {
  readonly stacks: readonly StackArtifact[];
  readonly types: ResourceTypes;
  readonly account: string;
  readonly region: string;
  /** Values of parameters by name; their defaults where none is given. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly onCreated?: (id: string, type: string) => void;
}): Promise<Deployment> {
  checkAssembly(input.stacks, input.types);
  const place = (stack: StackArtifact): Place => ({
    account: stack.account ?? input.account,
    region: stack.region ?? input.region,
    ...(input.parameters ? { parameters: input.parameters } : {}),
  });
  return new Assembly(input.stacks, input.types, place).create(input.onCreated ?? (() => {}));
}
