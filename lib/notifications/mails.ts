import type { ComposedMail } from './compose-mail.ts';
import type { MailRecord } from './mail.ts';

/** Records of mails. */
export interface Mails {
  find(id: string): Promise<MailRecord | undefined>;
  /** @throws CommitConflict unless the record is still `previous` (`undefined`: there was none) */
  put(next: MailRecord, previous: MailRecord | undefined): Promise<void>;
}

/** Hands a mail over to the mail service. */
export interface Mailer {
  /**
   * @param id comes back with what the service reports of the mail
   * @returns the service's id of the mail
   */
  send(id: string, to: readonly string[], mail: ComposedMail): Promise<{ readonly mailId: string }>;
}
