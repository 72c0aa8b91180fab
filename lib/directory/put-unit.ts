import type { Actor, UnitCode } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { documentTypesAt } from '../registers/document-types.ts';
import { type SequenceRule, sequenceFault } from '../registers/sequence-rules.ts';
import type { DirectoryWriter } from './directory-writer.ts';
import type { Unit, UnitFacts } from './unit.ts';

export interface PutUnitDeps {
  readonly directory: Pick<DirectoryWriter, 'findUnit' | 'unitWrites' | 'commit'>;
}

/**
 * Enters a unit or changes what is known of it; its key and certificates stay as they are.
 * @throws ProblemError `forbidden`, `invalid_field`, `unit_unknown`, `conflict` when a code belongs to another unit
 */
export async function putUnit(
  deps: PutUnitDeps,
  actor: Actor,
  code: UnitCode,
  facts: UnitFacts,
  at: EpochMs,
  stamp: (unit: Unit) => Write,
): Promise<Unit> {
  authorize(actor, 'directory.write', {}, at);
  const previous = await deps.directory.findUnit(code);
  if (previous && previous.code !== code)
    throw new ProblemError('conflict', { field: 'code', detail: 'A former code.' });
  await check(deps, code, facts);
  const unit: Unit = {
    ...facts,
    code,
    key: previous?.key,
    certificates: previous?.certificates ?? [],
    image: previous?.image,
    version: (previous?.version ?? 0) + 1,
  };
  await deps.directory.commit([...deps.directory.unitWrites(unit, previous), stamp(unit)]);
  return unit;
}

async function check(deps: PutUnitDeps, code: UnitCode, facts: UnitFacts): Promise<void> {
  if (facts.until !== undefined && facts.until < facts.from)
    throw new ProblemError('invalid_field', { field: 'until' });
  const fault = sequenceFault(facts.numbering) ?? unknownType(facts.numbering);
  if (fault) throw new ProblemError('invalid_field', { field: 'numbering', detail: fault });
  for (const [n, former] of facts.formerCodes.entries()) {
    const holder = await deps.directory.findUnit(former);
    if (former === code || (holder && holder.code !== code)) {
      throw new ProblemError('conflict', { field: `formerCodes[${n}]`, detail: 'The code belongs to a unit.' });
    }
  }
  for (const [n, successor] of facts.successors.entries()) {
    const field = `successors[${n}]`;
    if (successor === code) throw new ProblemError('invalid_field', { field });
    if (!(await deps.directory.findUnit(successor))) throw new ProblemError('unit_unknown', { field });
  }
}

function unknownType(rules: readonly SequenceRule[]): string | undefined {
  for (const rule of rules) {
    const known = new Set(documentTypesAt(rule.from).types.map((type) => type.id));
    const unknown = rule.sequences.flatMap((sequence) => sequence.types).find((type) => !known.has(type));
    if (unknown) return 'A document type is not one of those in force on that day.';
  }
  return undefined;
}
