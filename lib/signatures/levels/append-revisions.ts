import { createHash } from 'node:crypto';
import { fillContents, type PreparedSignature, prepareSignature, signedTail } from '../../pdf/prepare-signature.ts';
import { appendValidationStore } from '../../pdf/validation-data.ts';
import type { TimestampPort } from '../../pki/timestamp-client.ts';
import type { GrowingFile } from './growing-file.ts';
import type { Material } from './validation-material.ts';

/** A document timestamp that was just appended. */
export interface AppendedTimestamp {
  readonly token: Uint8Array;
  readonly key: string;
}

/**
 * A document timestamp over all of the file as its next revision (ISO 32000-2 §12.8.5, EN 319 142-1 §5.4.3).
 * @throws ProblemError `timestamp_unavailable`, `timestamp_invalid`; `pdf_signature_room` for a token larger than the authority's
 *   largest; `pdf_*`
 */
export async function appendTimestamp(file: GrowingFile, timestamps: TimestampPort): Promise<AppendedTimestamp> {
  const document = await file.open();
  const contentsBytes = timestamps.largestToken;
  const prepared = await prepareSignature(document, { subFilter: 'ETSI.RFC3161', contentsBytes });
  const token = await timestamps.stamp(file.digestWith(signedTail(prepared)));
  file.append(fillContents(prepared, token));
  return { token, key: contentsKey(paddedContents(prepared, token)) };
}

/** The material as a revision of its own. Nothing is appended when there is none. */
export async function appendMaterial(file: GrowingFile, { additions }: Material): Promise<void> {
  if (additions.size === 0) return;
  file.append(await appendValidationStore(await file.open(), { entries: additions }));
}

/** How the entries of /VRI are named: upper-case hex SHA-1 over the decoded /Contents, padding and all (ISO 32000-2 table 262). */
export function contentsKey(contents: Uint8Array): string {
  return createHash('sha1').update(contents).digest('hex').toUpperCase();
}

/** /Contents as it stands in the file once `der` is in it. */
export function paddedContents({ contentsBytes }: PreparedSignature, der: Uint8Array): Uint8Array {
  const contents = new Uint8Array(contentsBytes);
  contents.set(der);
  return contents;
}
