import * as z from 'zod';
import type { PersonId } from '../../access/actor.ts';
import { approval, holderSignature } from '../../cases/approval.ts';
import { personId } from '../../directory/person.ts';
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

/** How many sessions for one version a person may have open at a time: some attempts, a second device; not a table full. */
export const MOST_OPEN = 5;

/** Whose open sessions are counted together. */
export interface SessionScope {
  readonly caseId: string;
  readonly person: PersonId;
  /** Of the version that is to be signed. */
  readonly sha256: string;
}

/** The sessions of one scope that can still be completed, and how often the list was written. */
export const openSessions = z.object({
  caseId: z.string(),
  person: personId,
  sha256: z.string(),
  writes: z.number().int(),
  sessions: z.array(holderSession.pick({ id: true, expiresAt: true })),
});
export type OpenSessions = z.infer<typeof openSessions>;

/** The list with one more. @throws ProblemError `signing_sessions_open` */
export function oneMore(open: OpenSessions, { id, expiresAt }: Pick<HolderSession, 'id' | 'expiresAt'>): OpenSessions {
  assertRoom(open);
  return { ...open, writes: open.writes + 1, sessions: [...open.sessions, { id, expiresAt }] };
}

/** @throws ProblemError `signing_sessions_open` */
export function assertRoom({ sessions }: OpenSessions): void {
  if (sessions.length >= MOST_OPEN) throw new ProblemError('signing_sessions_open');
}

/** Sessions as they are kept. */
export interface HolderSessions {
  /** @throws ProblemError `not_found` */
  session(id: Id): Promise<HolderSession>;
  /** Those that are neither used nor expired at that time. */
  openOf(scope: SessionScope, at: EpochMs): Promise<OpenSessions>;
  /** The writes that begin it; they fail the transaction when another was begun since `open` was read. */
  begin(session: HolderSession, open: OpenSessions): Write[];
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
