import { generateKeyPair, type JsonWebKey, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readFileIfThere, writePrivateFile } from '../private-file.ts';

/** What tokens and cookies are signed with; made at the first start, kept with mode 0600. */
export interface IdentityKeys {
  readonly signing: JsonWebKey & { readonly kid: string };
  readonly cookies: string;
}

export async function identityKeys(stateDir: string): Promise<IdentityKeys> {
  const path = join(stateDir, 'identity.json');
  const kept = await readFileIfThere(path);
  if (kept !== undefined) return JSON.parse(kept) as IdentityKeys;
  const keys = await newKeys();
  await writePrivateFile(path, JSON.stringify(keys));
  return keys;
}

/** RSA, because the JWT authorizer of API Gateway knows nothing else. */
async function newKeys(): Promise<IdentityKeys> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const signing = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
  return { signing, cookies: randomBytes(32).toString('base64url') };
}
