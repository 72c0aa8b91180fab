import type { Actor, PersonId } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { DirectoryWriter } from './directory-writer.ts';
import type { Language, Person, PersonFacts } from './person.ts';

export interface PutPersonDeps {
  readonly directory: Pick<DirectoryWriter, 'findPerson' | 'findUnit' | 'personWrites' | 'commit'>;
}

/**
 * Enters a member of staff or changes their places; from then on the operator keeps their name and address.
 * @throws ProblemError `forbidden`, `unit_unknown`, `invalid_field`
 */
export async function putPerson(
  deps: PutPersonDeps,
  actor: Actor,
  id: PersonId,
  facts: PersonFacts,
  at: EpochMs,
  stamp: (person: Person) => Write,
): Promise<Person> {
  authorize(actor, 'directory.write', {}, at);
  for (const [n, { unit, from, until }] of facts.assignments.entries()) {
    const found = await deps.directory.findUnit(unit);
    // Roles are compared by the code of today: a former one would never match.
    if (found?.code !== unit) throw new ProblemError('unit_unknown', { field: `assignments[${n}].unit` });
    if (until !== undefined && until < from) {
      throw new ProblemError('invalid_field', { field: `assignments[${n}].until` });
    }
  }
  const previous = await deps.directory.findPerson(id);
  const person: Person = {
    ...facts,
    id,
    keptBy: 'operator',
    language: previous?.language ?? 'vi',
    key: previous?.key,
    certificates: previous?.certificates ?? [],
    image: previous?.image,
    version: (previous?.version ?? 0) + 1,
  };
  await deps.directory.commit([...deps.directory.personWrites(person, previous), stamp(person)]);
  return person;
}

/** Changes the language that the caller is written to in. @throws ProblemError `person_unknown` */
export async function putLanguage(
  deps: Pick<PutPersonDeps, 'directory'>,
  actor: Actor,
  language: Language,
  stamp: (person: Person) => Write,
): Promise<Person> {
  const previous = await deps.directory.findPerson(actor.personId);
  if (!previous) throw new ProblemError('person_unknown');
  const person = { ...previous, language, version: previous.version + 1 };
  await deps.directory.commit([...deps.directory.personWrites(person, previous), stamp(person)]);
  return person;
}
