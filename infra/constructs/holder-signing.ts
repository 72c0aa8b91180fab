import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import type { StageSettings } from '../stages.ts';
import { CapabilityFunction } from './capability-function.ts';
import type { Surroundings } from './surroundings.ts';

/** Octets to keep free in a signature for its timestamp, by what is signed: the worker puts it there when the file is made. */
function timestampRoom({ signatures: { levels, timestamps } }: StageSettings): Record<'answer' | 'dispatch', number> {
  const largest = Math.max(0, ...timestamps.map(({ largestToken }) => largestToken));
  const room = (what: 'answer' | 'dispatch') => (levels[what] === 'B-B' ? 0 : largest);
  return { answer: room('answer'), dispatch: room('dispatch') };
}

/**
 * Approving and sealing, and signing with keys that stay with their holders. A function of its own: it reads and draws documents to
 * say what there is to sign and where it may stand, which the functions on cases need no permission for. It stores no document and
 * signs nothing.
 */
export class HolderSigning extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { data, settings, api } = around;
    const handler = new CapabilityFunction(this, 'Api', around, {
      name: 'signing-api',
      description: 'Approves documents and prepares them for keys that stay with their holders',
      // As much as one CPU, like the worker that will do the same once more.
      memoryMb: 1769,
      timeout: Duration.seconds(25),
      environment: {
        [ENV.tableName]: data.names.table,
        [ENV.documentsBucket]: data.names.documents,
        [ENV.imagesBucket]: data.names.images,
        [ENV.timestampRoom]: JSON.stringify(timestampRoom(settings)),
      },
      grants: [...data.tableReadWrite(), ...data.documentsGet(), ...data.imagesGet()],
    });
    for (const cases of ['/api/petitions/{code}/answer', '/api/dispatches/{code}'] as const) {
      for (const step of ['sign', 'issue'] as const) {
        api.signedInAt(handler.lambda, { method: 'POST', path: `${cases}/${step}` });
      }
      api.signedInAt(handler.lambda, { method: 'GET', path: `${cases}/signing/places` });
      for (const step of ['prepare', 'complete'] as const) {
        api.signedInAt(handler.lambda, { method: 'POST', path: `${cases}/signing/${step}` });
      }
    }
  }
}
