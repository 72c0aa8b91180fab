import { expect, test } from 'vitest';
import { parseCertificate, publicKeyOf } from '../../../lib/pki/certificate.ts';
import { RecentlyRead } from '../../../lib/pki/recently-read.ts';
import { createAuthority } from '../../support/pki/authority.ts';

test('equal bytes are read once; what cannot be read is tried each time', () => {
  let reads = 0;
  const read = (bytes: Uint8Array) => {
    reads += 1;
    if (bytes.length === 0) throw new RangeError('nothing');
    return { length: bytes.length };
  };
  const recent = new RecentlyRead<{ length: number }>();
  expect(recent.get(Uint8Array.of(1, 2), read)).toBe(recent.get(Uint8Array.of(9, 1, 2).subarray(1), read));
  expect(reads).toBe(1);
  expect(recent.get(Uint8Array.of(1, 3), read)).toEqual({ length: 2 });
  for (let n = 0; n < 2; n++) expect(() => recent.get(Uint8Array.of(), read)).toThrow(RangeError);
  expect(reads).toBe(4);
});

test('it holds no more than its bound, whatever it is asked, and no long piece', () => {
  const recent = new RecentlyRead<number>();
  let reads = 0;
  const read = () => (reads += 1);
  const first = Uint8Array.of(1, 1, 1);
  recent.get(first, read);
  for (let n = 0; n < 1000; n++) recent.get(Uint8Array.of(n & 255, n >> 8), read);
  recent.get(first, read);
  expect(reads).toBe(1002);
  const long = new Uint8Array(64 * 1024);
  recent.get(long, read);
  recent.get(long, read);
  expect(reads).toBe(1004);
});

test('what was read does not keep or follow the bytes that it was read from', () => {
  const { root } = createAuthority();
  const file = Buffer.concat([Buffer.alloc(100_000), root]);
  const certificate = parseCertificate(file.subarray(100_000));
  expect(certificate.der.buffer.byteLength).toBe(root.length);
  file.fill(0);
  expect(parseCertificate(root).der).toEqual(new Uint8Array(root));
  expect(publicKeyOf(parseCertificate(root))).toBe(publicKeyOf(certificate));
});
