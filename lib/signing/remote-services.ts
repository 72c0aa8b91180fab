import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { SignerFacts } from '../directory/certificates.ts';
import { CscClient } from '../pki/csc/csc-client.ts';
import { createCscSigner } from '../pki/csc/csc-signer.ts';
import { type HttpPort, keepsSecrets } from '../pki/csc/http-port.ts';
import type { Signer } from '../pki/signer.ts';
import { ProblemError } from '../platform/errors.ts';

const address = z.url().refine(keepsSecrets);
const services = z.array(
  z.object({ name: z.string(), baseUrl: address, clientId: z.string(), oauth2Url: address.optional() }),
);

/** The client's secret, and the PINs of credentials that have one, by credential. */
const secrets = z.array(
  z.object({ clientSecret: z.string().min(1), pins: z.record(z.string(), z.string()).default({}) }),
);

interface Known {
  readonly client: CscClient;
  readonly pins: Readonly<Record<string, string>>;
}

/**
 * Signers with keys at the services that the stage allows; one client, and so one token, a service.
 * @param settings JSON texts from the environment: the services, and their secrets in the same order
 * @throws Error that says which of the two cannot be read, and nothing of what is in it
 */
export function remoteSigners(
  settings: { readonly services: string; readonly secrets: string },
  { http, now }: { readonly http: HttpPort; readonly now: () => number },
): (facts: SignerFacts) => Signer {
  const known = new Map<string, Known>();
  const all = read('REMOTE_SIGNING', services, settings.services);
  const allSecrets = read('REMOTE_SIGNING_SECRETS', secrets, settings.secrets);
  for (const [index, { name, oauth2Url, ...service }] of all.entries()) {
    const secret = allSecrets[index];
    if (!secret) throw new Error(`The remote signing service ${name} has no secret.`);
    const { clientSecret, pins } = secret;
    const address = { ...service, ...(oauth2Url === undefined ? {} : { oauth2Url }) };
    const deps = { http, now, pause: () => wait(500) };
    known.set(name, { client: new CscClient({ ...address, clientSecret: async () => clientSecret }, deps), pins });
  }
  return ({ key, algorithm, certificate, chain }) => {
    const service = key.kind === 'remote' ? known.get(key.service) : undefined;
    if (key.kind !== 'remote' || !service) throw new ProblemError('remote_service_unknown');
    const pin = service.pins[key.credentialId];
    return createCscSigner({
      client: service.client,
      credentialId: key.credentialId,
      algorithm,
      certificate,
      chain,
      authData: async () => (pin === undefined ? [] : [{ id: 'PIN', value: pin }]),
    });
  };
}

/** What a parser says of a text may quote it. */
function read<T extends z.ZodType>(variable: string, schema: T, text: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new Error(`${variable} is not what it should be.`);
  }
}
