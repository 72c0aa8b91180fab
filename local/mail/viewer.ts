import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A page where people read the mails of the laptop, and the server that writes their MIME form. */
export interface Viewer {
  readonly url: string;
  /** Shows a mail, given the JSON of its `SendEmail` call; resolves with its MIME message. */
  show(sendEmail: object): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @throws Error when the port is taken */
export async function startViewer(port: number): Promise<Viewer> {
  const thread = new Worker(new URL('./viewer-thread.ts', import.meta.url), { workerData: { port } });
  thread.unref();
  const [actual] = (await once(thread, 'message')) as [number];
  const url = `http://127.0.0.1:${actual}`;
  return {
    url,
    async show(sendEmail) {
      const { MessageId } = (await call(`${url}/v2/email/outbound-emails`, sendEmail)) as { MessageId: string };
      const { body } = (await call(`${url}/get-emlContent?messageId=${MessageId}`)) as { body: { data: number[] } };
      return Uint8Array.from(body.data);
    },
    async close() {
      await thread.terminate();
    },
  };
}

/** The viewer asks for any signature at all; the real one was checked at the gateway. */
async function call(url: string, body?: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: 'AWS4-HMAC-SHA256' };
  const response = await fetch(url, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
  if (!response.ok) throw new Error(`The mail viewer answers ${response.status}: ${await response.text()}`);
  return response.json();
}
