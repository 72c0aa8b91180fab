import { startGateway } from '../../local/gateway/gateway.ts';
import type { AwsService, Permission } from '../../local/gateway/service.ts';

export const REGION = 'ap-southeast-1';
export const ACCOUNT = '000000000000';

/** What an SDK client needs to reach a service. */
export interface Connection {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface ServedService extends Connection {
  /** The permissions that the calls since the last look needed. */
  takePermissions(): readonly Permission[];
  close(): Promise<void>;
}

const CREDENTIALS = { accessKeyId: 'AKIACONTRACT', secretAccessKey: 'contract-secret' };

/** Puts a service behind a real gateway (signatures checked, everything allowed), as the laptop does. */
export async function serve(service: AwsService): Promise<ServedService> {
  const asked: Permission[] = [];
  const principal = { arn: `arn:aws:iam::${ACCOUNT}:user/contract`, roleId: undefined, functionId: undefined };
  const { secretAccessKey } = CREDENTIALS;
  const gateway = await startGateway({
    port: 0,
    services: [service],
    credentials: { find: (id) => (id === CREDENTIALS.accessKeyId ? { secretAccessKey, principal } : undefined) },
    authorize: (_principal, permissions) => {
      asked.push(...permissions);
      return { allowed: true };
    },
    // Signatures carry the client's own time; the services' clock stands still in these tests.
    clock: { now: () => Date.now() },
  });
  return {
    endpoint: gateway.url,
    region: REGION,
    credentials: CREDENTIALS,
    takePermissions: () => asked.splice(0),
    close: async () => await gateway.close(),
  };
}

/** A third-party server given by an environment variable: the same suite holds it to the same contract. */
export function thirdParty(variable: string): Connection | undefined {
  const endpoint = process.env[variable];
  return endpoint
    ? { endpoint, region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
    : undefined;
}
