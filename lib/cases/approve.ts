import { type Actor, assignmentsAt, type UnitCode } from '../access/actor.ts';
import { type Competence, competenceOf } from '../access/signing-competence.ts';
import type { Directory } from '../directory/directory.ts';
import { inOffice } from '../directory/unit.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { Approval } from './approval.ts';

export interface Approving {
  readonly unit: UnitCode;
  /** Document type, by id. */
  readonly type: string;
  /** The draft as it stands. */
  readonly draft: { readonly sha256: Sha256Hex };
  /** The draft as the leader was shown it. */
  readonly shown: Sha256Hex;
  /** Who is to have the leader's key: the service, which then signs, or the leader. */
  readonly keyWith: 'service' | 'holder';
}

/**
 * A leader approves exactly the bytes they were shown, in a capacity they hold that day, with a certificate they can sign
 * with (NĐ 30/2020 art. 12, 13).
 * @throws ProblemError `document_changed`, `unit_ended`, `signer_not_competent`, `signer_without_certificate`, `certificate_expired`,
 *   `certificate_not_yet_valid`, `signing_key_with_holder`, `signing_key_not_with_holder`
 */
export async function approve(
  directory: Pick<Directory, 'signerOf' | 'staff' | 'unit' | 'person'>,
  actor: Actor,
  { unit, type, draft, shown, keyWith }: Approving,
  at: EpochMs,
): Promise<Approval> {
  if (draft.sha256 !== shown) throw new ProblemError('document_changed', { field: 'sha256' });
  inOffice(await directory.unit(unit), at);
  competenceOf(actor, unit, type, at);
  const { key } = await directory.signerOf({ kind: 'person', id: actor.personId }, at);
  if ((key.kind === 'own') !== (keyWith === 'holder')) {
    throw new ProblemError(key.kind === 'own' ? 'signing_key_with_holder' : 'signing_key_not_with_holder');
  }
  const signs = await signatory(directory, actor, { unit, type }, at);
  const { image } = await directory.person(actor.personId);
  return { ...signs, at, sha256: draft.sha256, ...(image ? { image } : {}) };
}

/**
 * Who signs, as it would stand above their signature on the day of `at`.
 * @throws ProblemError `signer_not_competent`
 */
export async function signatory(
  directory: Pick<Directory, 'staff' | 'unit'>,
  actor: Actor,
  { unit, type }: Pick<Approving, 'unit' | 'type'>,
  at: EpochMs,
): Promise<Pick<Approval, 'by' | 'name' | 'title' | 'capacity' | 'principal'>> {
  const competence = competenceOf(actor, unit, type, at);
  const principal = await principalOf(directory, unit, competence, at);
  return { by: actor.personId, name: actor.name, ...competence, ...(principal === undefined ? {} : { principal }) };
}

/** For whom it is signed: TM. for the collective, KT., TL. and TUQ. for the head. The head signs for no one else. */
async function principalOf(
  directory: Pick<Directory, 'staff' | 'unit'>,
  unit: UnitCode,
  { capacity }: Competence,
  at: EpochMs,
): Promise<string | undefined> {
  if (capacity === 'head') return undefined;
  if (capacity === 'TM') return (await directory.unit(unit)).name;
  const leaders = await directory.staff(unit, 'leader', at);
  const places = leaders.flatMap((leader) => assignmentsAt(leader, at));
  return places.find((place) => place.unit === unit && place.capacity === 'head')?.title;
}
