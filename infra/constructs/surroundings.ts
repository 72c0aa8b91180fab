import type { Bundles } from '../bundle.ts';
import type { StageSettings } from '../stages.ts';
import type { AlarmBoard } from './alarm-board.ts';
import type { DataAccess } from './data-access.ts';
import type { ServiceApi } from './service-api.ts';

/** What every capability is built into. */
export interface Surroundings {
  readonly settings: StageSettings;
  readonly bundles: Bundles;
  readonly board: AlarmBoard;
  readonly data: DataAccess;
  readonly api: ServiceApi;
}
