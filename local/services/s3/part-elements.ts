import { checksumElement } from './checksums.ts';
import type { StoredChecksum } from './version-record.ts';
import { type Element, element } from './xml.ts';

/** `<ChecksumCRC32>…</ChecksumCRC32><ChecksumType>…</ChecksumType>` of a version. */
export function checksumElements(checksum: StoredChecksum | undefined, parts?: number): Element[] {
  if (!checksum) return [];
  const suffix = checksum.type === 'COMPOSITE' && parts !== undefined ? `-${parts}` : '';
  return [
    element(checksumElement(checksum.algorithm), checksum.value + suffix),
    element('ChecksumType', checksum.type),
  ];
}
