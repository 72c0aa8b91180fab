import type { Json, JsonObject } from './template.ts';

/** What other resources can learn of a created one. */
export interface Created {
  /** Value of `Ref`. */
  readonly ref: string;
  /** Values of `Fn::GetAtt`. */
  readonly attributes?: Readonly<Record<string, Json>>;
}

/** Where a resource stands. */
export interface ResourceContext {
  /** Logical id; `Stack/LogicalId` where two stacks share one. */
  readonly id: string;
  readonly logicalId: string;
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly assets: ReadonlyMap<string, string>;
  /** `Metadata` of the resource, e.g. `aws:cdk:path`. */
  readonly metadata: JsonObject;
  /** A name made of stack and logical id, the same at every start; at most `max` characters. */
  physicalName(max?: number): string;
  /** `arn:aws:<service>:<region>:<account>:<rest>`. */
  arn(service: string, rest: string): string;
}

/** A type that the laptop brings to life. */
export interface LiveType {
  /** Properties that `create` acts upon; any other stops the start. */
  readonly properties: readonly string[];
  /** Properties that change nothing for functions on a laptop, each with the reason. */
  readonly ignored?: Readonly<Record<string, string>>;
  create(properties: JsonObject, context: ResourceContext): Created | Promise<Created>;
}

/** A type that does not affect functions on a laptop. */
export interface InertType {
  /** Why it does not. */
  readonly because: string;
  /** Attributes and `Ref` that others may read nevertheless. */
  describe?(context: ResourceContext): Created;
}

export type ResourceTypes = Readonly<Record<string, LiveType | InertType>>;
