import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inclusionPath, leafHash, provesInclusion, treeRoot } from '../../../lib/evidence/merkle-tree.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Leaves and roots of the reference tests of certificate-transparency (merkle_tree_test.cc; also in transparency-dev/merkle). */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const hashes = LEAVES.map((leaf) => leafHash(Buffer.from(leaf, 'hex')));

describe('a Merkle tree of RFC 9162', () => {
  it('has the roots of the reference implementation', () => {
    expect(hex(treeRoot([]))).toBe(createHash('sha256').digest('hex'));
    ROOTS.forEach((root, index) => {
      expect(hex(treeRoot(hashes.slice(0, index + 1)))).toBe(root);
    });
  });

  it('proves every leaf at its place, and no other leaf, place or root', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(69), fc.nat(69), (size, at, other) => {
        const leaves = Array.from({ length: size }, (_, n) => leafHash(Buffer.from(`leaf ${n}`)));
        const [index, wrong] = [at % size, other % size];
        const root = treeRoot(leaves);
        const path = inclusionPath(leaves, index);
        expect(provesInclusion({ index, size, path }, leaves[index]!, root)).toBe(true);
        if (wrong !== index) {
          expect(provesInclusion({ index, size, path }, leaves[wrong]!, root)).toBe(false);
          expect(provesInclusion({ index: wrong, size, path }, leaves[index]!, root)).toBe(false);
        }
        expect(provesInclusion({ index, size, path: [...path, root] }, leaves[index]!, root)).toBe(false);
        expect(provesInclusion({ index, size, path: path.slice(1) }, leaves[index]!, root)).toBe(size === 1);
        expect(provesInclusion({ index, size, path }, leaves[index]!, leafHash(root))).toBe(false);
      }),
    );
  });

  it('takes no place outside the tree', () => {
    for (const index of [-1, 8, 0.5, Number.NaN, 2 ** 53]) {
      expect(provesInclusion({ index, size: 8, path: [] }, hashes[0]!, treeRoot(hashes))).toBe(false);
    }
  });
});
