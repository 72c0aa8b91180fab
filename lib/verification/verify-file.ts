import type { Directory } from '../directory/directory.ts';
import { succession, successionOf, type UnitSuccession } from '../directory/succession.ts';
import { asTrustAnchors } from '../directory/trust.ts';
import { memorySource } from '../pdf/byte-source.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Verdict } from '../signatures/verdict.ts';
import { verifyPdf } from '../signatures/verify-pdf.ts';
import type { IssuedDocument, IssuedDocuments } from './issued.ts';

export interface VerifyDeps {
  readonly directory: Pick<Directory, 'trustAnchors' | 'unit' | 'unitOfSeal'>;
  readonly issued: Pick<IssuedDocuments, 'byHash' | 'byCode'>;
}

export interface FileVerdict {
  readonly verdict: Verdict;
  /** What was issued here with exactly these bytes. */
  readonly issued: IssuedDocument | undefined;
  /** What became of the agency that issued it. */
  readonly issuer: UnitSuccession | undefined;
  /** Agencies whose seals are in the file, by the SHA-256 of the certificate. */
  readonly seals: ReadonlyMap<string, UnitSuccession>;
  /** Every signature passed, and these are the bytes of a document issued here that still stands. Doubt is never valid. */
  readonly genuine: boolean;
}

/** Verifies a file that anyone brings: its signatures, and whether it is a document that was issued here. */
export async function verifyFile(deps: VerifyDeps, bytes: Uint8Array, at: EpochMs): Promise<FileVerdict> {
  const trust = (await deps.directory.trustAnchors()).flatMap(asTrustAnchors);
  const verdict = await verifyPdf(memorySource(bytes), { trust, at });
  const issued = await deps.issued.byHash(verdict.file.sha256);
  const genuine = verdict.status === 'TOTAL_PASSED' && issued?.standing === 'in-force';
  const issuer = issued && (await successionOf(deps.directory, issued.unit.code, at));
  return { verdict, issued, issuer, seals: await sealsIn(deps, verdict, at), genuine };
}

async function sealsIn(
  { directory }: Pick<VerifyDeps, 'directory'>,
  { signatures }: Pick<Verdict, 'signatures'>,
  at: EpochMs,
): Promise<ReadonlyMap<string, UnitSuccession>> {
  const found = new Map<string, UnitSuccession>();
  for (const sha256 of new Set(signatures.flatMap(({ certificate }) => (certificate ? [certificate.sha256] : [])))) {
    const unit = await directory.unitOfSeal(sha256);
    if (unit) found.set(sha256, await succession(directory, unit, at));
  }
  return found;
}
