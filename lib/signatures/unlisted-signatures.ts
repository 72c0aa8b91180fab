import type { ByteSource } from '../pdf/byte-source.ts';
import { equalBytes } from '../pki/der.ts';
import { coveredDigests } from './covered-digests.ts';
import { type OpenedSignature, openSignature } from './verify-signed-data.ts';

const KEY = Buffer.from('/ByteRange', 'latin1');
/** More than any form lists; the rest is not looked at. */
const MOST_PLACES = 1000;
const MOST_SIGNATURES = 100;
const LONGEST_GAP = 4 * 1024 * 1024;

/** Finds every `/ByteRange` in the raw bytes of a file that is read chunk by chunk, in order. */
export class ByteRangeScanner {
  readonly places: number[] = [];
  #end = 0;
  #carry: Uint8Array = new Uint8Array();

  readonly push = (chunk: Uint8Array): void => {
    const window = Buffer.concat([this.#carry, chunk]);
    const start = this.#end - this.#carry.length;
    for (let at = window.indexOf(KEY); at >= 0 && this.places.length < MOST_PLACES; at = window.indexOf(KEY, at + 1)) {
      this.places.push(start + at);
    }
    this.#end += chunk.length;
    this.#carry = window.subarray(Math.max(0, window.length - KEY.length + 1));
  };
}

export type UnlistedSignatures = 'none' | 'intact' | 'broken';

/**
 * Signatures that stand in the bytes of the file but not in its form: taken out of it later (then what they cover is
 * intact), or lost because bytes that they cover were damaged (then it is not). A byte range counts when it leaves out a
 * hex string just where it says, so that signed files embedded in this one are not taken for its own signatures.
 *
 * @param listed where the gaps of the signatures in the form begin
 */
export async function findUnlistedSignatures(
  source: ByteSource,
  places: readonly number[],
  listed: ReadonlySet<number>,
): Promise<UnlistedSignatures> {
  const seen = new Set(listed);
  const found: { readonly opened: OpenedSignature; readonly range: Range }[] = [];
  for (const place of places) {
    const range = await readRange(source, place);
    if (!range || seen.has(range.gapStart) || seen.size > MOST_SIGNATURES) continue;
    seen.add(range.gapStart);
    const opened = await openGap(source, range);
    if (opened) found.push({ opened, range });
  }
  if (found.length === 0) return 'none';
  const requests = found.map(({ opened, range: { gapStart, gapEnd, after } }) => {
    return { hash: opened.hash, head: gapStart, from: gapEnd, to: gapEnd + after };
  });
  const digests = await coveredDigests(source, requests);
  const intact = found.every(({ opened }, index) => {
    const stated = opened.signerInfo.signedAttributes?.messageDigest;
    return stated !== undefined && equalBytes(stated, digests[index]!);
  });
  return intact ? 'intact' : 'broken';
}

interface Range {
  readonly gapStart: number;
  readonly gapEnd: number;
  readonly after: number;
}

async function readRange(source: ByteSource, place: number): Promise<Range | undefined> {
  const text = Buffer.from(await source.read(place, Math.min(160, source.length - place))).toString('latin1');
  const match = /^\/ByteRange\s*\[\s*0\s+(\d{1,15})\s+(\d{1,15})\s+(\d{1,15})\s*\]/.exec(text);
  if (!match) return undefined;
  const [gapStart, gapEnd, after] = match.slice(1).map(Number) as [number, number, number];
  const sound = gapStart < gapEnd && gapEnd - gapStart < LONGEST_GAP && gapEnd + after <= source.length + KEY.length;
  return sound ? { gapStart, gapEnd, after } : undefined;
}

async function openGap(source: ByteSource, { gapStart, gapEnd }: Range): Promise<OpenedSignature | undefined> {
  if (gapEnd > source.length) return undefined;
  const text = Buffer.from(await source.read(gapStart, gapEnd - gapStart)).toString('latin1');
  const match = /^<((?:[0-9A-Fa-f]{2})+)>$/.exec(text);
  const opened = match ? openSignature(Buffer.from(match[1]!, 'hex')) : undefined;
  return opened && 'signerInfo' in opened ? opened : undefined;
}
