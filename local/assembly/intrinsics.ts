import { LocalError } from '../errors.ts';
import { intrinsicOf, isObject, type Json, type JsonObject } from './template.ts';

/** What the intrinsic functions of one template look values up in. */
export interface Scope {
  /** `Stack/LogicalId`, for messages. */
  readonly where: string;
  /** `Ref` of a resource, a parameter or a pseudo parameter. */
  ref(name: string): Json | undefined;
  attribute(logicalId: string, attribute: string): Json;
  importValue(exportName: string): Json;
  condition(name: string): boolean;
  mapping(map: string, key: string, name: string): Json;
}

/** Marks `AWS::NoValue`: the property that holds it is left out. */
const NO_VALUE = Symbol('AWS::NoValue');
type Resolved = Json | typeof NO_VALUE;

function text(scope: Scope, value: Resolved): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new LocalError(
    'UnsupportedValue',
    `expected text in an intrinsic, found ${JSON.stringify(value)}`,
    scope.where,
  );
}

function list(scope: Scope, value: Resolved): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  throw new LocalError(
    'UnsupportedValue',
    `expected a list in an intrinsic, found ${JSON.stringify(value)}`,
    scope.where,
  );
}

function getAtt(scope: Scope, argument: Json): Json {
  const [id, ...rest] = typeof argument === 'string' ? argument.split('.') : (argument as readonly string[]);
  return scope.attribute(String(id), rest.join('.'));
}

function ref(scope: Scope, name: string): Resolved {
  if (name === 'AWS::NoValue') return NO_VALUE;
  const value = scope.ref(name);
  if (value === undefined)
    throw new LocalError('UnresolvedReference', `Ref to ${name}, which is not there`, scope.where);
  return value;
}

function substitute(scope: Scope, argument: Json): string {
  const [template, variables] = Array.isArray(argument) ? (argument as [string, JsonObject]) : [String(argument), {}];
  return template.replace(/\$\{(!?)([^}]+)\}/g, (_all, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const given = variables[name.trim()];
    if (given !== undefined) return text(scope, resolveValue(scope, given));
    return text(scope, name.includes('.') ? getAtt(scope, name.trim()) : ref(scope, name.trim()));
  });
}

function choose(scope: Scope, argument: Json): Resolved {
  const [name, whenTrue, whenFalse] = argument as [string, Json, Json];
  return resolveValue(scope, scope.condition(name) ? whenTrue : whenFalse);
}

function select(scope: Scope, argument: Json): Json {
  const [index, from] = argument as [Json, Json];
  const value = list(scope, resolveValue(scope, from))[Number(resolveValue(scope, index))];
  if (value === undefined)
    throw new LocalError('UnsupportedValue', 'Fn::Select beyond the end of its list', scope.where);
  return value;
}

type Intrinsic = (scope: Scope, argument: Json) => Resolved;
const each = (scope: Scope, argument: Json): Resolved[] =>
  (argument as readonly Json[]).map((v) => resolveValue(scope, v));

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (scope, name) => ref(scope, String(name)),
  Condition: (scope, name) => scope.condition(String(name)),
  'Fn::GetAtt': getAtt,
  'Fn::Sub': substitute,
  'Fn::If': choose,
  'Fn::Select': select,
  'Fn::Join': (scope, argument) => {
    const [separator, parts] = argument as [string, Json];
    return list(scope, resolveValue(scope, parts))
      .map((part) => text(scope, part))
      .join(separator);
  },
  'Fn::Split': (scope, argument) => {
    const [separator, source] = argument as [string, Json];
    return text(scope, resolveValue(scope, source)).split(separator);
  },
  'Fn::ImportValue': (scope, name) => scope.importValue(text(scope, resolveValue(scope, name))),
  'Fn::FindInMap': (scope, argument) => {
    const [map, key, name] = each(scope, argument).map((part) => text(scope, part)) as [string, string, string];
    return scope.mapping(map, key, name);
  },
  'Fn::Base64': (scope, value) => Buffer.from(text(scope, resolveValue(scope, value))).toString('base64'),
  'Fn::Equals': (scope, argument) => {
    const [left, right] = each(scope, argument);
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::And': (scope, argument) => each(scope, argument).every((value) => value === true),
  'Fn::Or': (scope, argument) => each(scope, argument).some((value) => value === true),
  'Fn::Not': (scope, argument) => each(scope, argument)[0] !== true,
};

function resolveValue(scope: Scope, value: Json): Resolved {
  const intrinsic = intrinsicOf(value);
  if (intrinsic) {
    const run = INTRINSICS[intrinsic.name];
    if (run) return run(scope, intrinsic.argument);
    throw new LocalError('UnsupportedValue', `the intrinsic ${intrinsic.name} is not known on a laptop`, scope.where);
  }
  if (typeof value === 'string' && /\{\{resolve:[^}]+\}\}/.test(value)) {
    throw new LocalError('UnsupportedValue', `the dynamic reference ${value} has no meaning on a laptop`, scope.where);
  }
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((item) => resolveValue(scope, item)).filter((item) => item !== NO_VALUE);
  }
  if (isObject(value)) return resolveObject(scope, value);
  return value;
}

/** Resolves every intrinsic in an object; a property that comes to `AWS::NoValue` is left out. */
export function resolveObject(scope: Scope, object: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const resolved = resolveValue(scope, value);
    if (resolved !== NO_VALUE) result[key] = resolved;
  }
  return result;
}

/**
 * Resolves a value of a template; `undefined` stands for `AWS::NoValue`.
 * @throws LocalError `UnresolvedReference`, `UnsupportedValue`
 */
export function resolve(scope: Scope, value: Json): Json | undefined {
  const resolved = resolveValue(scope, value);
  return resolved === NO_VALUE ? undefined : resolved;
}
