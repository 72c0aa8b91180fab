import { Agent, request } from 'node:http';
import { type Input, isRecord, ServiceFault } from '../json-protocol.ts';

export const DYNAMODB = 'DynamoDB_20120810';
export const STREAMS = 'DynamoDBStreams_20120810';

/** An answer of the database as it came. */
interface UpstreamAnswer {
  readonly status: number;
  readonly text: string;
}

/** The database behind the gateway: speaks the wire protocol, checks no signature. */
export interface Upstream {
  /** Sends one operation. `target` is `DynamoDB_20120810` or `DynamoDBStreams_20120810`. */
  send(target: string, operation: string, input: Input): Promise<UpstreamAnswer>;
  /**
   * Sends one operation and reads its output.
   * @throws ServiceFault with the database's own code
   */
  call(operation: string, input: Input, target?: string): Promise<Record<string, unknown>>;
  close(): void;
}

/** Connects to a database. */
export function connect(url: string, region: string): Upstream {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  // Databases for the desk want an Authorization header of the right form and look no further.
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20260101T000000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=00`,
  };
  const send = (target: string, operation: string, input: Input) =>
    post(url, agent, { ...headers, 'x-amz-target': `${target}.${operation}` }, JSON.stringify(input));
  return {
    send,
    call: async (operation, input, target = DYNAMODB) => {
      const answer = await send(target, operation, input);
      const output: unknown = JSON.parse(answer.text);
      if (!isRecord(output)) throw new Error(`${operation}: the database answered no object`);
      if (answer.status < 300) return output;
      throw new ServiceFault(faultCode(output), String(output.message ?? output.Message ?? ''), answer.status);
    },
    close: () => agent.destroy(),
  };
}

/** The error code of an error document, without its namespace. */
function faultCode(output: Input): string {
  const type = String(output.__type ?? 'InternalServerError');
  return type.slice(type.lastIndexOf('#') + 1);
}

function post(
  url: string,
  agent: Agent,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(url, { method: 'POST', agent, headers: { ...headers, ...length } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () =>
        resolve({ status: incoming.statusCode ?? 500, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
