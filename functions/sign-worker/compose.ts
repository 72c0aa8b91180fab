import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { SignerFacts } from '../../lib/directory/certificates.ts';
import { DirectoryStore } from '../../lib/directory/directory-store.ts';
import { ImageStore } from '../../lib/directory/image-store.ts';
import { DocumentStore } from '../../lib/documents/document-store.ts';
import { ObjectStore } from '../../lib/documents/object-store.ts';
import { EventStore } from '../../lib/evidence/event-store.ts';
import { DispatchStore } from '../../lib/exchange/dispatch-store.ts';
import { PetitionStore } from '../../lib/petitions/petition-store.ts';
import { createKmsSigner } from '../../lib/pki/kms-signer.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { keyClient } from '../../lib/platform/aws/key-client.ts';
import { objectClient } from '../../lib/platform/aws/object-client.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { ProblemError } from '../../lib/platform/errors.ts';
import { createServiceClient } from '../../lib/platform/http-client.ts';
import { systemRandom } from '../../lib/platform/ids.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';
import { backOff } from '../../lib/requests/once.ts';
import { remoteSigners } from '../../lib/signing/remote-services.ts';
import { signatureLevels } from '../../lib/signing/signature-levels.ts';
import { IssuedStore } from '../../lib/verification/issued-store.ts';
import { fontsIn } from '../fonts/fonts-in.ts';

/** For one answer of a remote signing service; the worker itself has a minute. */
const REMOTE_TIME_LIMIT_MS = 12_000;

/** The function's dependencies, made once at cold start. @throws Error naming every missing variable */
export function compose(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(
    {
      [ENV.tableName]: z.string().min(1),
      [ENV.documentsBucket]: z.string().min(1),
      [ENV.imagesBucket]: z.string().min(1),
      [ENV.portalUrl]: z.url(),
      [ENV.fontsDir]: z.string().min(1),
      LAMBDA_TASK_ROOT: z.string().default('.'),
      [ENV.signatureLevels]: z.string().min(1),
      [ENV.signatureAuthorities]: z.string().min(1),
      [ENV.remoteSigning]: z.string().default('[]'),
      [ENV.remoteSigningSecrets]: z.string().default('[]'),
    },
    environment,
  );
  const table = new Table(documentClient(), config.TABLE_NAME);
  const keys = keyClient();
  const remote = remoteSigners(
    { services: config.REMOTE_SIGNING, secrets: config.REMOTE_SIGNING_SECRETS },
    { http: createServiceClient(REMOTE_TIME_LIMIT_MS), now: () => systemClock.now() },
  );
  return {
    clock: systemClock,
    log: createLog(),
    backOff: backOff(Math.random),
    petitions: new PetitionStore(table),
    dispatches: new DispatchStore(table),
    documents: new DocumentStore(table),
    objects: new ObjectStore(objectClient(), config.DOCUMENTS_BUCKET),
    images: new ImageStore(objectClient(), config.IMAGES_BUCKET, systemRandom),
    events: new EventStore(table),
    directory: new DirectoryStore(table),
    issued: new IssuedStore(table),
    signerFor: (facts: SignerFacts) => {
      const { key, algorithm, certificate, chain } = facts;
      if (key.kind === 'remote') return remote(facts);
      // The person took their key to themselves between approving and now.
      if (key.kind === 'own') throw new ProblemError('signing_key_with_holder');
      return createKmsSigner({ client: keys, keyId: key.alias, algorithm, certificate, chain });
    },
    levels: signatureLevels(
      { levels: config.SIGNATURE_LEVELS, authorities: config.SIGNATURE_AUTHORITIES },
      { now: () => systemClock.now(), random: (octets) => randomBytes(octets) },
    ),
    fonts: fontsIn(config.LAMBDA_TASK_ROOT, config.FONTS_DIR),
    portalUrl: config.PORTAL_URL,
  };
}

export type SignWorkerDeps = ReturnType<typeof compose>;
