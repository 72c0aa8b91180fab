import type { PersonId, StaffRole, UnitCode } from '../access/actor.ts';
import type { Page } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { KeyHolder, SignerFacts } from './certificates.ts';
import type { Person } from './person.ts';
import type { AnchorRecord } from './trust.ts';
import type { Unit } from './unit.ts';

/** What other capabilities may ask the directory. Everything is as it stands now; what was in force when is in the data. */
export interface Directory {
  /** By present or former code, ended units included. @throws ProblemError `unit_unknown` */
  unit(code: UnitCode): Promise<Unit>;
  /** The unit that a seal's certificate was installed for, at any time; by the certificate's SHA-256. */
  unitOfSeal(sha256: string): Promise<Unit | undefined>;
  /** The unit in office at `at`; an ended unit leads to its successor. @throws ProblemError `unit_unknown`, `unit_ended` */
  activeUnit(code: UnitCode, at: EpochMs): Promise<Unit>;
  units(options: { readonly limit: number; readonly cursor?: string | undefined }): Promise<Page<Unit>>;
  /** @throws ProblemError `person_unknown` */
  person(id: PersonId): Promise<Person>;
  /** Who holds `role` in `unit` on the day of `at`. */
  staff(unit: UnitCode, role: StaffRole, at: EpochMs): Promise<Person[]>;
  /**
   * Key, algorithm and certificate to sign with at `at`.
   * @throws ProblemError `unit_unknown`, `person_unknown`, `unit_without_seal`, `signer_without_certificate`,
   *   `certificate_expired`, `certificate_not_yet_valid`
   */
  signerOf(holder: KeyHolder, at: EpochMs): Promise<SignerFacts>;
  /** Every trust anchor, also those that no longer hold: each is dated. */
  trustAnchors(): Promise<AnchorRecord[]>;
}
