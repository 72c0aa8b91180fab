import { LocalError } from '../errors.ts';
import { matchesArn, matchesWildcard } from './match.ts';
import type { Statement } from './policy.ts';

/** Condition keys (lower case) → values of the request. */
export type Context = ReadonlyMap<string, readonly string[]>;

type Compare = (wanted: string, given: string) => boolean;

const numbers = (compare: (wanted: number, given: number) => boolean): Compare => {
  return (wanted, given) => compare(Number(wanted), Number(given));
};
const dates = (compare: (wanted: number, given: number) => boolean): Compare => {
  const epoch = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
  return (wanted, given) => compare(epoch(wanted), epoch(given));
};

const COMPARE: Readonly<Record<string, Compare>> = {
  StringEquals: (wanted, given) => wanted === given,
  StringEqualsIgnoreCase: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  StringLike: (wanted, given) => matchesWildcard(wanted, given),
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  NumericEquals: numbers((wanted, given) => given === wanted),
  NumericLessThan: numbers((wanted, given) => given < wanted),
  NumericLessThanEquals: numbers((wanted, given) => given <= wanted),
  NumericGreaterThan: numbers((wanted, given) => given > wanted),
  NumericGreaterThanEquals: numbers((wanted, given) => given >= wanted),
  DateLessThan: dates((wanted, given) => given < wanted),
  DateLessThanEquals: dates((wanted, given) => given <= wanted),
  DateGreaterThan: dates((wanted, given) => given > wanted),
  DateGreaterThanEquals: dates((wanted, given) => given >= wanted),
};

/** Negated operators: true when no value matches, and when the key is absent. */
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

/** `${aws:PrincipalTag/…}` and the like in a wanted value. */
function fillVariables(value: string, context: Context): string {
  return value.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (name === '*' || name === '?' || name === '$') return name;
    return context.get(name.toLowerCase())?.[0] ?? whole;
  });
}

function holds(operator: string, wanted: readonly string[], given: readonly string[] | undefined): boolean {
  const [, quantifier, rest = operator] = /^(ForAllValues|ForAnyValue):(.+)$/.exec(operator) ?? [];
  if (rest === 'Null') return wanted.some((value) => (value.toLowerCase() === 'true') === (given === undefined));
  const optional = rest.endsWith('IfExists');
  const name = optional ? rest.slice(0, -'IfExists'.length) : rest;
  const negated = name in NEGATED;
  const compare = COMPARE[NEGATED[name] ?? name];
  if (!compare) throw new LocalError('UnsupportedValue', `the condition operator ${operator} is not known on a laptop`);
  const one = (value: string) => wanted.some((candidate) => compare(candidate, value)) !== negated;
  if (quantifier === 'ForAllValues') return (given ?? []).every(one);
  if (quantifier === 'ForAnyValue') return (given ?? []).some(one);
  if (given === undefined) return optional || negated;
  return negated ? given.every(one) : given.some(one);
}

/** True when every condition of the statement holds: operators and keys are joined by AND, values by OR. */
export function conditionsHold(conditions: Statement['conditions'], context: Context): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      holds(
        operator,
        wanted.map((value) => fillVariables(value, context)),
        context.get(key.toLowerCase()),
      ),
    ),
  );
}
