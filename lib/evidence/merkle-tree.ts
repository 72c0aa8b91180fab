import { createHash } from 'node:crypto';

// Merkle trees of RFC 9162 §2.1 (the same as RFC 6962 §2.1), with SHA-256. Leaves are bytes; hashes are 32 octets.

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** Hash of a leaf: SHA-256(0x00 ‖ leaf). */
export function leafHash(leaf: Uint8Array): Uint8Array {
  return sha256(LEAF, leaf);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right);
}

/** The largest power of two smaller than `size`, for sizes above 1. */
function split(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

/** MTH (§2.1.1) over the hashes of the leaves in order; of no leaves the hash of the empty string. */
export function treeRoot(hashes: readonly Uint8Array[]): Uint8Array {
  return rootOf(hashes, 0, hashes.length);
}

function rootOf(hashes: readonly Uint8Array[], from: number, size: number): Uint8Array {
  if (size === 0) return sha256();
  if (size === 1) return hashes[from]!;
  const half = split(size);
  return nodeHash(rootOf(hashes, from, half), rootOf(hashes, from + half, size - half));
}

/** PATH (§2.1.3.1): what leads from the leaf at `index` to the root, from the leaf up. */
export function inclusionPath(hashes: readonly Uint8Array[], index: number): Uint8Array[] {
  if (index < 0 || index >= hashes.length) throw new RangeError('no such leaf');
  const path: Uint8Array[] = [];
  let [from, size] = [0, hashes.length];
  while (size > 1) {
    const half = split(size);
    const onTheLeft = index - from < half;
    path.push(onTheLeft ? rootOf(hashes, from + half, size - half) : rootOf(hashes, from, half));
    if (!onTheLeft) from += half;
    size = onTheLeft ? half : size - half;
  }
  return path.reverse();
}

/** Whether the leaf hash stands at `index` in the tree of `size` leaves with that root (§2.1.3.2). */
export function provesInclusion(
  { index, size, path }: { readonly index: number; readonly size: number; readonly path: readonly Uint8Array[] },
  leaf: Uint8Array,
  root: Uint8Array,
): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let [node, last] = [index, size - 1];
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && Buffer.from(hash).equals(root);
}
