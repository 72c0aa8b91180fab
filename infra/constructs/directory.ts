import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import type { Surroundings } from './surroundings.ts';

/** Units, people, their roles, and their signing keys and certificates. */
export class Directory extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { data, settings, api } = around;
    const remote = settings.remoteSigning.map(({ name }) => name);
    const handler = new CapabilityFunction(this, 'Api', around, {
      name: 'directory-api',
      description: 'Units, people, signing keys and trusted certificates',
      memoryMb: 512,
      timeout: Duration.seconds(20),
      environment: {
        [ENV.stage]: settings.name,
        [ENV.tableName]: data.names.table,
        [ENV.imagesBucket]: data.names.images,
        [ENV.keyAliasPrefix]: data.keyAliasPrefix,
        [ENV.remoteSigningNames]: JSON.stringify(remote),
      },
      grants: [
        ...data.tableReadWrite(),
        ...data.imagesGet(),
        ...data.imagesPut(),
        ...data.createSigningKeys(),
        ...data.sign(),
      ],
    });
    api.signedIn(handler.lambda, '/api/me', '/api/units', '/api/people', '/api/trust');
  }
}
