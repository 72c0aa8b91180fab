import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import { clientLimits } from './client-limits.ts';
import { signatureAuthorities } from './signature-settings.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Verifying a document, by its bytes or its code. Open to everyone: it reads what was issued, and writes nothing but the counts
 * of its callers and the files that they bring, which it deletes. It signs with one key, that of its own reports.
 */
export class Verification extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { data, settings, api } = around;
    const { uploadBytes, uploadRate, uploadBurst, seconds, sealUnit } = settings.verification;
    const handler = new CapabilityFunction(this, 'Api', around, {
      name: 'verify-api',
      description: 'Verification of signed documents, open to everyone',
      memoryMb: 1769,
      timeout: Duration.seconds(28),
      environment: {
        [ENV.tableName]: data.names.table,
        [ENV.verificationBucket]: data.names.verification,
        [ENV.verificationSettings]: JSON.stringify({ uploadBytes, seconds, sealUnit }),
        [ENV.portalUrl]: `https://${settings.domain}`,
        ...clientLimits(settings),
        ...signatureAuthorities(this, settings),
      },
      grants: [
        ...data.tableRead(),
        ...data.countClients(),
        ...data.verificationFiles(),
        ...(sealUnit === undefined ? [] : data.signAs(sealUnit)),
      ],
    });
    api.open(
      handler.lambda,
      { method: 'POST', path: '/api/verify' },
      { method: 'GET', path: '/api/verify/{code}' },
      { method: 'POST', path: '/api/verify/uploads', rate: uploadRate, burst: uploadBurst },
      { method: 'POST', path: '/api/verify/uploads/{id}/report' },
    );
  }
}
