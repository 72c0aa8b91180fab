import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import type { Surroundings } from './surroundings.ts';

/** Uploads (presigned posts to the intake bucket) and downloads (presigned gets). */
export class Documents extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { data, settings, api } = around;
    const handler = new CapabilityFunction(this, 'Api', around, {
      name: 'documents-api',
      description: 'Uploads and downloads',
      memoryMb: 512,
      timeout: Duration.seconds(15),
      environment: {
        [ENV.tableName]: data.names.table,
        [ENV.intakeBucket]: data.names.intake,
        [ENV.documentsBucket]: data.names.documents,
        [ENV.maxUploadBytes]: String(settings.limits.uploadBytes),
      },
      grants: [...data.tableReadWrite(), ...data.intakePut(), ...data.documentsGet()],
    });
    api.signedIn(handler.lambda, '/api/uploads', '/api/documents');
  }
}
