import { isObject, type Json, type JsonObject } from '../assembly/template.ts';
import { LocalError } from '../errors.ts';
import { matchesWildcard } from '../iam/match.ts';

/** An EventBridge event pattern, checked; also the language of Lambda's event filters. */
export type Pattern = (event: Json | undefined) => boolean;
type Test = (value: Json | undefined) => boolean;

const unsupported = (what: unknown): never => {
  throw new LocalError('UnsupportedValue', `the event pattern ${JSON.stringify(what)} is not known on a laptop`);
};

const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function numericTest(terms: readonly Json[]): Test {
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < terms.length; index += 2) {
    const compare = COMPARISONS[String(terms[index])] ?? unsupported({ numeric: terms });
    const limit = Number(terms[index + 1]);
    tests.push((value) => compare(value, limit));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

const textTest =
  (test: (text: string) => boolean): Test =>
  (value) =>
    typeof value === 'string' && test(value);

function anythingBut(argument: Json): Test {
  const inner = isObject(argument) ? [matcher(argument)] : [argument].flat().map((one) => matcher(one as Json));
  return (value) => value !== undefined && !inner.some((test) => test(value));
}

const MATCHERS: Readonly<Record<string, (argument: Json) => Test>> = {
  exists: (wanted) => (value) => (value !== undefined) === wanted,
  prefix: (prefix) => {
    if (isObject(prefix)) return unsupported({ prefix });
    return textTest((text) => text.startsWith(String(prefix)));
  },
  suffix: (suffix) => {
    if (isObject(suffix)) return unsupported({ suffix });
    return textTest((text) => text.endsWith(String(suffix)));
  },
  wildcard: (wildcard) =>
    textTest((text) => matchesWildcard(String(wildcard).replaceAll('?', '\u0000'), text.replaceAll('?', '\u0000'))),
  'equals-ignore-case': (wanted) => textTest((text) => text.toLowerCase() === String(wanted).toLowerCase()),
  'anything-but': anythingBut,
  numeric: (terms) => numericTest(terms as readonly Json[]),
};

function matcher(wanted: Json): Test {
  if (!isObject(wanted)) return (value) => value === wanted;
  const [name, ...others] = Object.keys(wanted);
  const make = name === undefined || others.length > 0 ? undefined : MATCHERS[name];
  return make ? make(wanted[name as string] as Json) : unsupported(wanted);
}

/** A leaf: any of the wanted values; an array in the event matches when one of its members does. */
function leaf(wanted: readonly Json[]): Test {
  const tests = wanted.map(matcher);
  return (value) => {
    const candidates = Array.isArray(value) ? (value as readonly Json[]) : [value];
    return candidates.some((candidate) => tests.some((test) => test(candidate)));
  };
}

/**
 * Compiles a pattern.
 * @throws LocalError `UnsupportedValue` for a comparison that is not known
 */
export function compilePattern(pattern: JsonObject): Pattern {
  const tests = Object.entries(pattern).map(([key, wanted]): Pattern => {
    if (key === '$or') {
      const branches = (wanted as readonly JsonObject[]).map(compilePattern);
      return (event) => branches.some((branch) => branch(event));
    }
    const test = Array.isArray(wanted)
      ? leaf(wanted as readonly Json[])
      : isObject(wanted)
        ? compilePattern(wanted)
        : unsupported(pattern);
    return (event) => test(isObject(event) ? event[key] : undefined);
  });
  return (event) => tests.every((test) => test(event));
}

/** `FilterCriteria` of an event-source mapping: a record passes when one of the filters matches; none lets all pass. */
export function compileFilterCriteria(criteria: Json | undefined): Pattern {
  const filters = isObject(criteria) ? ((criteria.Filters ?? []) as readonly JsonObject[]) : [];
  const patterns = filters.map(({ Pattern: text }) => compilePattern(JSON.parse(String(text)) as JsonObject));
  return patterns.length === 0 ? () => true : (event) => patterns.some((pattern) => pattern(event));
}
