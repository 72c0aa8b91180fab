import { table } from '../../conformance/conformance-doc.ts';
import type { FunctionStep } from './large-dispatch.ts';

export interface LargeFigures {
  readonly date: string;
  readonly machine: string;
  readonly bytes: number;
  readonly signingMb: number;
  readonly steps: readonly FunctionStep[];
}

/** Memory with which Lambda gives one whole processor. */
const ONE_PROCESSOR_MB = 1769;

/** Its part of docs/performance-signing.md. */
export function largeReport({ date, machine, bytes, signingMb, steps }: LargeFigures): string {
  return [
    `A PDF of ${mb(bytes)} is uploaded, signed by a person (B-T), sealed (both signatures raised to B-LTA), delivered and found valid by its receiver, on the synthesized stack as the laptop runs it.`,
    `Each worker that meets the file runs its bundle in a process of its own; one that holds more than its memory, all of it counted, is ended and the run fails. The stage gives the one that signs 1769 MB, for the processor that comes with it; here it has ${signingMb} MB.`,
    'The sealed file is then downloaded: it begins with the uploaded bytes, and `verifyPdf` and `readLevels` find both signatures valid and at B-LTA.',
    '',
    `${date} · ${machine} · Node ${process.version}`,
    '',
    table(['', 'may hold', 'held at most', 'time', 'processor', 'read', 'sent', 'copied by S3'], steps.map(row)),
    '',
    `Time is with a whole processor. Lambda gives ${signingMb} MB ${(signingMb / ONE_PROCESSOR_MB).toFixed(2)} of one, so the processor time of signing there would pass in ${longest(steps, signingMb)} at the most, of the 60 s that the function has.`,
    '',
  ].join('\n');
}

function row({ title, invocations, calls }: FunctionStep): string[] {
  const [{ worker = '', memoryMb = 0 } = {}] = invocations;
  const sum = (value: (one: (typeof invocations)[number]) => number) =>
    invocations.reduce((all, one) => all + value(one), 0);
  const peak = Math.max(...invocations.map(({ peakBytes }) => peakBytes));
  return [
    `${title}: ${worker}`,
    `${memoryMb} MiB`,
    `${(peak / 2 ** 20).toFixed(0)} MiB`,
    seconds(sum(({ ms }) => ms)),
    seconds(sum(({ cpuMs }) => cpuMs)),
    mb(calls.bytesOut),
    mb(calls.bytesIn),
    `${calls.operations['s3:UploadPartCopy'] ?? 0} ×`,
  ];
}

function longest(steps: readonly FunctionStep[], signingMb: number): string {
  const signing = steps.flatMap(({ invocations }) => invocations).filter(({ worker }) => worker === 'sign-worker');
  const cpuMs = Math.max(...signing.map((one) => one.cpuMs));
  return seconds((cpuMs * ONE_PROCESSOR_MB) / signingMb);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function mb(bytes: number): string {
  const value = bytes / 1e6;
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} MB`;
}
