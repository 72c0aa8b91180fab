import type { ByteSource } from '../../pdf/byte-source.ts';
import type { PdfDocument } from '../../pdf/document.ts';
import { readValidationStore } from '../../pdf/validation-data.ts';
import type { TrustAnchor } from '../../pki/certificate-path.ts';
import { isProblem } from '../../platform/errors.ts';
import { type FileSignature, type FileSignatures, type FileTimestamp, readFileSignatures } from './file-signatures.ts';
import type { PadesLevel } from './pades-level.ts';
import { collectMaterial, type Subject } from './validation-material.ts';

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
  const levels: SignatureLevel[] = [];
  for (const signature of file.signatures)
    levels.push({ field: signature.field, level: await levelOf(signature, file, options) });
  return levels;
}

/** The level of one signature of the file. */
export async function levelOf(
  signature: FileSignature,
  { document, timestamps }: Pick<FileSignatures, 'document' | 'timestamps'>,
  options: LevelOptions,
): Promise<PadesLevel | null> {
  if (!signature.certificate || !signature.isBaseline) return null;
  const later = timestamps.filter(({ end }) => end > signature.end);
  const subjects = subjectsOf(signature, later, options.now);
  if (subjects.length < 2) return 'B-B';
  if (!(await isProvable(subjects, document, options))) return 'B-T';
  for (const { revision } of later.toReversed()) {
    if (await isProvable(subjects, revision, options)) return 'B-LTA';
  }
  return 'B-LT';
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

/** Does the revision hold all that proves these chains? */
async function isProvable(
  subjects: readonly Subject[],
  revision: PdfDocument,
  options: LevelOptions,
): Promise<boolean> {
  try {
    const held = await readValidationStore(revision);
    return (await collectMaterial(subjects, { ...options, held })).complete;
  } catch (error) {
    const lacking = [
      'certificate_untrusted',
      'certificate_expired',
      'certificate_revoked',
      'pdf_broken',
      'pdf_limits',
    ] as const;
    if (isProblem(error, ...lacking)) return false;
    throw error;
  }
}
