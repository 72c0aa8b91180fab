import type { Actor } from '../access/actor.ts';
import { allowed, authorize } from '../access/policy.ts';
import { type Document, accessSubject as documentSubject } from '../documents/document.ts';
import type { Documents } from '../documents/documents.ts';
import type { CaseEvent, LogHead } from '../evidence/case-event.ts';
import type { EventLog } from '../evidence/event-log.ts';
import { accessSubject as dispatchSubject } from '../exchange/dispatch.ts';
import type { Dispatches, IncomingDocuments } from '../exchange/exchange.ts';
import { accessSubject as incomingSubject } from '../exchange/incoming.ts';
import { accessSubject as petitionSubject } from '../petitions/petition.ts';
import type { Petitions } from '../petitions/petitions.ts';
import type { EpochMs } from '../platform/clock.ts';
import { isProblem } from '../platform/errors.ts';
import { type CaseCode, type Id, parseId } from '../platform/ids.ts';
import type { Bundle } from './bundle.ts';

export interface CaseDeps {
  readonly petitions: Pick<Petitions, 'petition'>;
  readonly dispatches: Pick<Dispatches, 'dispatch'>;
  readonly incoming: Pick<IncomingDocuments, 'incoming'>;
  readonly documents: Pick<Documents, 'document'>;
  readonly events: Pick<EventLog, 'log'>;
}

/** A case with its log, read in this order: the log reaches at least as far as the case says. */
export interface CaseToExport {
  readonly code: CaseCode;
  readonly kind: 'petition' | 'dispatch' | 'incoming';
  readonly head: LogHead;
  readonly events: readonly CaseEvent[];
}

const CASES = { VB: 'dispatch', VD: 'incoming', PA: 'petition', KN: 'petition', TC: 'petition' } as const;

/** @throws ProblemError `not_found` */
export async function caseToExport(deps: CaseDeps, code: CaseCode): Promise<CaseToExport> {
  const { kind, log } = await read(deps, code);
  const events = await deps.events.log(code);
  return { code, kind, head: log, events: events.filter(({ seq }) => seq <= log.seq) };
}

async function read(deps: CaseDeps, code: CaseCode) {
  const kind = CASES[code.slice(0, 2) as keyof typeof CASES] ?? 'petition';
  if (kind === 'dispatch') {
    const dispatch = await deps.dispatches.dispatch(code);
    return { kind, log: dispatch.log, subject: dispatchSubject(dispatch) };
  }
  if (kind === 'incoming') {
    const incoming = await deps.incoming.incoming(code);
    return { kind, log: incoming.log, subject: incomingSubject(incoming) };
  }
  const petition = await deps.petitions.petition(code);
  return { kind, log: petition.log, subject: petitionSubject(petition) };
}

/** What of a case someone may take with them. */
export interface Exportable {
  readonly documents: readonly Document[];
  readonly withheld: Bundle['withheld'];
}

/**
 * The log of a case is taken whole or not at all: with a part of it left out no hash could be checked. So a denunciation is
 * exported only by those who may know who made it; of the documents everyone gets those that they may read.
 * @throws ProblemError `not_found`, `forbidden`
 */
export async function exportable(deps: CaseDeps, actor: Actor, code: CaseCode, at: EpochMs): Promise<Exportable> {
  const { kind, subject } = await read(deps, code);
  authorize(actor, `${kind}.export`, subject, at, `${kind}.read`);
  const documents: Document[] = [];
  const withheld: Bundle['withheld'] = [];
  for (const id of documentsIn(await deps.events.log(code))) {
    const document = await present(deps.documents.document(id));
    if (!document) withheld.push({ id, because: 'not-there' });
    else if (allowed(actor, 'document.read', documentSubject(document), at)) documents.push(document);
    else withheld.push({ id, because: 'not-readable' });
  }
  return { documents, withheld };
}

/** Documents that a log names, each once. */
function documentsIn(events: readonly CaseEvent[]): Id[] {
  const named = events.flatMap(({ data }) => [data.documentId, data.documents].flat());
  return [...new Set(named.filter((id) => typeof id === 'string'))].map((id) => parseId(id));
}

async function present(asked: Promise<Document>): Promise<Document | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isProblem(error, 'not_found')) return undefined;
    throw error;
  }
}
