import type { PersonId, StaffRole, UnitCode } from '../access/actor.ts';
import type { CaseEvent } from '../evidence/case-event.ts';
import { type Job, type JobKind, job, type NotifyJob } from './job.ts';

type SignKind = Extract<JobKind, `${'sign' | 'seal' | 'author'}-${string}`>;

/** A job before it has its identity, which follows from the event and its place in the row. */
export type JobDraft =
  | { readonly job: SignKind | 'report-status' | 'report-recall' | 'export-evidence' }
  | { readonly job: 'deliver' | 'ask-recall' | 'tell-replaced'; readonly recipient: UnitCode }
  | Pick<NotifyJob, 'job' | 'template' | 'to' | 'facts'>;

/** One row a type of event: the jobs it causes, always in the same order. */
export type JobTable = Readonly<Record<string, (event: CaseEvent) => readonly JobDraft[]>>;

/** Mail to a person, by id. */
export function tellPerson(template: string, id: PersonId, facts: NotifyJob['facts']): JobDraft {
  return { job: 'notify', template, to: { kind: 'person', id }, facts };
}

/** Mail to those who hold a role in a unit. */
export function tellUnit(template: string, code: UnitCode, role: StaffRole, facts: NotifyJob['facts']): JobDraft {
  return { job: 'notify', template, to: { kind: 'unit', code, role }, facts };
}

/** The jobs an event causes, with ids that depend on nothing but the event. */
export function jobsFrom(table: JobTable, event: CaseEvent): Job[] {
  const drafts = table[event.type]?.(event) ?? [];
  return drafts.map((draft, n) =>
    job.parse({ ...draft, id: `${event.caseId}-${event.seq}-${n}`, caseId: event.caseId, seq: event.seq }),
  );
}
