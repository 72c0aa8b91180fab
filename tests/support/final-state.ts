import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import type { ApiClient } from '../../cli/client.ts';
import type { CaseEvent } from '../../lib/evidence/case-event.ts';
import { jobsOf } from '../../lib/jobs/all-jobs.ts';
import { CLIENT_LIMITS_PREFIX } from '../../lib/platform/names.ts';
import { adminTable, objectsIn } from './demo-cases.ts';
import { type DemoStack, notEmpty } from './demo-stack.ts';

interface EvidenceAnswer {
  readonly whole: boolean;
  readonly events: readonly (Omit<CaseEvent, 'caseId' | 'at'> & { readonly at: string; readonly atMs: number })[];
}

/**
 * Whatever happened on the way, a case has exactly these events, linked without a break, and each notice that follows from
 * them went out as exactly one mail.
 * @param path of the case, e.g. `/api/petitions/PA-7K3M-9QXD-4`
 */
export async function expectHistory(
  demo: DemoStack,
  client: ApiClient,
  path: string,
  types: readonly string[],
): Promise<void> {
  const code = path.slice(path.lastIndexOf('/') + 1);
  const { whole, events } = await client.get<EvidenceAnswer>(`${path}/evidence`);
  expect(events.map(({ type }) => type)).toEqual(types);
  expect(whole, `the log of ${code} is whole`).toBe(true);
  const notices = events
    .flatMap(({ at: _, atMs, ...event }) => jobsOf({ ...event, at: atMs, caseId: code }))
    .filter((job) => job.job === 'notify');
  expect(mailsOf(demo, code)).toEqual(notices.map((job) => job.id).sort());
}

/** Tags of the mails that were sent about a case, as often as they were sent. */
export function mailsOf({ stack }: DemoStack, caseId: string): string[] {
  const tags = (stack.mail?.mails() ?? []).map((mail) => mail.tags['mail-id'] ?? '');
  return tags.filter((tag) => tag.startsWith(`${caseId}-`)).sort();
}

/** A document has exactly these versions, and storage exactly one object for each. */
export async function expectVersions(
  demo: DemoStack,
  client: ApiClient,
  documentId: string,
  kinds: readonly string[],
): Promise<void> {
  const { versions } = await client.get<{ versions: { n: number; kind: string }[] }>(`/api/documents/${documentId}`);
  expect(versions.map(({ n, kind }) => `${n}-${kind}`)).toEqual(kinds.map((kind, index) => `${index + 1}-${kind}`));
  const prefix = `documents/${documentId}/`;
  expect(await objectsIn(demo, 'documents', prefix)).toEqual(
    versions.map(({ n, kind }) => `${prefix}${n}-${kind}.pdf`),
  );
}

/** No work is left, none was given up, and nothing lies in intake. */
export async function expectNothingLeft(demo: DemoStack): Promise<void> {
  expect(await notEmpty(demo)).toEqual({});
  expect(await objectsIn(demo, 'intake')).toEqual([]);
}

/** All that the service keeps: every item of the table, every object, every key; but for the daily roots. */
export async function everythingKept(demo: DemoStack) {
  const { client, name, kms } = administration(demo);
  const [{ Items = [], LastEvaluatedKey }, { Keys = [] }, ...objects] = await Promise.all([
    client.send(new ScanCommand({ TableName: name })),
    kms.send(new ListKeysCommand()),
    objectsIn(demo, 'intake'),
    objectsIn(demo, 'documents', 'documents/'),
    objectsIn(demo, 'bundles'),
  ]);
  expect(LastEvaluatedKey).toBeUndefined();
  return {
    // A day's root comes with time alone; how often somebody unknown has asked is counted, asked in vain or not.
    items: Items.filter(({ entity, pk }) => entity !== 'DailyRoot' && !String(pk).startsWith(CLIENT_LIMITS_PREFIX))
      .map(withoutUpkeep)
      .sort((a, b) => `${a.pk} ${a.sk}`.localeCompare(`${b.pk} ${b.sk}`)),
    keys: Keys.map(({ KeyId }) => KeyId).sort(),
    objects,
  };
}

/** When the sweep looks at an issued document again is its own note, which comes and goes with time alone. */
function withoutUpkeep(item: Record<string, unknown>): Record<string, unknown> {
  if (item.entity !== 'Document') return item;
  const { upkeep: _, revision: __, gsi1pk: ___, gsi1sk: ____, ...kept } = item;
  return kept;
}

const known = new WeakMap<DemoStack, ReturnType<typeof adminTable> & { readonly kms: KMSClient }>();

/** Clients of the administrator, made once for a stack. */
function administration(demo: DemoStack) {
  const { awsUrl: endpoint, region, administrator: credentials } = demo.stack;
  const made = known.get(demo) ?? { ...adminTable(demo), kms: new KMSClient({ endpoint, region, credentials }) };
  known.set(demo, made);
  return made;
}
