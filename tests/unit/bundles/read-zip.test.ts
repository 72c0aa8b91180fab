import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readZip } from '../../../lib/bundles/zip/read-zip.ts';
import { memorySource, readAll } from '../../../lib/pdf/byte-source.ts';
import { pack, unpack } from '../../support/repack-bundle.ts';

const bytes = (text: string) => Buffer.from(text);
const MANIFEST = ['manifest.json', bytes('{}')] as const;
const good = () => pack(new Map([MANIFEST, ['a/b.txt', bytes('một')], ['c.txt', bytes('hai')]]));
const read = (zip: Uint8Array) => readZip(memorySource(zip));
const refused = (zip: Uint8Array) => expect(read(zip)).rejects.toThrow('bundle_malformed');
/** The archive with octets written over it. */
const over = (zip: Uint8Array, at: number, ...octets: number[]) => {
  const copy = Buffer.from(zip);
  copy.set(octets, at < 0 ? zip.length + at : at);
  return copy;
};
const central = (zip: Uint8Array) => Buffer.from(zip).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));

describe('a ZIP file', () => {
  it('of ours is read where it lies', async () => {
    const files = await read(await good());
    expect([...files.keys()].sort()).toEqual(['a/b.txt', 'c.txt', 'manifest.json']);
    expect(Buffer.from(await readAll(files.get('a/b.txt')!)).toString()).toBe('một');
    const large = new Uint8Array(3_000_000).fill(7);
    const unpacked = (await unpack(await pack(new Map([MANIFEST, ['large', large]] as const)))).get('large');
    expect(Buffer.compare(unpacked!, large)).toBe(0);
  });

  it.each(['../x', '/x', 'a/../x', 'a//x', './x', 'a\\x', 'C:x', 'x/', '', 'a\0b', '.hidden', 'ạ', 'x'.repeat(201)])(
    'with an entry named %j is refused',
    async (name) => {
      await refused(zipSync({ [name]: [bytes('x'), { level: 0 }] }));
    },
  );

  it('that is compressed is refused before anything is unpacked', async () => {
    await refused(zipSync({ x: [new Uint8Array(1_000_000), { level: 9 }] }));
  });

  it('with another count, size, method, flag, comment, disk or ZIP64 marks is refused', async () => {
    const zip = await good();
    const at = central(zip);
    for (const changed of [
      over(zip, -12, 4),
      over(zip, -12, 2),
      over(zip, -14, 4),
      over(zip, -10, 1),
      over(zip, -6, 0xff, 0xff, 0xff, 0xff),
      over(zip, -2, 1),
      over(zip, -18, 1),
      over(zip, at + 10, 8),
      over(zip, at + 8, 1),
      over(zip, at + 20, 1),
      over(zip, at + 24, 0xff, 0xff, 0xff, 0xff),
      over(zip, at + 32, 1),
      over(zip, at + 34, 1),
      over(zip, at + 42, 0xff, 0xff, 0xff, 0x7f),
      zip.subarray(0, -1),
      zip.subarray(1),
      Buffer.concat([zip, bytes(' ')]),
      Buffer.concat([bytes('%PDF-1.7 '), zip]),
      new Uint8Array(0),
    ]) {
      await refused(changed);
    }
  });

  it('whose entries overlap, have one name or two is refused', async () => {
    const zip = await good();
    const first = central(zip);
    const second = Buffer.from(zip).indexOf(Buffer.from([0x50, 0x4b, 1, 2]), first + 1);
    // Two entries of the directory lead to one place.
    await refused(over(zip, second + 42, ...zip.subarray(first + 42, first + 46)));
    const twice = await pack(new Map([MANIFEST, ['b', bytes('x')], ['c', bytes('y')]]));
    const name = Buffer.from(twice).lastIndexOf('c', twice.length - 22 - 46 - 13);
    await refused(over(twice, name, 'b'.charCodeAt(0)));
  });
});
