import { readFileSync } from 'node:fs';

/**
 * The most memory that a process has held, in MB, where the system tells (Linux). The figure of `getrusage` will not do: a
 * process begins with that of the one that started it.
 */
export function peakMb(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined;
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}
