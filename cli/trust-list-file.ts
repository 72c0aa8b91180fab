import { createHash } from 'node:crypto';
import type { TrustAnchor } from '../lib/pki/certificate-path.ts';
import { decodePem } from '../lib/pki/pem.ts';
import { anchorsOf, trustAnchorsOf } from '../lib/pki/trust-list/list-anchors.ts';
import { readTrustList, type TrustList } from '../lib/pki/trust-list/read-trust-list.ts';
import type { EpochMs } from '../lib/platform/clock.ts';
import { isProblem } from '../lib/platform/errors.ts';
import { UsageError } from './command.ts';
import { bytesOf, certificatesIn } from './readable.ts';

export interface TrustListFile {
  readonly list: TrustList;
  /** Of the file, hex. */
  readonly sha256: string;
}

/**
 * A trusted list (ETSI TS 119 612), signed by one of the certificates that its publisher is known by: lists name the next one before
 * it is used.
 * @throws ProblemError `trust_list_*`, CommandProblem `file_unreadable`, UsageError
 */
export async function trustListIn(file: string, signerFiles: readonly string[], at: EpochMs): Promise<TrustListFile> {
  return read(await bytesOf(file), await signersIn(signerFiles), at);
}

/** Anchors in PEM files, trusted at any time, and in trusted lists, when the list says. @throws as `trustListIn` */
export async function trustIn(
  files: readonly string[],
  signerFiles: readonly string[],
  at: EpochMs,
): Promise<TrustAnchor[]> {
  const found: TrustAnchor[] = [];
  for (const file of files) {
    const bytes = await bytesOf(file);
    if (/^(\uFEFF)?\s*</.test(bytes.subarray(0, 100).toString('utf8'))) {
      found.push(...trustAnchorsOf(anchorsOf(read(bytes, await signersIn(signerFiles), at).list)));
    } else {
      const certificates = decodePem('CERTIFICATE', bytes.toString('latin1'));
      found.push(...certificates.map((certificate) => ({ certificate, from: 0, until: null })));
    }
  }
  return found;
}

async function signersIn(files: readonly string[]): Promise<Uint8Array[]> {
  const signers = await certificatesIn(files);
  if (signers.length > 0) return signers;
  throw new UsageError(
    'Danh sách tin cậy cần chứng thư của bên ký danh sách (PEM).',
    'A trusted list needs the certificate of its signer (PEM).',
  );
}

function read(bytes: Uint8Array, signers: readonly Uint8Array[], at: EpochMs): TrustListFile {
  let refusal: unknown;
  for (const signer of signers) {
    try {
      return { list: readTrustList(bytes, signer, at), sha256: createHash('sha256').update(bytes).digest('hex') };
    } catch (error) {
      if (!isProblem(error, 'trust_list_signature')) throw error;
      refusal = error;
    }
  }
  throw refusal;
}
