import { ProblemError } from '../platform/errors.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { WantedPersonPlace } from '../signing/put-signature.ts';
import type { Dispatch } from './dispatch.ts';

/** A dispatch as a leader was shown it: the draft's bytes, and the revision that its type, subject and recipients go with. */
export interface ShownDispatch {
  readonly sha256: Sha256Hex;
  readonly revision: number;
  /** Where the leader wants the signature; by itself at its usual place. */
  readonly placement?: WantedPersonPlace | undefined;
}

/** The dispatch, if nothing of it has changed since. @throws ProblemError `document_changed` */
export function asShown<D extends Dispatch>(dispatch: D, revision: number | undefined): D {
  if (revision !== dispatch.log.seq) throw new ProblemError('document_changed', { field: 'revision' });
  return dispatch;
}
