/** JFIF's own segment and Adobe's, which says how the colours are kept; both are needed to show the picture right. */
const NEEDED_APP: ReadonlySet<number> = new Set([0xe0, 0xee]);
const COMMENT = 0xfe;
const START_OF_SCAN = 0xda;

/**
 * The same picture without what cameras and programs write beside it (Exif, XMP, IPTC, comments): place, device and names are
 * nobody's business. Segments are taken to be whole (`imageFacts`).
 */
export function bareJpeg(bytes: Uint8Array): Uint8Array {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept: Buffer[] = [view.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= view.length) {
    const marker = view[at + 1] ?? 0;
    if (marker === START_OF_SCAN) break;
    // A marker may be preceded by any number of fill bytes.
    const end = marker === 0xff ? at + 1 : at + 2 + view.readUInt16BE(at + 2);
    const baggage = marker === COMMENT || (marker >= 0xe0 && marker <= 0xef && !NEEDED_APP.has(marker));
    if (!baggage && marker !== 0xff) kept.push(view.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...kept, view.subarray(at)]);
}
