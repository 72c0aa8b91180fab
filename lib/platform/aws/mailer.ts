import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';

/** A mail with a part in plain text and one in HTML; SES makes the MIME message and encodes the headers (RFC 2047). */
export interface OutgoingMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Name of the tag that reports of a mail can be told by. */
export const MAIL_ID_TAG = 'mail-id';

/** Sends mail through SES, from one address and with one configuration set. */
export class SesMailer {
  readonly #client: SESv2Client;
  readonly #sender: string;
  readonly #configurationSet: string;
  constructor(client: SESv2Client, sender: string, configurationSet: string) {
    this.#client = client;
    this.#sender = sender;
    this.#configurationSet = configurationSet;
  }

  /** Errors of SES pass through: one that stays is a mistake of the setting, and rings by way of the dead letters. */
  async send(id: string, to: readonly string[], mail: OutgoingMail): Promise<{ readonly mailId: string }> {
    const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
    const { MessageId } = await this.#client.send(
      new SendEmailCommand({
        FromEmailAddress: this.#sender,
        Destination: { ToAddresses: [...to] },
        Content: {
          Simple: {
            Subject: utf8(mail.subject),
            Body: { Text: utf8(mail.text), Html: utf8(mail.html) },
            // Answering machines stay silent (RFC 3834).
            Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }],
          },
        },
        EmailTags: [{ Name: MAIL_ID_TAG, Value: id }],
        ConfigurationSetName: this.#configurationSet,
      }),
    );
    if (!MessageId) throw new Error('the mail service gave no id');
    return { mailId: MessageId };
  }
}
