import { type Context, conditionsHold } from './conditions.ts';
import { matchesAction, matchesWildcard } from './match.ts';
import type { Policy, Principals, Statement } from './policy.ts';

/** Who asks, as resource policies name it. */
export interface Caller {
  /** `AWS` with the ARNs that stand for the caller (session, role, account root) or `Service` with its name. */
  readonly kind: 'AWS' | 'Service';
  readonly ids: readonly string[];
}

export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

function fill(pattern: string, context: Context): string {
  return pattern.replace(/\$\{([^}*?$]+)\}/g, (whole, name: string) => context.get(name.toLowerCase())?.[0] ?? whole);
}

function covers(statement: Statement, question: Question): boolean {
  const { actions, notActions, resources, notResources } = statement;
  const acts = (list: readonly string[]) => list.some((pattern) => matchesAction(pattern, question.action));
  const touches = (list: readonly string[]) =>
    list.some((pattern) => matchesWildcard(fill(pattern, question.context), question.resource));
  if (actions ? !acts(actions) : acts(notActions ?? [])) return false;
  // Trust and some resource policies name no resource: the one they are attached to is meant.
  if (resources && !touches(resources)) return false;
  if (notResources && touches(notResources)) return false;
  return conditionsHold(statement.conditions, question.context);
}

function names(principals: Principals, caller: Caller): boolean {
  if (principals['*']) return true;
  return (principals[caller.kind] ?? []).some((id) => id === '*' || caller.ids.includes(id));
}

function concerns(statement: Statement, caller: Caller): boolean {
  if (statement.principals) return names(statement.principals, caller);
  if (statement.notPrincipals) return !names(statement.notPrincipals, caller);
  return false;
}

/** The first statement of an identity policy with `effect` that covers the question. */
export function identityStatement(
  policy: Policy,
  effect: Statement['effect'],
  question: Question,
): Statement | undefined {
  return policy.find((statement) => statement.effect === effect && covers(statement, question));
}

/** The first statement of a resource's policy with `effect` that names the caller and covers the question. */
export function resourceStatement(
  policy: Policy,
  effect: Statement['effect'],
  caller: Caller,
  question: Question,
): Statement | undefined {
  return policy.find(
    (statement) => statement.effect === effect && concerns(statement, caller) && covers(statement, question),
  );
}
