import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ApiClient } from '../../cli/client.ts';
import { DEMO_PEOPLE, HOANG_GIANG, PROVINCE } from '../../cli/demo/people.ts';
import { type FileToSend, sendFile, type UploadState } from '../../cli/upload.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { samplePdf } from '../unit/pdf/sample-pdf.ts';
import type { DemoStack } from './demo-stack.ts';

export interface PetitionAnswer {
  readonly code: string;
  readonly state: string;
  readonly number?: string;
  readonly draft?: { readonly documentId: string; readonly sha256?: string };
  readonly documents: readonly { readonly id: string; readonly role: string; readonly sha256?: string }[];
}

export interface DispatchAnswer {
  readonly code: string;
  readonly revision: number;
  readonly state: string;
  readonly documentId: string;
  readonly sha256: string;
  readonly number?: string;
  readonly recipients: readonly { readonly unit: string; readonly status?: string; readonly number?: string }[];
}

export interface IncomingAnswer {
  readonly code: string;
  readonly state: string;
  readonly documentId: string;
  readonly reference: string;
  readonly number?: string;
}

export interface Evidence {
  readonly whole: boolean;
  readonly events: readonly { readonly seq: number; readonly type: string }[];
}

/** A small PDF that no other is equal to. */
export function freshPdf(): FileToSend {
  return { bytes: samplePdf({ trailer: `/Salt (${randomUUID()})` }), contentType: 'application/pdf' };
}

/** Uploads a file and waits for its inspection; gives the document that it has become. */
export async function uploaded(demo: DemoStack, client: ApiClient, unit?: string, file = freshPdf()): Promise<string> {
  const id = await sendFile(client, file, unit);
  await demo.settled();
  return documentOf(client, id);
}

/** @throws Error when the upload was not accepted */
export async function documentOf(client: ApiClient, uploadId: string): Promise<string> {
  const { status, documentId } = await client.get<UploadState>(`/api/uploads/${uploadId}`);
  if (documentId === undefined) throw new Error(`The upload is ${status}.`);
  return documentId;
}

/** A citizen's petition to the commune, without waiting for what follows. */
export async function submit(demo: DemoStack, attachments: readonly string[] = []): Promise<PetitionAnswer> {
  const citizen = await demo.as('citizenThao');
  return citizen.post('/api/petitions', {
    kind: 'feedback',
    unit: HOANG_GIANG,
    subject: 'Nắp cống bị sập',
    text: 'Đề nghị sửa nắp cống đầu thôn 3.',
    attachments,
  });
}

/** The steps of a petition at the commune, each without waiting for what follows. */
export const petitionSteps = {
  accept: async (demo: DemoStack, code: string) =>
    (await demo.as('communeClerk')).post<PetitionAnswer>(`/api/petitions/${code}/accept`),
  assign: async (demo: DemoStack, code: string) =>
    (await demo.as('communeClerk')).post<PetitionAnswer>(`/api/petitions/${code}/assign`, {
      assignee: DEMO_PEOPLE.communeOfficer.sub,
    }),
  write: async (demo: DemoStack, code: string) =>
    (await demo.as('communeOfficer')).post<PetitionAnswer>(`/api/petitions/${code}/answer`, {
      text: 'Xã đã thay nắp cống ngày hôm qua.',
    }),
  sign: async (demo: DemoStack, code: string) => {
    const leader = await demo.as('communeLeader');
    const { draft } = await leader.get<PetitionAnswer>(`/api/petitions/${code}`);
    return leader.post<PetitionAnswer>(`/api/petitions/${code}/answer/sign`, { sha256: draft?.sha256 });
  },
  issue: async (demo: DemoStack, code: string) =>
    (await demo.as('communeClerk')).post<PetitionAnswer>(`/api/petitions/${code}/answer/issue`),
} as const;

/** The province puts a document forward to be sent; waits for nothing. */
export async function draftDispatch(
  demo: DemoStack,
  documentId: string,
  recipients: readonly string[] = [HOANG_GIANG],
): Promise<DispatchAnswer> {
  const officer = await demo.as('provinceOfficer');
  return officer.post('/api/dispatches', {
    unit: PROVINCE,
    documentId,
    type: 'thong-bao',
    subject: 'Lịch nghỉ lễ',
    recipients,
  });
}

/** The leader approves a draft as it is; waits for nothing. */
export async function signDispatch(demo: DemoStack, code: string): Promise<DispatchAnswer> {
  const leader = await demo.as('provinceLeader');
  const { sha256, revision } = await leader.get<DispatchAnswer>(`/api/dispatches/${code}`);
  return leader.post(`/api/dispatches/${code}/sign`, { sha256, revision });
}

/** What has arrived at a unit and is still open, all pages of it. */
export async function arrivals(client: ApiClient, unit: string, view = 'open'): Promise<IncomingAnswer[]> {
  return everyPage<IncomingAnswer>(client, `/api/incoming?unit=${unit}&view=${view}`);
}

export interface RegisterLine {
  readonly number: number;
  readonly text: string;
  readonly caseId: string;
}

/** A unit's register of this year, in the order of the numbers. */
export function register(client: ApiClient, unit: string, kind: 'outgoing' | 'incoming', at: number) {
  const year = new Date(at + 7 * 3_600_000).getUTCFullYear();
  return everyPage<RegisterLine>(client, `/api/registers/${unit}/${kind}/${year}`);
}

async function everyPage<T>(client: ApiClient, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const address = `${path}${path.includes('?') ? '&' : '?'}limit=100${from}`;
    const page: { items: T[]; cursor?: string } = await client.get(address);
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return items;
}

/** Logical ids of the buckets. */
const BUCKETS = {
  intake: 'IntakeBucket',
  documents: 'Documents',
  bundles: 'Bundles',
  verification: 'VerificationFiles',
} as const;

/** Every version and delete marker in a bucket, as `key` or, for a marker, `key (deleted)`. */
export async function objectsIn(demo: DemoStack, bucket: keyof typeof BUCKETS, prefix = ''): Promise<string[]> {
  const Bucket = demo.physical(BUCKETS[bucket]);
  const found: string[] = [];
  let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await demo.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: prefix, ...from }));
    for (const { Key } of page.Versions ?? []) found.push(Key ?? '');
    for (const { Key } of page.DeleteMarkers ?? []) found.push(`${Key} (deleted)`);
    if (!page.IsTruncated) return found.sort();
    from = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

/** The one table as the administrator sees it. */
export function adminTable({ stack, physical }: DemoStack): {
  readonly table: Table;
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
} {
  const { awsUrl: endpoint, region, administrator: credentials } = stack;
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const name = physical('Table');
  return { table: new Table(client, name), client, name };
}
