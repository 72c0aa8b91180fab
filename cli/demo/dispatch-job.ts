import type { ApiClient } from '../client.ts';
import type { FileToSend } from '../upload.ts';
import type { DemoLaptop } from './laptop.ts';
import { DEMO_PEOPLE, HOANG_GIANG, PROVINCE, QUANG_BINH } from './people.ts';
import { download, size, upload } from './petition-job.ts';
import type { Steps } from './steps.ts';

export interface DispatchOutcome {
  readonly code: string;
  readonly number: string;
  readonly incomingNumber: string;
  /** The document as a receiving agency downloaded it. */
  readonly document: Uint8Array;
  readonly evidence: unknown;
}

interface Dispatch {
  readonly code: string;
  readonly sha256: string;
  readonly revision: number;
  readonly number?: string;
  readonly recipients: readonly { readonly unit: string; readonly status?: string; readonly en: string }[];
}

interface Incoming {
  readonly code: string;
  readonly documentId: string;
  readonly number?: string;
  readonly verdict: { readonly passed: boolean };
}

/** One agency's document to two others: signed, numbered, sealed, checked on arrival, registered by one and returned by the other. */
export async function dispatchJob(laptop: DemoLaptop, file: FileToSend, steps: Steps): Promise<DispatchOutcome> {
  const [officer, leader, clerk, receiver, neighbour] = await steps.step('Five officials sign in', () =>
    Promise.all([
      laptop.as('provinceOfficer'),
      laptop.as('provinceLeader'),
      laptop.as('provinceClerk'),
      laptop.as('communeClerk'),
      laptop.as('neighbourClerk'),
    ]),
  );
  const draft = await steps.step(
    `${DEMO_PEOPLE.provinceOfficer.name} (officer) drafts a dispatch to two communes`,
    async () => {
      const documentId = await upload(laptop, officer, file, PROVINCE);
      return officer.post<Dispatch>('/api/dispatches', {
        unit: PROVINCE,
        documentId,
        type: 'giay-moi',
        subject: 'Tập huấn chữ ký số và quy trình “ba không” cho cấp xã',
        recipients: [HOANG_GIANG, QUANG_BINH],
      });
    },
    () => size(file),
  );
  const path = `/api/dispatches/${draft.code}`;
  await steps.step(`${DEMO_PEOPLE.provinceLeader.name} (leader) signs exactly these bytes`, async () => {
    await leader.post(`${path}/sign`, { sha256: draft.sha256, revision: draft.revision });
    await laptop.settled();
  });
  const issued = await steps.step(
    `${DEMO_PEOPLE.provinceClerk.name} (clerk) numbers it; sealed and sent`,
    async () => {
      const dispatch = await clerk.post<Dispatch>(`${path}/issue`);
      await laptop.settled();
      return dispatch;
    },
    ({ number }) => `No. ${number}`,
  );
  const { document, number } = await register(receiver, steps);
  await laptop.settled();
  await steps.step(`${DEMO_PEOPLE.neighbourClerk.name} (clerk of Quảng Bình) returns it`, async () => {
    const arrived = await newest(neighbour, QUANG_BINH);
    await neighbour.post(`/api/incoming/${arrived.code}/return`, { reason: 'Đơn vị đã cử người theo văn bản trước.' });
    await laptop.settled();
  });
  await steps.step(
    'The sender sees what became of it at each recipient',
    async () => {
      const { recipients } = await clerk.get<Dispatch>(path);
      const statuses = recipients.map(({ status }) => status).sort();
      if (statuses.join() !== '02,03')
        throw new Error(`Expected one returned and one registered, found ${statuses.join()}.`);
      return recipients;
    },
    (recipients) => recipients.map(({ unit, en }) => `${unit}: ${en}`).join(', '),
  );
  const evidence = await clerk.get(`${path}/evidence`);
  return { code: draft.code, number: issued.number ?? '', incomingNumber: number, document, evidence };
}

async function register(receiver: ApiClient, steps: Steps): Promise<{ document: Uint8Array; number: string }> {
  return steps.step(
    `${DEMO_PEOPLE.communeClerk.name} (clerk of Hoằng Giang) checks and registers it`,
    async () => {
      const arrived = await newest(receiver, HOANG_GIANG);
      if (!arrived.verdict.passed) throw new Error('The document arrived, and its signatures are not valid.');
      const document = await download(receiver, arrived.documentId);
      const { number = '' } = await receiver.post<Incoming>(`/api/incoming/${arrived.code}/register`);
      return { document, number };
    },
    ({ number }) => `incoming No. ${number}`,
  );
}

async function newest(client: ApiClient, unit: string): Promise<Incoming> {
  const { items } = await client.get<{ items: Incoming[] }>(`/api/incoming?unit=${unit}`);
  const arrived = items.at(-1);
  if (!arrived) throw new Error(`Nothing has arrived at ${unit}.`);
  return arrived;
}
