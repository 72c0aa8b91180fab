import { readdir, readFile } from 'node:fs/promises';

/**
 * Resident memory of this process and of all it has started (the database is one of them), in megabytes. Where there is no
 * /proc, of this process alone.
 */
export async function residentMb(): Promise<number> {
  const processes = await runningProcesses();
  if (processes.size === 0) return Math.round(process.memoryUsage().rss / 1e6);
  let bytes = 0;
  const wanted = [process.pid];
  for (let pid = wanted.pop(); pid !== undefined; pid = wanted.pop()) {
    bytes += processes.get(pid)?.bytes ?? 0;
    for (const [child, { parent }] of processes) if (parent === pid) wanted.push(child);
  }
  return Math.round(bytes / 1e6);
}

async function runningProcesses(): Promise<Map<number, { parent: number; bytes: number }>> {
  const found = new Map<number, { parent: number; bytes: number }>();
  const names = await readdir('/proc').catch(() => []);
  for (const name of names.filter((entry) => /^\d+$/.test(entry))) {
    // A process may end while it is looked at.
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    found.set(Number(name), { parent: field('PPid'), bytes: field('VmRSS') * 1024 });
  }
  return found;
}
