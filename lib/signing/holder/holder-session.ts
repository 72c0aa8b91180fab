import * as z from 'zod';
import type { PersonId } from '../../access/actor.ts';
import { approval, holderSignature } from '../../cases/approval.ts';
import type { Write } from '../../platform/aws/table.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { Id } from '../../platform/ids.ts';

/** How long a prepared signature may be completed. */
export const SESSION_MS = 10 * 60_000;

/** What a holder was given to sign: one version of one document, for one person, once. Nothing of the file is kept. */
export const holderSession = z.object({
  id: z.string() as unknown as z.ZodType<Id, Id>,
  /** Code of the case. */
  caseId: z.string(),
  /** Of the dispatch as the holder was shown it. Absent for an answer: all that is signed of one is in its file. */
  revision: z.number().int().optional(),
  /** The approval as it will be; the rest of it says who it is for and which version. */
  approval: approval.omit({ own: true, at: true }),
  /** All but the signature. */
  facts: holderSignature.omit({ signature: true }),
  /** The signed attributes in DER, base64: what the key signs. */
  message: z.string(),
  expiresAt: z.number().int(),
  usedAt: z.number().int().optional(),
});
export type HolderSession = z.infer<typeof holderSession>;

/** Sessions as they are kept. */
export interface HolderSessions {
  /** @throws ProblemError `not_found` */
  session(id: Id): Promise<HolderSession>;
  /** The write that begins it. */
  begin(session: HolderSession): Write;
  /** The write that uses it up; it fails the transaction when that has been. */
  use(session: HolderSession, at: EpochMs): Write;
}

/**
 * The session, if this person may complete it for this case now.
 * @throws ProblemError `not_found`, `signing_session_other_person`, `signing_session_used`, `signing_session_expired`
 */
export function usableSession(
  session: HolderSession,
  { caseId, person, at }: { readonly caseId: string; readonly person: PersonId; readonly at: EpochMs },
): HolderSession {
  if (session.caseId !== caseId) throw new ProblemError('not_found', { field: 'session' });
  if (session.approval.by !== person) throw new ProblemError('signing_session_other_person', { field: 'session' });
  if (session.usedAt !== undefined) throw new ProblemError('signing_session_used', { field: 'session' });
  if (at > session.expiresAt) throw new ProblemError('signing_session_expired', { field: 'session' });
  return session;
}
