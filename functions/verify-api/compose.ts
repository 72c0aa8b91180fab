import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { SignerFacts } from '../../lib/directory/certificates.ts';
import { DirectoryStore } from '../../lib/directory/directory-store.ts';
import { unitCode } from '../../lib/directory/unit.ts';
import { RangedVersion } from '../../lib/documents/version-source-store.ts';
import { createKmsSigner } from '../../lib/pki/kms-signer.ts';
import { documentClient } from '../../lib/platform/aws/clients.ts';
import { keyClient } from '../../lib/platform/aws/key-client.ts';
import { objectClient } from '../../lib/platform/aws/object-client.ts';
import { Table } from '../../lib/platform/aws/table.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { ProblemError } from '../../lib/platform/errors.ts';
import { systemRandom } from '../../lib/platform/ids.ts';
import { createLog } from '../../lib/platform/log.ts';
import { ENV } from '../../lib/platform/names.ts';
import { revocationService } from '../../lib/signing/authorities.ts';
import { BroughtFileStore } from '../../lib/verification/brought-file-store.ts';
import { IssuedStore } from '../../lib/verification/issued-store.ts';
import { fontsIn } from '../fonts/fonts-in.ts';
import { admission, CLIENT_SETTINGS } from '../http/client-limits.ts';

const settings = z.object({
  uploadBytes: z.number().int().positive(),
  seconds: z.number().positive(),
  sealUnit: unitCode.optional(),
});

/** The function's dependencies, made once at cold start. @throws Error naming every missing variable */
export function compose(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(
    {
      [ENV.tableName]: z.string().min(1),
      [ENV.verificationBucket]: z.string().min(1),
      [ENV.verificationSettings]: z
        .string()
        .transform((text) => JSON.parse(text) as unknown)
        .pipe(settings),
      [ENV.signatureAuthorities]: z.string().min(1),
      [ENV.portalUrl]: z.url(),
      [ENV.fontsDir]: z.string().min(1),
      LAMBDA_TASK_ROOT: z.string().default('.'),
      ...CLIENT_SETTINGS,
    },
    environment,
  );
  const table = new Table(documentClient(), config.TABLE_NAME);
  const [client, keys] = [objectClient(), keyClient()];
  const { uploadBytes, seconds, sealUnit } = config.VERIFICATION_SETTINGS;
  return {
    clock: systemClock,
    log: createLog(),
    random: systemRandom,
    admit: admission(table, config),
    directory: new DirectoryStore(table),
    revocation: revocationService(config.SIGNATURE_AUTHORITIES, (octets) => randomBytes(octets)),
    issued: new IssuedStore(table),
    files: new BroughtFileStore(
      client,
      config.VERIFICATION_BUCKET,
      (object) => new RangedVersion(client, config.VERIFICATION_BUCKET, object),
    ),
    maxBytes: uploadBytes,
    timeLimit: seconds * 1000,
    sealUnit,
    signerFor: ({ key, algorithm, certificate, chain }: SignerFacts) => {
      if (key.kind !== 'kms') throw new ProblemError('report_not_offered', { detail: 'The key is not in KMS.' });
      return createKmsSigner({ client: keys, keyId: key.alias, algorithm, certificate, chain });
    },
    fonts: fontsIn(config.LAMBDA_TASK_ROOT, config.FONTS_DIR),
    portalUrl: config.PORTAL_URL,
  };
}

export type VerifyApiDeps = ReturnType<typeof compose>;
