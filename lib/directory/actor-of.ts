import type { Actor } from '../access/actor.ts';
import { CommitConflict } from '../platform/commit-conflict.ts';
import { ProblemError } from '../platform/errors.ts';
import { OPERATOR_GROUP } from '../platform/names.ts';
import { cleanName } from '../platform/text.ts';
import type { DirectoryWriter } from './directory-writer.ts';
import { type Person, personFacts, personId } from './person.ts';

/** What the sign-in provider vouches for. */
export interface SignInClaims {
  readonly sub: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly groups: readonly string[];
}

export interface ActorDeps {
  readonly directory: Pick<DirectoryWriter, 'findPerson' | 'personWrites' | 'commit'>;
}

/**
 * The caller as the directory knows them. Whoever signs in for the first time gets a record from their token, so that
 * nothing is declared twice; a citizen's name and address follow the token, those of staff the operator's entry.
 * @throws ProblemError `missing_token` when the subject is not one of the user pool's.
 */
export async function actorOf(deps: ActorDeps, claims: SignInClaims): Promise<Actor> {
  const id = personId.safeParse(claims.sub);
  if (!id.success) throw new ProblemError('missing_token');
  const known = await deps.directory.findPerson(id.data);
  const current = fromClaims(id.data, known, claims);
  if (current !== known) await remember(deps, current, known);
  return {
    personId: id.data,
    name: current.name,
    email: current.email,
    operator: claims.groups.includes(OPERATOR_GROUP),
    assignments: current.assignments,
  };
}

/** The record as it should be; the very same object when nothing is to be changed. */
function fromClaims(id: Person['id'], known: Person | undefined, claims: SignInClaims): Person {
  if (known && known.keptBy === 'operator') return known;
  const name = cleanName(claims.name) || known?.name || '';
  const email = personFacts.shape.email.safeParse(claims.email).data ?? known?.email;
  if (known && known.name === name && known.email === email) return known;
  const base = known ?? { id, language: 'vi', assignments: [], keptBy: 'sign-in', certificates: [], version: 0 };
  return { ...base, name, email, version: base.version + 1 };
}

async function remember(deps: ActorDeps, next: Person, previous: Person | undefined): Promise<void> {
  try {
    await deps.directory.commit(deps.directory.personWrites(next, previous));
  } catch (error) {
    // Two requests of one new caller at once: the other one has just written the same facts.
    if (!(error instanceof CommitConflict)) throw error;
  }
}
