import type { PersonId } from '../../lib/access/actor.ts';
import { changeWrites } from '../../lib/cases/case-change.ts';
import { EMPTY_LOG } from '../../lib/evidence/case-event.ts';
import { EventStore } from '../../lib/evidence/event-store.ts';
import { dispatchRecord } from '../../lib/exchange/dispatch.ts';
import { DispatchStore } from '../../lib/exchange/dispatch-store.ts';
import { drafted } from '../../lib/exchange/dispatch-transitions.ts';
import type { Table } from '../../lib/platform/aws/table.ts';
import { newCaseCode, newId, systemRandom } from '../../lib/platform/ids.ts';

interface Facts {
  readonly unit: string;
  readonly recipient: string;
  readonly drafter: string;
  readonly signer: string;
  readonly at: number;
}

/** A signed dispatch as the table keeps it, for tests to which its file does not matter: there is none. */
export async function keepSignedDispatch(
  table: Table,
  { unit, recipient, drafter, signer, at }: Facts,
): Promise<string> {
  const sha256 = '0'.repeat(64);
  const code = newCaseCode('VB', systemRandom);
  const dispatch = dispatchRecord.parse({
    state: 'draft',
    code,
    unit,
    type: 'cong-van',
    subject: 'x',
    urgency: 'thuong',
    recipients: [{ unit: recipient }],
    draft: { documentId: newId(systemRandom), sha256, drafter },
    createdAt: at,
    pending: [],
    log: EMPTY_LOG,
  });
  if (dispatch.state !== 'draft') throw new Error('not a draft');
  const by = signer as PersonId;
  const approval = { by, name: 'A', title: 'B', capacity: 'head' as const, at, sha256 };
  const change = {
    ...drafted(dispatch, { personId: by }),
    next: { ...dispatch, state: 'signed' as const, approval, signed: { sha256, at } },
  };
  const cases = new DispatchStore(table);
  await cases.commit(changeWrites({ cases, events: new EventStore(table) }, undefined, change).writes);
  return code;
}
