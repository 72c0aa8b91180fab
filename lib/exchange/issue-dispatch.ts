import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { changeWrites } from '../cases/case-change.ts';
import { inOffice, sealOf } from '../directory/unit.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { CaseCode } from '../platform/ids.ts';
import { takeNumber } from '../registers/take-number.ts';
import { type PuttingDeps, putSeal, type WantedPlace } from '../signing/put-signature.ts';
import { commitDispatch, type ExchangeDeps, type Stamp } from './change-dispatch.ts';
import { accessSubject, type Dispatch, type DispatchIn, inState } from './dispatch.ts';
import { numbered } from './dispatch-transitions.ts';
import { replaceable } from './replaceable.ts';
import { replacementNumbered } from './replacement-transitions.ts';

/**
 * The clerk issues a signed dispatch: it takes the next outgoing number in this very transaction, is sealed, and goes out. What it
 * replaces is kept for it from the same transaction on.
 * @param placement where the seal is to stand; by itself beside the leader's signature
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `unit_ended`, `unit_without_seal`, `certificate_expired`,
 *   `pdf_placement`, `pdf_anchor_not_found`
 */
export async function issueDispatch(
  deps: Pick<ExchangeDeps, 'dispatches' | 'events' | 'directory' | 'registers'> & PuttingDeps,
  actor: Actor,
  code: CaseCode,
  placement: WantedPlace | undefined,
  at: EpochMs,
  stamp: Stamp<Dispatch>,
): Promise<Dispatch> {
  const dispatch = await deps.dispatches.dispatch(code);
  authorize(actor, 'dispatch.issue', accessSubject(dispatch), at, 'dispatch.read');
  const from = inState(dispatch, 'signed');
  const { type, office, draft, signed } = from;
  const unit = inOffice(await deps.directory.unit(dispatch.unit), at);
  // A number is never taken for what cannot be sealed.
  sealOf(unit, at);
  const { documentId } = draft;
  const sha256 = signed.sha256 as Sha256Hex;
  const sealPlaced = await putSeal(deps, { documentId, sha256, link: true }, placement);
  const request = { register: 'outgoing', unit, type, drafter: office, caseId: code, caseCode: code, at } as const;
  const number = await takeNumber(deps, request);
  const change = numbered(dispatch, actor, { number: number.number, text: number.text }, at, sealPlaced);
  const original = await keepOriginal(deps, from, actor, number.text, at);
  return commitDispatch(deps, dispatch, change, { stamp, writes: [...number.writes, ...original] });
}

/** A dispatch is replaced by one other only: the first that has a number. */
async function keepOriginal(
  deps: Pick<ExchangeDeps, 'dispatches' | 'events' | 'directory'>,
  { code, unit, type, replaces }: DispatchIn<'signed'>,
  { personId }: Pick<Actor, 'personId'>,
  number: string,
  at: EpochMs,
): Promise<Write[]> {
  if (!replaces) return [];
  const original = await replaceable(deps, replaces.code, { unit, type }, at);
  const change = replacementNumbered(original, { code, number, unit, personId }, at);
  return changeWrites({ cases: deps.dispatches, events: deps.events }, original, change).writes;
}
