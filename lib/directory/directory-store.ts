import * as z from 'zod';
import { assignmentsAt, type PersonId, type StaffRole, type UnitCode } from '../access/actor.ts';
import { type Condition, type Entity, NOT_THERE, type Page, type Table, type Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { type KeyHolder, type SignerFacts, signerFacts } from './certificates.ts';
import type { Directory } from './directory.ts';
import type { DirectoryWriter } from './directory-writer.ts';
import { assignment, type Person, personId, personRecord } from './person.ts';
import { type AnchorRecord, anchorRecord } from './trust.ts';
import { followSuccession, sealOf, type Unit, unitCode, unitRecord } from './unit.ts';

const units: Entity<Unit> = {
  name: 'Unit',
  schema: unitRecord,
  keys: ({ code }) => ({ pk: `UNIT#${code}`, sk: 'UNIT', gsi1pk: 'UNITS', gsi1sk: code }),
};

/** A code that a unit once had. */
const formerCode = z.object({ former: unitCode, code: unitCode });
const formerCodes: Entity<z.infer<typeof formerCode>> = {
  name: 'FormerUnitCode',
  schema: formerCode,
  keys: ({ former }) => ({ pk: `UNITCODE#${former}`, sk: 'UNITCODE' }),
};

/** The unit that a certificate is or was the seal of. */
const sealCertificate = z.object({ sha256: z.string().length(64), code: unitCode });
const sealCertificates: Entity<z.infer<typeof sealCertificate>> = {
  name: 'SealCertificate',
  schema: sealCertificate,
  keys: ({ sha256 }) => ({ pk: `SEAL#${sha256}`, sk: 'SEAL' }),
};

const people: Entity<Person> = {
  name: 'Person',
  schema: personRecord,
  keys: ({ id }) => ({ pk: `PERSON#${id}`, sk: 'PERSON' }),
};

/** A person's assignments in one unit, to find staff by unit; empty once there are none left. */
const place = z.object({ unit: unitCode, person: personId, assignments: z.array(assignment) });
type Place = z.infer<typeof place>;
const places: Entity<Place> = {
  name: 'StaffPlace',
  schema: place,
  keys: ({ unit, person }) => ({ pk: `UNIT#${unit}`, sk: `STAFF#${person}` }),
};

const anchors: Entity<AnchorRecord> = {
  name: 'TrustAnchor',
  schema: anchorRecord,
  keys: ({ sha256 }) => ({ pk: 'TRUST', sk: sha256 }),
};

/** What a change was made from must still be what is there. */
function unchanged(previous: { version: number } | undefined): Condition {
  return previous
    ? { expression: '#version = :version', names: { '#version': 'version' }, values: { ':version': previous.version } }
    : NOT_THERE;
}

/** Units, people and trust anchors in the table. */
export class DirectoryStore implements Directory, DirectoryWriter {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  async unit(code: UnitCode): Promise<Unit> {
    const found = await this.findUnit(code);
    if (!found) throw new ProblemError('unit_unknown', { field: 'unit' });
    return found;
  }

  async findUnit(code: UnitCode): Promise<Unit | undefined> {
    const direct = await this.#table.get(units, { pk: `UNIT#${code}`, sk: 'UNIT' });
    if (direct) return direct;
    const former = await this.#table.get(formerCodes, { pk: `UNITCODE#${code}`, sk: 'UNITCODE' });
    return former && (await this.#table.get(units, { pk: `UNIT#${former.code}`, sk: 'UNIT' }));
  }

  async unitOfSeal(sha256: string): Promise<Unit | undefined> {
    const seal = await this.#table.get(sealCertificates, { pk: `SEAL#${sha256}`, sk: 'SEAL' });
    return seal && this.findUnit(seal.code);
  }

  activeUnit(code: UnitCode, at: EpochMs): Promise<Unit> {
    return followSuccession((asked) => this.unit(asked), code, at);
  }

  units(options: { readonly limit: number; readonly cursor?: string | undefined }): Promise<Page<Unit>> {
    return this.#table.query(units, { index: 'gsi1', pk: 'UNITS', limit: options.limit, cursor: options.cursor });
  }

  async person(id: PersonId): Promise<Person> {
    const found = await this.findPerson(id);
    if (!found) throw new ProblemError('person_unknown', { field: 'person' });
    return found;
  }

  findPerson(id: PersonId): Promise<Person | undefined> {
    return this.#table.get(people, { pk: `PERSON#${id}`, sk: 'PERSON' });
  }

  async staff(unit: UnitCode, role: StaffRole, at: EpochMs): Promise<Person[]> {
    const ids: PersonId[] = [];
    const all = this.#table.queryAll(places, { pk: `UNIT#${unit}`, skPrefix: 'STAFF#', consistent: true });
    for await (const item of all) {
      if (assignmentsAt(item, at).some((held) => held.role === role)) ids.push(item.person);
    }
    const found = await this.#table.getAll(
      people,
      ids.map((id) => ({ pk: `PERSON#${id}`, sk: 'PERSON' })),
    );
    return found.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async signerOf(holder: KeyHolder, at: EpochMs): Promise<SignerFacts> {
    if (holder.kind === 'unit') return sealOf(await this.unit(holder.code), at);
    const { name, key, certificates } = await this.person(holder.id);
    return signerFacts(holder, name, key, certificates, at);
  }

  async trustAnchors(): Promise<AnchorRecord[]> {
    const found: AnchorRecord[] = [];
    for await (const anchor of this.#table.queryAll(anchors, { pk: 'TRUST', consistent: true })) found.push(anchor);
    return found;
  }

  unitWrites(next: Unit, previous: Unit | undefined): Write[] {
    return [
      this.#table.put(units, next, unchanged(previous)),
      ...next.formerCodes.map((former) =>
        this.#table.put(
          formerCodes,
          { former, code: next.code },
          {
            expression: 'attribute_not_exists(pk) OR #code = :code',
            names: { '#code': 'code' },
            values: { ':code': next.code },
          },
        ),
      ),
      ...next.certificates.map(({ sha256 }) => this.#table.put(sealCertificates, { sha256, code: next.code })),
    ];
  }

  personWrites(next: Person, previous: Person | undefined): Write[] {
    const touched = new Set([...next.assignments, ...(previous?.assignments ?? [])].map((item) => item.unit));
    return [
      this.#table.put(people, next, unchanged(previous)),
      ...[...touched].map((unit) =>
        this.#table.put(places, {
          unit,
          person: next.id,
          assignments: next.assignments.filter((item) => item.unit === unit),
        }),
      ),
    ];
  }

  anchorWrite(anchor: AnchorRecord): Write {
    return this.#table.put(anchors, anchor);
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#table.commit(writes);
  }
}
