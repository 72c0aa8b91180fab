import type { ByteSource } from '../../pdf/byte-source.ts';
import type { HashName } from '../../pki/algorithms.ts';
import { equalBytes } from '../../pki/der.ts';
import { coveredDigests, type DigestRequest } from './covered-digests.ts';
import { openTimestamp } from './verify-document-timestamp.ts';
import { openSignature } from './verify-signed-data.ts';

const KEY = Buffer.from('/ByteRange', 'latin1');
/** Node looks for so few octets five times as fast as for one more. */
const FIRST = KEY.subarray(0, 6);
/** More than any form lists; the rest is not looked at. */
const MOST_PLACES = 1000;
const MOST_SIGNATURES = 100;
const LONGEST_GAP = 4 * 1024 * 1024;
/** How far a gap may have moved from where it should be, octets. */
const SHIFT = 8;

/** Finds every `/ByteRange` in the raw bytes of a file that is read chunk by chunk, in order. */
export class ByteRangeScanner {
  readonly places: number[] = [];
  #end = 0;
  /** The last octets of what came before: a key may begin in them. */
  #carry = Buffer.alloc(0);

  readonly push = (chunk: Uint8Array): void => {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const seam = Buffer.concat([this.#carry, bytes.subarray(0, KEY.length - 1)]);
    this.#find(seam, this.#end - this.#carry.length);
    this.#find(bytes, this.#end);
    this.#end += bytes.length;
    const last = bytes.length < KEY.length ? Buffer.concat([this.#carry, bytes]) : bytes;
    this.#carry = Buffer.from(last.subarray(Math.max(0, last.length - KEY.length + 1)));
  };

  #find(bytes: Buffer, start: number): void {
    for (
      let at = bytes.indexOf(FIRST);
      at >= 0 && this.places.length < MOST_PLACES;
      at = bytes.indexOf(FIRST, at + 1)
    ) {
      if (bytes.compare(KEY, 0, KEY.length, at, Math.min(at + KEY.length, bytes.length)) === 0)
        this.places.push(start + at);
    }
  }
}

export type UnlistedSignatures = 'none' | 'intact' | 'broken';

/**
 * Signatures and document timestamps that stand in the bytes of the file but not in its form: taken out of it later (then what they cover is
 * intact), or lost because bytes that they cover were damaged (then it is not). A byte range counts when a hex string
 * stands where its gap should be, give or take a few octets that came or went; so signed files that are embedded in this
 * one are not taken for its own signatures.
 *
 * @param listed where /Contents of those in the form begins
 */
export async function findUnlistedSignatures(
  source: ByteSource,
  places: readonly number[],
  listed: ReadonlySet<number>,
): Promise<UnlistedSignatures> {
  const found: Unlisted[] = [];
  const seen = new Set(listed);
  for (const place of places) {
    const range = await readRange(source, place);
    const unlisted = range && (await openGap(source, range, seen));
    if (unlisted && found.length < MOST_SIGNATURES) found.push(unlisted);
  }
  if (found.length === 0) return 'none';
  const digests = await coveredDigests(
    source,
    found.map(({ request }) => request),
  );
  const intact = found.every(({ stated }, index) => stated !== undefined && equalBytes(stated, digests[index]!));
  return intact ? 'intact' : 'broken';
}

interface Unlisted {
  readonly request: DigestRequest;
  /** The digest of the content that was signed. */
  readonly stated: Uint8Array | undefined;
}

interface Range {
  readonly gapStart: number;
  readonly gapEnd: number;
  readonly after: number;
}

async function readRange(source: ByteSource, place: number): Promise<Range | undefined> {
  const text = Buffer.from(await source.read(place, Math.min(160, source.length - place))).toString('latin1');
  // Some writers pad the numbers with zeros, which each of the four may have.
  const match = /^\/ByteRange\s*\[\s*0{1,20}\s+(\d{1,20})\s+(\d{1,20})\s+(\d{1,20})\s*\]/.exec(text);
  if (!match) return undefined;
  const [gapStart, gapEnd, after] = match.slice(1).map(Number) as [number, number, number];
  const sound = gapStart > SHIFT && gapStart < gapEnd && gapEnd - gapStart < LONGEST_GAP && gapEnd <= source.length;
  return sound ? { gapStart, gapEnd, after } : undefined;
}

/** The signature in the gap, unless it has been seen. Gaps do not overlap, so the file is read at most once here. */
async function openGap(source: ByteSource, range: Range, seen: Set<number>): Promise<Unlisted | undefined> {
  const { gapStart, gapEnd, after } = range;
  const start = gapStart - SHIFT;
  const near = Buffer.from(await source.read(start, 2 * SHIFT)).indexOf('<') + start;
  if (near < start || seen.has(near)) return undefined;
  seen.add(near);
  const length = Math.min(gapEnd - gapStart + SHIFT, source.length - near);
  const text = Buffer.from(await source.read(near, length)).toString('latin1');
  const match = /^<((?:[0-9A-Fa-f]{2})+)>/.exec(text);
  const found = match && statedDigest(Buffer.from(match[1]!, 'hex'));
  if (!found) return undefined;
  return { request: { hash: found.hash, head: gapStart, from: gapEnd, to: gapEnd + after }, stated: found.stated };
}

/** What the container of a signature or of a document timestamp says of the content; undefined when it is neither. */
function statedDigest(contents: Uint8Array): { hash: HashName; stated: Uint8Array | undefined } | undefined {
  const signature = openSignature(contents);
  if ('signerInfo' in signature)
    return { hash: signature.hash, stated: signature.signerInfo.signedAttributes?.messageDigest };
  const timestamp = openTimestamp(contents);
  if (!('info' in timestamp) || !timestamp.info.hash) return undefined;
  return { hash: timestamp.info.hash, stated: timestamp.info.imprint };
}
