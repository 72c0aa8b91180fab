import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import type { Surroundings } from './surroundings.ts';

/** Dispatches between agencies, their registers, and what arrives from others. */
export class Dispatches extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { data, api } = around;
    const handler = new CapabilityFunction(this, 'Api', around, {
      name: 'dispatches-api',
      description: 'Dispatches between agencies and their registers',
      memoryMb: 512,
      timeout: Duration.seconds(15),
      environment: { [ENV.tableName]: data.names.table },
      grants: data.tableReadWrite(),
    });
    api.signedIn(handler.lambda, '/api/dispatches', '/api/incoming', '/api/registers');
  }
}
