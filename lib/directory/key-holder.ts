import type { DistinguishedName } from '../pki/distinguished-name.ts';
import type { Write } from '../platform/aws/table.ts';
import { ProblemError } from '../platform/errors.ts';
import type { InstalledCertificate, KeyHolder, SigningKeyRecord } from './certificates.ts';
import type { DirectoryWriter } from './directory-writer.ts';
import type { Person } from './person.ts';
import type { SignatureImage } from './signature-image.ts';
import type { Unit } from './unit.ts';

export type HolderDirectory = Pick<
  DirectoryWriter,
  'findUnit' | 'findPerson' | 'unitWrites' | 'personWrites' | 'commit'
>;

interface Change {
  readonly image?: SignatureImage | undefined;
  readonly key?: SigningKeyRecord;
  readonly certificates?: InstalledCertificate[];
}

/** A unit or a person, as far as keys and certificates go. */
export interface HolderRecord {
  readonly key: SigningKeyRecord | undefined;
  readonly certificates: readonly InstalledCertificate[];
  readonly image: SignatureImage | undefined;
  /** The name that a certificate is asked for with. */
  readonly subject: () => Promise<DistinguishedName>;
  /** The writes that change it, conditioned on what was read. */
  readonly writes: (change: Change) => Write[];
}

/** @throws ProblemError `unit_unknown`, `person_unknown` */
export async function holderRecord(directory: HolderDirectory, holder: KeyHolder): Promise<HolderRecord> {
  if (holder.kind === 'unit') {
    const unit = await directory.findUnit(holder.code);
    if (!unit || unit.code !== holder.code) throw new ProblemError('unit_unknown', { field: 'code' });
    return {
      key: unit.key,
      certificates: unit.certificates,
      image: unit.image,
      subject: async () => unitSubject(unit),
      writes: (change) => directory.unitWrites({ ...unit, ...change, version: unit.version + 1 }, unit),
    };
  }
  const person = await directory.findPerson(holder.id);
  if (!person) throw new ProblemError('person_unknown', { field: 'id' });
  return {
    key: person.key,
    certificates: person.certificates,
    image: person.image,
    subject: () => personSubject(directory, person),
    writes: (change) => directory.personWrites({ ...person, ...change, version: person.version + 1 }, person),
  };
}

function unitSubject(unit: Unit): DistinguishedName {
  return {
    countryName: 'VN',
    localityName: unit.place,
    organizationName: unit.name,
    organizationIdentifier: unit.code,
    commonName: unit.name,
  };
}

/** A member of staff is certified in their unit and title; anyone else by name alone. */
async function personSubject(directory: HolderDirectory, person: Person): Promise<DistinguishedName> {
  const place = person.assignments.at(-1);
  const unit = place && (await directory.findUnit(place.unit));
  return {
    countryName: 'VN',
    ...(unit ? { organizationName: unit.name } : {}),
    ...(place ? { title: place.title } : {}),
    commonName: person.name,
  };
}
