import type { ApiClient } from '../client.ts';
import { type FileToSend, sendFile, type UploadState } from '../upload.ts';
import type { DemoLaptop } from './laptop.ts';
import { DEMO_PEOPLE, HOANG_GIANG } from './people.ts';
import type { Steps } from './steps.ts';

export interface PetitionFiles {
  readonly petition: FileToSend;
  readonly answer: FileToSend;
}

/** What the job leaves behind. */
export interface PetitionOutcome {
  readonly code: string;
  readonly number: string;
  /** The receipt and the answer, as their citizen downloaded them. */
  readonly receipt: Uint8Array;
  readonly answer: Uint8Array;
  readonly evidence: unknown;
}

/** A petition as far as the job reads it. */
interface Petition {
  readonly code: string;
  readonly state: string;
  readonly number?: string;
  readonly deadline?: { readonly day: string; readonly days: number };
  readonly draft?: { readonly sha256?: string };
  readonly documents: readonly { readonly id: string; readonly role: string; readonly sha256?: string }[];
}

/** A citizen's petition: sent, receipted, accepted, answered with a document signed by the leader and sealed by the agency, read. */
export async function petitionJob(laptop: DemoLaptop, files: PetitionFiles, steps: Steps): Promise<PetitionOutcome> {
  const [citizen, clerk, officer, leader] = await steps.step('Four people sign in', () =>
    Promise.all([
      laptop.as('citizenThao'),
      laptop.as('communeClerk'),
      laptop.as('communeOfficer'),
      laptop.as('communeLeader'),
    ]),
  );
  const attachment = await steps.step(
    `${DEMO_PEOPLE.citizenThao.name} uploads a file; it is inspected`,
    () => upload(laptop, citizen, files.petition),
    () => size(files.petition),
  );
  const sent = await steps.step(
    'sends a petition to the commune',
    () =>
      citizen.post<Petition>('/api/petitions', {
        kind: 'feedback',
        unit: HOANG_GIANG,
        subject: 'Sửa cống thoát nước đầu thôn 3',
        text: 'Nắp cống đầu thôn 3 bị sập, mưa là ngập đường. Đề nghị xã kiểm tra và sửa chữa. Chi tiết trong đơn kèm theo.',
        attachments: [attachment],
      }),
    ({ code }) => code,
  );
  const path = `/api/petitions/${sent.code}`;
  await steps.step('gets a receipt sealed by the agency, and a mail', () => laptop.settled());
  await steps.step(
    `${DEMO_PEOPLE.communeClerk.name} (clerk) accepts it`,
    () => clerk.post<Petition>(`${path}/accept`),
    ({ deadline }) => `due ${deadline?.day}, ${deadline?.days} working days`,
  );
  await steps.step(`assigns it to ${DEMO_PEOPLE.communeOfficer.name}`, () =>
    clerk.post(`${path}/assign`, { assignee: DEMO_PEOPLE.communeOfficer.sub }),
  );
  await steps.step(
    `${DEMO_PEOPLE.communeOfficer.name} (officer) puts an answer forward`,
    async () => {
      const documentId = await upload(laptop, officer, files.answer);
      await officer.post(`${path}/answer`, { documentId });
      await laptop.settled();
    },
    () => size(files.answer),
  );
  await steps.step(`${DEMO_PEOPLE.communeLeader.name} (leader) signs exactly these bytes`, async () => {
    const { draft } = await leader.get<Petition>(path);
    await leader.post(`${path}/answer/sign`, { sha256: draft?.sha256 });
    await laptop.settled();
  });
  await steps.step(
    `${DEMO_PEOPLE.communeClerk.name} numbers it; the agency seals it`,
    async () => {
      const issued = await clerk.post<Petition>(`${path}/answer/issue`);
      await laptop.settled();
      return issued;
    },
    ({ number }) => `No. ${number}`,
  );
  return read(citizen, path, steps);
}

/** The citizen downloads what the agency made, and the log of the case. */
async function read(citizen: ApiClient, path: string, steps: Steps): Promise<PetitionOutcome> {
  return steps.step(`${DEMO_PEOPLE.citizenThao.name} reads the answer`, async () => {
    const petition = await citizen.get<Petition>(path);
    if (petition.state !== 'answered') throw new Error(`The petition is ${petition.state}, not answered.`);
    const [receipt, answer, evidence] = await Promise.all([
      download(citizen, documentOf(petition, 'receipt')),
      download(citizen, documentOf(petition, 'answer')),
      citizen.get(`${path}/evidence`),
    ]);
    return { code: petition.code, number: petition.number ?? '', receipt, answer, evidence };
  });
}

function documentOf(petition: Petition, role: string): string {
  const found = petition.documents.find((document) => document.role === role);
  if (!found) throw new Error(`The petition has no ${role}.`);
  return found.id;
}

/** Uploads a file and waits for its inspection; answers the id of the document that it has become. */
export async function upload(laptop: DemoLaptop, client: ApiClient, file: FileToSend, unit?: string): Promise<string> {
  const id = await sendFile(client, file, unit);
  await laptop.settled();
  const state = await client.get<UploadState>(`/api/uploads/${id}`);
  if (state.documentId === undefined) {
    throw new Error(`The file was ${state.status}: ${state.problem?.code ?? ''} ${state.problem?.title ?? ''}`);
  }
  return state.documentId;
}

/** The newest version of a document, as it lies in storage. */
export async function download(client: ApiClient, documentId: string): Promise<Uint8Array> {
  const { versions } = await client.get<{ versions: { n: number }[] }>(`/api/documents/${documentId}`);
  const newest = Math.max(...versions.map(({ n }) => n));
  const { url } = await client.get<{ url: string }>(`/api/documents/${documentId}/versions/${newest}/content`);
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The document could not be fetched: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

export function size(file: FileToSend): string {
  return `${Math.ceil(file.bytes.length / 1024)} kB`;
}
