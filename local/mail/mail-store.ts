import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from '../private-file.ts';

/** A mail that was taken; addresses are bare. */
export interface SentMail {
  readonly messageId: string;
  /** Milliseconds since the epoch, on the laptop's clock. */
  readonly at: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly configurationSet: string | undefined;
  /** The MIME message, beside its record. */
  readonly emlPath: string;
}

interface MailRecord {
  /** Mails are counted, as many may be taken in one millisecond. */
  readonly sequence: number;
  readonly mail: Omit<SentMail, 'emlPath'>;
  /** JSON of the `SendEmail` call. */
  readonly request: object;
}

/** Mails on disk: `<messageId>.eml`, and `<messageId>.json` once the former is whole. */
export class MailStore {
  readonly #dir: string;
  readonly #mails: SentMail[] = [];
  #sequence = 0;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Reads what an earlier run kept; gives the calls that sent it, oldest first. */
  async load(): Promise<object[]> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const names = (await readdir(this.#dir)).filter((name) => name.endsWith('.json'));
    const records = await Promise.all(
      names.map(async (name) => JSON.parse(await readFile(join(this.#dir, name), 'utf8')) as MailRecord),
    );
    records.sort((a, b) => a.sequence - b.sequence);
    for (const { mail } of records) this.#mails.push({ ...mail, emlPath: this.#path(mail.messageId, 'eml') });
    this.#sequence = records.at(-1)?.sequence ?? 0;
    return records.map(({ request }) => request);
  }

  async add(mail: Omit<SentMail, 'emlPath'>, request: object, eml: Uint8Array): Promise<SentMail> {
    this.#sequence += 1;
    const record: MailRecord = { sequence: this.#sequence, mail, request };
    const emlPath = this.#path(mail.messageId, 'eml');
    await writePrivateFile(emlPath, eml);
    await writePrivateFile(this.#path(mail.messageId, 'json'), JSON.stringify(record));
    const kept = { ...mail, emlPath };
    this.#mails.push(kept);
    return kept;
  }

  all(): readonly SentMail[] {
    return [...this.#mails];
  }

  #path(messageId: string, extension: string): string {
    return join(this.#dir, `${messageId}.${extension}`);
  }
}
