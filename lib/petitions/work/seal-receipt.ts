import { sealOf } from '../../directory/unit.ts';
import { newDocument, protectIdentity, withVersion } from '../../documents/document.ts';
import type { EventLog } from '../../evidence/event-log.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import { composeLetter } from '../../pdf/author/letter.ts';
import type { EpochMs } from '../../platform/clock.ts';
import type { CaseCode } from '../../platform/ids.ts';
import { type ImageReadDeps, imageEntry } from '../../signing/approved-text.ts';
import { type SigningDeps, signVersion } from '../../signing/sign-version.ts';
import type { IssuedDocuments } from '../../verification/issued.ts';
import { commitPetition, type PetitionDeps } from '../change-petition.ts';
import { receiptContent } from '../receipt.ts';
import { receiptSealed } from '../transitions.ts';

/** What the worker needs for the documents of petitions. */
export interface PetitionWorkDeps extends SigningDeps, ImageReadDeps, Pick<PetitionDeps, 'petitions' | 'documents'> {
  readonly events: Pick<EventLog, 'writes'>;
  readonly issued: Pick<IssuedDocuments, 'write'>;
  readonly portalUrl: string;
}

/**
 * Authors the receipt of a petition and seals it. The unsealed slip follows from the petition alone, so a repeated run
 * seals the same bytes and finds what an earlier one stored.
 */
export async function sealReceipt(deps: PetitionWorkDeps, code: CaseCode, at: EpochMs): Promise<JobOutcome> {
  const petition = await deps.petitions.petition(code);
  if (petition.receipt.sha256 !== undefined) return 'repeated';
  const unit = await deps.directory.unit(petition.unit);
  const slip = await composeLetter(await deps.fonts(), receiptContent(petition, unit, deps.portalUrl));
  const plain = newDocument({
    id: petition.receipt.documentId,
    owner: petition.owner,
    unit: petition.unit,
    caseId: code,
    at,
  });
  const document = petition.kind === 'denunciation' ? protectIdentity(plain) : plain;
  const version = await signVersion(
    deps,
    {
      document,
      unsigned: slip.pdf,
      pages: slip.pages,
      n: 1,
      kind: 'receipt',
      signer: sealOf(unit, at),
      level: deps.levels.wanted.receipt,
      text: { role: 'agency', agency: unit.name, location: unit.place, ...(await imageEntry(deps, unit)) },
    },
    at,
  );
  await commitPetition(deps, petition, receiptSealed(petition, version.sha256, at), {
    writes: [
      deps.documents.putWrite(withVersion(document, version), undefined),
      deps.issued.write({
        sha256: version.sha256,
        what: 'receipt',
        code,
        documentId: document.id,
        issuedAt: at,
        unit: { code: unit.code, name: unit.name },
        signers: [],
        standing: 'in-force',
      }),
    ],
  });
  return 'done';
}
