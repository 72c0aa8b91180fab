import type { SignerFacts } from '../directory/certificates.ts';
import type { VersionLevel } from '../documents/upkeep.ts';
import { appendedSource, type ByteSource } from '../pdf/byte-source.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { extendPdf } from '../signatures/levels/extend-pdf.ts';
import {
  type Authorities,
  lowerLevel,
  lowestLevel,
  type PadesLevel,
  type ReachedLevel,
  reaches,
} from '../signatures/levels/pades-level.ts';
import { readLevels } from '../signatures/levels/read-levels.ts';
import { renewalDue } from '../signatures/levels/renew-timestamp.ts';
import type { SignedPdf } from '../signatures/sign-pdf.ts';
import type { SignatureText } from './appearance.ts';
import type { FileToSign } from './file-to-sign.ts';
import { type SignBytesDeps, signBytes } from './sign-bytes.ts';

export interface RaisedStep {
  readonly facts: SignerFacts;
  readonly text: SignatureText;
  readonly wanted: PadesLevel;
  /** It is the last signature: all that are there are raised with it. */
  readonly isLast: boolean;
}

/**
 * Signs at the level that is wanted, as far as the authorities allow now. The last signature takes all before it along; for that the
 * file is read once more, since what is not intact has no level.
 * @throws ProblemError as `signBytes`; `certificate_revoked`, `certificate_untrusted` for the signer
 */
export async function signAndRaise(
  deps: SignBytesDeps,
  file: Pick<FileToSign, 'source' | 'hashed'>,
  { facts, text, wanted, isLast }: RaisedStep,
  authorities: Authorities,
  at: EpochMs,
): Promise<SignedPdf & ReachedLevel> {
  if (wanted === 'B-B') return signBytes(deps, file, facts, text, at);
  const own = lowerLevel(wanted, isLast ? 'B-LT' : 'B-T');
  const signed = await signBytes(deps, file, facts, text, at, {
    level: own as Exclude<PadesLevel, 'B-B'>,
    authorities,
  });
  // Who has just failed is asked again later, not now.
  if (!isLast || !reaches(signed.level, own)) return { ...signed, wanted };
  return raiseAll(file.source, signed, wanted, authorities);
}

async function raiseAll(
  source: ByteSource,
  signed: SignedPdf & ReachedLevel,
  wanted: Exclude<PadesLevel, 'B-B'>,
  authorities: Authorities,
): Promise<SignedPdf & ReachedLevel> {
  try {
    const raised = await extendPdf(appendedSource(source, signed.tail), { to: wanted, authorities });
    if (raised.sourceSha256 !== signed.sha256) throw new ProblemError('document_changed');
    const { hashState: _, ...rest } = signed;
    const { level, because, length, sha256 } = raised;
    const tail = Buffer.concat([signed.tail, raised.tail]);
    return { ...rest, tail, length, sha256, level, wanted, ...(because === undefined ? {} : { because }) };
  } catch (error) {
    // Another's signature in the file cannot be raised: no reason not to issue it, and none to try again.
    if (!(error instanceof ProblemError) || error.code === 'document_changed') throw error;
    return { ...signed, wanted, because: error.code };
  }
}

/** What is recorded of a file that was just made. */
export async function levelOf(
  source: ByteSource,
  { level, wanted, because }: ReachedLevel,
  renewBefore: number,
): Promise<VersionLevel> {
  const renewAt = level === 'B-LTA' ? await renewalDue(source, renewBefore) : null;
  return {
    reached: level,
    wanted,
    ...(because === undefined ? {} : { because }),
    ...(renewAt === null ? {} : { renewAt }),
  };
}

/** The same for a file that an earlier run made: as it stands in the file. */
export async function levelInFile(
  source: ByteSource,
  wanted: PadesLevel,
  renewBefore: number,
  { trust, now }: Pick<Authorities, 'trust' | 'now'>,
): Promise<VersionLevel> {
  const level = lowestLevel(await readLevels(source, { trust, now: now() }));
  return levelOf(source, { level, wanted }, renewBefore);
}
