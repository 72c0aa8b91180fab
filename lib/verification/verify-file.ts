import type { Directory } from '../directory/directory.ts';
import { asTrustAnchor } from '../directory/trust.ts';
import { memorySource } from '../pdf/byte-source.ts';
import type { RevocationPort } from '../pki/revocation-client.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Verdict } from '../signatures/verdict.ts';
import { verifyPdf } from '../signatures/verify-pdf.ts';
import type { IssuedDocument, IssuedDocuments } from './issued.ts';

export interface VerifyDeps {
  readonly directory: Pick<Directory, 'trustAnchors'>;
  readonly issued: Pick<IssuedDocuments, 'byHash' | 'byCode'>;
  /** Asked for what the file does not prove. */
  readonly revocation: RevocationPort;
}

export interface FileVerdict {
  readonly verdict: Verdict;
  /** What was issued here with exactly these bytes. */
  readonly issued: IssuedDocument | undefined;
  /** Every signature passed, and these are the bytes of a document issued here that still stands. Doubt is never valid. */
  readonly genuine: boolean;
}

/** Verifies a file that anyone brings: its signatures, and whether it is a document that was issued here. */
export async function verifyFile(deps: VerifyDeps, bytes: Uint8Array, at: EpochMs): Promise<FileVerdict> {
  const trust = (await deps.directory.trustAnchors()).map(asTrustAnchor);
  const verdict = await verifyPdf(memorySource(bytes), { trust, at, revocation: deps.revocation });
  const issued = await deps.issued.byHash(verdict.file.sha256);
  const genuine = verdict.status === 'TOTAL_PASSED' && issued?.standing === 'in-force';
  return { verdict, issued, genuine };
}
