import type { ByteSource } from '../../pdf/byte-source.ts';
import { signerCertificate } from '../../pki/cms-signer.ts';
import { readTimestampToken } from '../../pki/timestamp-token.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { RunningHash } from '../../platform/running-hash.ts';
import { type AppendedTimestamp, appendMaterial, appendTimestamp } from './append-revisions.ts';
import { type FileSignature, type FileTimestamp, readFileSignatures } from './file-signatures.ts';
import { GrowingFile } from './growing-file.ts';
import {
  type Authorities,
  failedForNow,
  PADES_LEVELS,
  type PadesLevel,
  type ReachedLevel,
  reaches,
} from './pades-level.ts';
import { levelsOf, subjectsOf, timestampSubject } from './read-levels.ts';
import { collectMaterial, readHeldMaterial, type Subject } from './validation-material.ts';

export interface ExtendOptions {
  readonly to: Exclude<PadesLevel, 'B-B'>;
  readonly authorities: Authorities;
}

/** The extended file is the source's bytes, unchanged, followed by `tail`. */
export interface ExtendedPdf extends ReachedLevel {
  /** Empty: nothing was missing, or nothing could be had now. */
  readonly tail: Uint8Array;
  readonly length: number;
  /** SHA-256 of the extended file, lower-case hex. */
  readonly sha256: string;
  /** SHA-256 of the source as it was read: what was extended is what was meant only if this is as expected. */
  readonly sourceSha256: string;
}

/**
 * Raises every signature of a file to a level (EN 319 142-1 §5.4, §6), by whomever and in whatever order they were made: a document
 * timestamp where one has none (B-T), validation data (B-LT), a document timestamp over that (B-LTA), each as a revision of its
 * own. What is there already is not added again. When an authority fails, what was reached until then is the result, with the reason.
 *
 * @throws ProblemError `document_unsigned`; `signature_not_valid` for a signature that is not intact, or of another kind than PAdES baseline;
 *   `certificate_untrusted`, `certificate_expired`, `certificate_revoked`; `pdf_signature_room`; `pdf_*`
 */
export async function extendPdf(source: ByteSource, { to, authorities }: ExtendOptions): Promise<ExtendedPdf> {
  const now = authorities.now();
  const { trust } = authorities;
  const found = await readFileSignatures(source, { trust, now });
  if (found.signatures.length === 0) throw new ProblemError('document_unsigned');
  const levels = await levelsOf(found, { trust, now });
  if ([...levels.values()].includes(null) || found.signatures.some(({ isAccepted }) => !isAccepted))
    throw new ProblemError('signature_not_valid', { detail: 'not an intact PAdES baseline signature' });
  const lacking = found.signatures.filter((signature) => !reaches(levels.get(signature)!, to));
  const file = new GrowingFile(source, found.digest);
  const timestamps: Pick<FileTimestamp, 'certificate' | 'intermediates' | 'time' | 'key'>[] = [...found.timestamps];
  const lowest = PADES_LEVELS.find((level) => [...levels.values()].includes(level))!;
  if (lacking.length === 0) return extended(file, found.digest, { level: lowest, wanted: to });

  const proven = lacking.every((signature) => reaches(levels.get(signature)!, 'B-T'));
  const reached = await climb(to, lowest, {
    async 'B-T'() {
      if (!proven) timestamps.push(timestampOf(await appendTimestamp(file, authorities.timestamps)));
    },
    async 'B-LT'() {
      const stamped = timestamps.map((one) => timestampSubject(one, one.key));
      const signed = lacking.flatMap((signature) => signerSubjects(signature, found.timestamps, timestamps, now));
      await addMaterial(file, [...signed, ...stamped], authorities);
    },
    async 'B-LTA'() {
      await appendTimestamp(file, authorities.timestamps);
    },
  });
  return extended(file, found.digest, reached);
}

/** Does the steps up to `to`; the first one that an authority fails is where it ends. */
export async function climb(
  to: Exclude<PadesLevel, 'B-B'>,
  from: PadesLevel,
  steps: Readonly<Record<Exclude<PadesLevel, 'B-B'>, () => Promise<void>>>,
): Promise<ReachedLevel> {
  let level = from;
  for (const next of ['B-T', 'B-LT', 'B-LTA'] as const) {
    if (!reaches(to, next)) break;
    try {
      await steps[next]();
    } catch (error) {
      if (failedForNow(error)) return { level, wanted: to, because: error.code };
      throw error;
    }
    if (!reaches(level, next)) level = next;
  }
  return { level, wanted: to };
}

/** Collects what the file lacks for these chains, and appends it. */
export async function addMaterial(
  file: GrowingFile,
  subjects: readonly Subject[],
  { trust, revocation, now }: Authorities,
): Promise<void> {
  const held = await readHeldMaterial(await file.open());
  await appendMaterial(file, await collectMaterial(subjects, { held, trust, revocation, now: now() }));
}

/** A signature's own chains; a document timestamp that was just made proves it as an older one would. */
function signerSubjects(
  signature: FileSignature,
  older: readonly FileTimestamp[],
  all: readonly Pick<FileTimestamp, 'certificate' | 'intermediates' | 'time' | 'key'>[],
  now: number,
): Subject[] {
  const later = older.filter(({ end }) => end > signature.end);
  const subjects = subjectsOf(signature, later, now);
  const made = all.at(-1);
  return subjects.length > 1 || !made ? subjects : subjects.map((one) => ({ ...one, at: Math.min(one.at, made.time) }));
}

/** A token that was verified when it came, as a timestamp of the file. */
export function timestampOf({ token, key }: AppendedTimestamp) {
  const { info, signedData } = readTimestampToken(token);
  const { certificate, others } = signerCertificate(signedData, signedData.signerInfos[0]!);
  return { certificate: certificate!, intermediates: others, time: info.time, key };
}

export function extended(file: GrowingFile, source: RunningHash, reached: ReachedLevel): ExtendedPdf {
  const [sha256, sourceSha256] = [file.digestWith(), source.fork().digest()].map((digest) =>
    Buffer.from(digest).toString('hex'),
  ) as [string, string];
  return { ...reached, tail: file.tail, length: file.source.length, sha256, sourceSha256 };
}
