import { randomBytes } from 'node:crypto';
import type { Principal } from '../gateway/service.ts';

/** Keys that sign AWS requests. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface KnownCredentials {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly principal: Principal;
}

/**
 * The access keys in force: the administrator's, and one set for each execution environment that a function has had. They
 * outlive it, as in AWS: forms and addresses that it has signed hold until they run out.
 */
export class CredentialStore {
  readonly #known = new Map<string, KnownCredentials>();

  find(accessKeyId: string): KnownCredentials | undefined {
    return this.#known.get(accessKeyId);
  }

  /** Keys without a session token, as a user has them. */
  user(principal: Principal): Credentials {
    return this.#add({ accessKeyId: keyId('AKIA'), secretAccessKey: secret() }, principal);
  }

  /** Temporary keys with a session token, as an assumed role has them. */
  session(principal: Principal): Required<Credentials> {
    const sessionToken = randomBytes(96).toString('base64');
    return this.#add({ accessKeyId: keyId('ASIA'), secretAccessKey: secret(), sessionToken }, principal);
  }

  #add<T extends Credentials>(credentials: T, principal: Principal): T {
    const { accessKeyId, ...keys } = credentials;
    this.#known.set(accessKeyId, { ...(keys as Omit<Credentials, 'accessKeyId'>), principal });
    return credentials;
  }
}

const secret = (): string => randomBytes(30).toString('base64');

function keyId(prefix: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join('');
}
