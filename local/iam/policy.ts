import { isObject, type Json, type JsonObject } from '../assembly/template.ts';
import { LocalError } from '../errors.ts';

/** One statement of an IAM policy, with its lists made uniform. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  readonly principals: Principals | undefined;
  readonly notPrincipals: Principals | undefined;
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  readonly notResources: readonly string[] | undefined;
  /** Operator → condition key → values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Kind (`AWS`, `Service`, `*`) → identifiers. */
export type Principals = Readonly<Record<string, readonly string[]>>;
export type Policy = readonly Statement[];

const ELEMENTS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

function strings(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  return [value].flat().map(String);
}

function principals(value: Json | undefined): Principals | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) return { '*': ['*'] };
  return Object.fromEntries(Object.entries(value).map(([kind, ids]) => [kind, strings(ids) ?? []]));
}

function conditions(value: Json | undefined): Statement['conditions'] {
  const operators = Object.entries((value ?? {}) as Record<string, JsonObject>);
  return Object.fromEntries(
    operators.map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, strings(values) ?? []])),
    ]),
  );
}

function parseStatement(value: Json): Statement {
  if (!isObject(value)) throw new LocalError('UnsupportedValue', 'a policy statement must be an object');
  const unknown = Object.keys(value).find((key) => !ELEMENTS.includes(key));
  if (unknown) throw new LocalError('UnsupportedValue', `unknown policy element ${unknown}`);
  if (value.Effect !== 'Allow' && value.Effect !== 'Deny') {
    throw new LocalError('UnsupportedValue', `unknown policy effect ${JSON.stringify(value.Effect)}`);
  }
  return {
    sid: value.Sid === undefined ? undefined : String(value.Sid),
    effect: value.Effect,
    principals: principals(value.Principal),
    notPrincipals: principals(value.NotPrincipal),
    actions: strings(value.Action),
    notActions: strings(value.NotAction),
    resources: strings(value.Resource),
    notResources: strings(value.NotResource),
    conditions: conditions(value.Condition),
  };
}

/**
 * Parses a resolved policy document.
 * @throws LocalError `UnsupportedValue` for an element that is not of the policy grammar
 */
export function parsePolicy(document: Json | undefined): Policy {
  if (document === undefined) return [];
  if (!isObject(document)) throw new LocalError('UnsupportedValue', 'a policy document must be an object');
  return [document.Statement ?? []].flat().map((statement) => parseStatement(statement as Json));
}
