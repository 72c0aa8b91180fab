import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import { clientLimits } from './client-limits.ts';
import type { Surroundings } from './surroundings.ts';

/** Is the service up, and what does its API look like? Open to everyone; may do nothing but count its callers. */
export class ServiceInfo extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { data, settings, api } = around;
    const handler = new CapabilityFunction(this, 'Api', around, {
      name: 'service-api',
      description: 'OpenAPI file and health',
      memoryMb: 256,
      timeout: Duration.seconds(10),
      environment: {
        [ENV.stage]: settings.name,
        [ENV.tableName]: data.names.table,
        ...clientLimits(settings),
      },
      grants: data.countClients(),
    });
    api.open(handler.lambda, { method: 'GET', path: '/api/openapi.json' }, { method: 'GET', path: '/api/health' });
  }
}
