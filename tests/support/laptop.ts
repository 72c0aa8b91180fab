import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '../../cli/client.ts';
import { type DemoLaptop, type OpenOptions, openLaptop } from '../../cli/demo/laptop.ts';
import type { DemoName } from '../../cli/demo/people.ts';
import { download, upload } from '../../cli/demo/petition-job.ts';
import type { LogEntry } from '../../local/functions/log.ts';

/** Longer than the visibility timeout of any queue of work: what a dead worker held comes back. */
export const REDELIVERY_MS = 7 * 60_000;

/** The product on this machine with its demo people, in a folder of its own. */
export async function startLaptop(options: Pick<OpenOptions, 'transformTemplate'> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'laptop-'));
  const lines: LogEntry[] = [];
  const laptop: DemoLaptop = await openLaptop({ ...options, stateDir: folder, log: (entry) => void lines.push(entry) });
  return {
    ...laptop,
    lines,
    /** A file that somebody uploads; the id of the document that it becomes. */
    upload: (client: ApiClient, bytes: Uint8Array, unit?: string) =>
      upload(laptop, client, { bytes, contentType: 'application/pdf' }, unit),
    download,
    /** Does something as one of the people, with a sign-in that is fresh however far the clock was moved. */
    post: async <T>(who: DemoName, path: string, body: unknown = {}) => (await laptop.as(who)).post<T>(path, body),
    get: async <T>(who: DemoName, path: string) => (await laptop.as(who)).get<T>(path),
    /** Ids of the jobs for which mails of a case went out, sorted. */
    async mailsOf(code: string) {
      const mails = (await laptop.stack.mail?.mails()) ?? [];
      return mails
        .flatMap((mail) => mail.tags['mail-id'] ?? [])
        .filter((id) => id.startsWith(code))
        .sort();
    },
    async close() {
      await laptop.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Laptop = Awaited<ReturnType<typeof startLaptop>>;
