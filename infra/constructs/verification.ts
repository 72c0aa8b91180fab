import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import { clientLimits } from './client-limits.ts';
import type { Surroundings } from './surroundings.ts';

/** Verifying a document, by its bytes or its code; open to everyone, so it can only read. */
export class Verification extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { data, settings, api } = around;
    const handler = new CapabilityFunction(this, 'Api', around, {
      name: 'verify-api',
      description: 'Verification of signed documents, open to everyone',
      memoryMb: 1769,
      timeout: Duration.seconds(28),
      environment: { [ENV.tableName]: data.names.table, ...clientLimits(settings) },
      grants: [...data.tableRead(), ...data.countClients()],
    });
    api.open(handler.lambda, { method: 'POST', path: '/api/verify' }, { method: 'GET', path: '/api/verify/{code}' });
  }
}
