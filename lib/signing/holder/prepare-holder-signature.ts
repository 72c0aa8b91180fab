import type { Approval } from '../../cases/approval.ts';
import type { Directory } from '../../directory/directory.ts';
import type { DocumentVersion } from '../../documents/document.ts';
import type { Write } from '../../platform/aws/table.ts';
import { ProblemError } from '../../platform/errors.ts';
import { sha256Hex } from '../../platform/hash.ts';
import { newId, type RandomBytes } from '../../platform/ids.ts';
import { approvedText, type ImageReadDeps, imageEntry } from '../approved-text.ts';
import { type FileReadDeps, readFileToSign } from '../file-to-sign.ts';
import type { SignBytesDeps } from '../sign-bytes.ts';
import { holderMessage } from './holder-message.ts';
import { assertRoom, type HolderSession, type HolderSessions, SESSION_MS } from './holder-session.ts';

export interface HolderSigningDeps extends Pick<SignBytesDeps, 'fonts'>, FileReadDeps, ImageReadDeps {
  readonly directory: Pick<Directory, 'signerOf'>;
  readonly sessions: HolderSessions;
  readonly random: RandomBytes;
  /** Octets that a signature keeps free for its timestamp, by what is signed: the stage's levels and authorities decide. */
  readonly timestampRoom: Readonly<Record<'answer' | 'dispatch', number>>;
}

export interface Preparing {
  /** Code of the case. */
  readonly caseId: string;
  readonly approval: Approval;
  /** The version that was approved. */
  readonly version: DocumentVersion;
  /** Place name of the unit. */
  readonly location: string;
  /** Octets to keep free for a timestamp over the signature; 0: none will come. */
  readonly timestampBytes: number;
  /** Of the dispatch, as it was shown. */
  readonly revision?: number;
}

/** Makes the write that keeps the answer under the caller's Idempotency-Key. */
export type SessionStamp = (session: HolderSession) => Write;

/**
 * What a leader is to sign with a key of their own, and the session to complete it in. The file is read and drawn as it will be;
 * nothing of it is kept. `writes` begin the session.
 * @throws ProblemError `document_changed`, `signing_sessions_open`, `pdf_*`, `certificate_*`
 */
export async function prepareForHolder(
  deps: HolderSigningDeps,
  { caseId, approval, version, location, timestampBytes, revision }: Preparing,
): Promise<{ readonly session: HolderSession; readonly writes: readonly Write[] }> {
  const { at, own: _, ...approved } = approval;
  if (version.sha256 !== approval.sha256) throw new ProblemError('document_changed', { field: 'sha256' });
  const open = await deps.sessions.openOf({ caseId, person: approval.by, sha256: approval.sha256 }, at);
  assertRoom(open);
  const facts = await deps.directory.signerOf({ kind: 'person', id: approval.by }, at);
  const file = await readFileToSign(deps, version);
  const text = approvedText(approval, location, (await imageEntry(deps, approval)).image);
  const message = await holderMessage(deps, file, facts, text, { at, timestampBytes });
  const session: HolderSession = {
    id: newId(deps.random),
    caseId,
    ...(revision === undefined ? {} : { revision }),
    approval: approved,
    facts: {
      signingTime: at,
      location,
      algorithm: facts.algorithm,
      certificate: base64(facts.certificate),
      chain: facts.chain.map(base64),
      ...(timestampBytes > 0 ? { timestampBytes } : {}),
      messageSha256: sha256Hex(message),
    },
    message: base64(message),
    expiresAt: at + SESSION_MS,
  };
  return { session, writes: deps.sessions.begin(session, open) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
