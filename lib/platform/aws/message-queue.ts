import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';

/** One message; `key` names it in the answer. */
export interface QueueMessage {
  readonly key: string;
  readonly body: string;
}

/** Sends messages; tells which ones the queue did not take. */
export interface MessageQueue {
  send(messages: readonly QueueMessage[]): Promise<{ readonly failed: readonly string[] }>;
}

/** A batch of SQS takes ten messages, and 256 KiB in all; ours are a few hundred bytes each. */
const BATCH = 10;

export function queueClient(): SQSClient {
  return new SQSClient({});
}

/** An SQS queue. */
export class SqsQueue implements MessageQueue {
  readonly #client: SQSClient;
  readonly #url: string;
  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async send(messages: readonly QueueMessage[]): Promise<{ failed: string[] }> {
    const failed: string[] = [];
    for (let from = 0; from < messages.length; from += BATCH) {
      const batch = messages.slice(from, from + BATCH);
      failed.push(...(await this.#sendBatch(batch)));
    }
    return { failed };
  }

  async #sendBatch(batch: readonly QueueMessage[]): Promise<string[]> {
    const answer = await this.#client.send(
      new SendMessageBatchCommand({
        QueueUrl: this.#url,
        Entries: batch.map(({ body }, index) => ({ Id: String(index), MessageBody: body })),
      }),
    );
    return (answer.Failed ?? []).flatMap(({ Id }) => batch[Number(Id)]?.key ?? []);
  }
}
