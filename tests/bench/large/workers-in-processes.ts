import { readCloudAssembly } from '../../../local/assembly/cloud-assembly.ts';
import type { JsonObject, ResourceDefinition, Template } from '../../../local/assembly/template.ts';
import type { LogEntry } from '../../../local/functions/log.ts';
import { type Outcome, type OwnProcess, TOOK } from './in-own-process.ts';

/** Those that meet the file. */
export const WORKERS = ['intake-worker', 'sign-worker', 'delivery-worker'] as const;
export type WorkerName = (typeof WORKERS)[number];

/** What one invocation took, and under which limit. */
export interface Invocation extends Pick<Outcome, 'peakBytes' | 'ms' | 'cpuMs'> {
  readonly worker: WorkerName;
  readonly memoryMb: number;
}

export interface WorkersInProcesses {
  /** For the laptop's start. */
  readonly transform: (template: Template) => Template;
  readonly log: (entry: LogEntry) => void;
  /** What was invoked since the last call. */
  taken(): Invocation[];
}

const IN_OWN_PROCESS = new URL('in-own-process.ts', import.meta.url).href;

/**
 * Changes the template so that each of the workers runs its own bundle in a process of its own, with the memory that the template gives
 * it; the one that signs with less. Uploads may be larger than the stage allows.
 */
export async function workersInProcesses(
  assemblyDir: string,
  limits: { readonly signingMb: number; readonly largestUpload: number; readonly scratch: string },
): Promise<WorkersInProcesses> {
  const assets = new Map((await readCloudAssembly(assemblyDir)).flatMap((stack) => [...stack.assets]));
  const invocations: Invocation[] = [];
  const workers = new Map<string, { readonly worker: WorkerName; readonly memoryMb: number }>();

  const changed = (id: string, resource: ResourceDefinition): ResourceDefinition => {
    const properties = resource.Properties ?? {};
    const name = String(properties.FunctionName ?? '');
    const worker = WORKERS.find((one) => name.endsWith(`-${one}`));
    if (worker) {
      const memoryMb = worker === 'sign-worker' ? limits.signingMb : Number(properties.MemorySize);
      workers.set(id, { worker, memoryMb });
      const codeDir = assets.get(String((properties.Code as JsonObject).S3Key)) ?? '';
      const order = { codeDir, handler: String(properties.Handler), memoryMb, scratch: limits.scratch };
      return { ...resource, Properties: { ...properties, MemorySize: memoryMb, Code: { ZipFile: delegating(order) } } };
    }
    const { Variables: variables } = (properties.Environment ?? {}) as { Variables?: JsonObject };
    if (variables?.MAX_UPLOAD_BYTES === undefined) return resource;
    const Variables = { ...variables, MAX_UPLOAD_BYTES: String(limits.largestUpload) };
    return { ...resource, Properties: { ...properties, Environment: { Variables } } };
  };
  return {
    transform: (template) => ({
      ...template,
      Resources: Object.fromEntries(
        Object.entries(template.Resources).map(([id, resource]) => [
          id,
          resource.Type === 'AWS::Lambda::Function' ? changed(id, resource) : resource,
        ]),
      ),
    }),
    log: ({ source, text }) => {
      const known = workers.get(source.split('/').at(-1) ?? '');
      if (known && text.startsWith(TOOK)) invocations.push({ ...known, ...JSON.parse(text.slice(TOOK.length)) });
      else if (text.includes('failed') || source === 'iam') console.error(`${source}: ${text}`);
    },
    taken: () => invocations.splice(0),
  };
}

/** The code of a function that has its work done elsewhere. */
function delegating(order: OwnProcess): string {
  return [
    `const made = import(${JSON.stringify(IN_OWN_PROCESS)}).then((m) => m.inOwnProcess(${JSON.stringify(order)}));`,
    'exports.handler = async (event, context) => (await made)(event, context);',
  ].join('\n');
}
