import type { ByteSource } from '../../pdf/byte-source.ts';
import type { PdfDocument } from '../../pdf/document.ts';
import type { TrustAnchor } from '../../pki/certificate-path.ts';
import { isProblem } from '../../platform/errors.ts';
import { type FileSignature, type FileSignatures, type FileTimestamp, readFileSignatures } from './file-signatures.ts';
import type { PadesLevel } from './pades-level.ts';
import { collectMaterial, readHeldMaterial, type Subject } from './validation-material.ts';

/** The level of one signature; null: not a PAdES baseline signature, or not intact. */
export interface SignatureLevel {
  readonly field: string;
  readonly level: PadesLevel | null;
}

export interface LevelOptions {
  /** The dated trust list: where every chain must end. */
  readonly trust: readonly TrustAnchor[];
  /** The present, epoch ms. */
  readonly now: number;
}

/**
 * The baseline level of every signature of a file (EN 319 142-1 §6.3), with what stands in the file alone: nobody is asked. Reads the
 * file once.
 * @throws ProblemError `pdf_*` for a file that cannot be read
 */
export async function readLevels(source: ByteSource, options: LevelOptions): Promise<SignatureLevel[]> {
  const file = await readFileSignatures(source, options);
  const levels = await levelsOf(file, options);
  return file.signatures.map((signature) => ({ field: signature.field, level: levels.get(signature) ?? null }));
}

/**
 * The level of each signature of the file. Goes revision by revision, for all signatures at a time: what a revision holds is read once,
 * however many rest on it, and let go before the next.
 */
export async function levelsOf(
  { document, signatures, timestamps }: Pick<FileSignatures, 'document' | 'signatures' | 'timestamps'>,
  options: LevelOptions,
): Promise<Map<FileSignature, PadesLevel | null>> {
  const levels = new Map<FileSignature, PadesLevel | null>();
  const candidates: Candidate[] = [];
  for (const signature of signatures) {
    const later = timestamps.filter(({ end }) => end > signature.end);
    const subjects = subjectsOf(signature, later, options.now);
    const isBaseline = signature.certificate && signature.isBaseline;
    levels.set(signature, isBaseline ? (subjects.length < 2 ? 'B-B' : 'B-T') : null);
    if (levels.get(signature) === 'B-T') candidates.push({ signature, subjects });
  }
  let rest = await provableFrom(document, candidates, options);
  for (const { signature } of rest) levels.set(signature, 'B-LT');
  for (const { end, revision } of timestamps.toReversed()) {
    const before = rest.filter(({ signature }) => end > signature.end);
    const proven = await provableFrom(revision, before, options);
    for (const { signature } of proven) levels.set(signature, 'B-LTA');
    rest = rest.filter((one) => !proven.includes(one));
  }
  return levels;
}

/** A signature, and whose chains must be provable for more than B-T. */
interface Candidate {
  readonly signature: FileSignature;
  readonly subjects: readonly Subject[];
}

/**
 * Whose chains a signature rests on: its signer's, and those of the timestamps that prove when it was there. The document timestamp
 * counts when there is no timestamp inside the signature.
 */
export function subjectsOf(signature: FileSignature, later: readonly FileTimestamp[], now: number): Subject[] {
  const { certificate, intermediates, key } = signature;
  const proofs = signature.timestamps.length > 0 ? signature.timestamps : later.slice(0, 1);
  const at = Math.min(now, ...proofs.map(({ time }) => time));
  const own = certificate ? [{ certificate, intermediates, at, key }] : [];
  return [
    ...own,
    ...proofs.map((proof) => timestampSubject(proof, 'key' in proof ? (proof as FileTimestamp).key : key)),
  ];
}

export function timestampSubject(
  { certificate, intermediates, time }: Pick<FileTimestamp, 'certificate' | 'intermediates' | 'time'>,
  key: string,
): Subject {
  return { certificate, intermediates, at: time, key };
}

/** Those for whose chains the revision holds all that proves them. */
async function provableFrom(
  revision: PdfDocument,
  candidates: readonly Candidate[],
  options: LevelOptions,
): Promise<Candidate[]> {
  if (candidates.length === 0) return [];
  const held = await unlessLacking(() => readHeldMaterial(revision));
  if (!held) return [];
  const proven: Candidate[] = [];
  for (const one of candidates) {
    const material = await unlessLacking(() => collectMaterial(one.subjects, { ...options, held }));
    if (material?.complete) proven.push(one);
  }
  return proven;
}

/** undefined: what the revision holds does not prove it, or cannot be read. */
async function unlessLacking<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    const lacking = [
      'certificate_untrusted',
      'certificate_expired',
      'certificate_revoked',
      'pdf_broken',
      'pdf_limits',
    ] as const;
    if (isProblem(error, ...lacking)) return undefined;
    throw error;
  }
}
