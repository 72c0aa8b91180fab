import { openAsBlob } from 'node:fs';
import type { DemoLaptop } from '../../../cli/demo/laptop.ts';
import { HOANG_GIANG, PROVINCE } from '../../../cli/demo/people.ts';
import { postForm, type Upload, type UploadState } from '../../../cli/upload.ts';
import type { CallTotals } from '../../../local/calls.ts';
import { type Invocation, WORKERS, type WorkersInProcesses } from './workers-in-processes.ts';

/** What a function did in one step of the way. */
export interface FunctionStep {
  readonly title: string;
  readonly invocations: readonly Invocation[];
  /** All its calls to AWS. */
  readonly calls: CallTotals;
}

export interface LargeDispatch {
  readonly documentId: string;
  readonly steps: readonly FunctionStep[];
}

interface Dispatch {
  readonly code: string;
  readonly sha256: string;
  readonly revision: number;
  readonly state: string;
}

interface Incoming {
  readonly code: string;
  readonly verdict: { readonly passed: boolean };
}

/**
 * The province's dispatch to a commune with the file at `path`: uploaded through the intake, signed, sealed, delivered.
 * @throws Error when it does not come through
 */
export async function largeDispatch(
  laptop: DemoLaptop,
  path: string,
  workers: Pick<WorkersInProcesses, 'taken'>,
): Promise<LargeDispatch> {
  const steps: FunctionStep[] = [];
  const step = async <T>(title: string, run: () => Promise<T>): Promise<T> => {
    laptop.stack.calls.reset();
    const value = await run();
    await laptop.settled();
    steps.push(...functionSteps(laptop, title, workers.taken()));
    return value;
  };
  const [officer, leader, clerk, receiver] = await Promise.all([
    laptop.as('provinceOfficer'),
    laptop.as('provinceLeader'),
    laptop.as('provinceClerk'),
    laptop.as('communeClerk'),
  ]);
  const uploadId = await step('taken in', async () => {
    const file = await openAsBlob(path, { type: 'application/pdf' });
    const order = { contentType: file.type, size: file.size, classification: 'none', unit: PROVINCE };
    const upload = await officer.post<Upload>('/api/uploads', order);
    await postForm(upload, file);
    return upload.uploadId;
  });
  const { documentId, status, problem } = await officer.get<UploadState>(`/api/uploads/${uploadId}`);
  if (!documentId) throw new Error(`The upload is ${status}: ${problem?.code}.`);
  const words = { type: 'thong-bao', subject: 'Hồ sơ thiết kế', recipients: [HOANG_GIANG] };
  const { code } = await officer.post<Dispatch>('/api/dispatches', { unit: PROVINCE, documentId, ...words });
  const { sha256, revision } = await leader.get<Dispatch>(`/api/dispatches/${code}`);
  await step('signed', () => leader.post(`/api/dispatches/${code}/sign`, { sha256, revision }));
  await step('sealed and delivered', () => clerk.post(`/api/dispatches/${code}/issue`));
  const { state } = await clerk.get<Dispatch>(`/api/dispatches/${code}`);
  if (state !== 'issued') throw new Error(`The dispatch is ${state}.`);
  const { items } = await receiver.get<{ items: Incoming[] }>(`/api/incoming?unit=${HOANG_GIANG}`);
  if (items.at(-1)?.verdict.passed !== true) throw new Error('Its receiver found it not valid, or it did not arrive.');
  return { documentId, steps };
}

function functionSteps({ stack }: DemoLaptop, title: string, taken: readonly Invocation[]): FunctionStep[] {
  return WORKERS.flatMap((worker) => {
    const invocations = taken.filter((one) => one.worker === worker);
    if (invocations.length === 0) return [];
    const { calls, functions } = stack;
    return [{ title, invocations, calls: calls.totals(calls.of(functions.id(worker))) }];
  });
}
