import { broken, overLimit } from './problems.ts';

/** LZWDecode (ISO 32000-2 §7.4.4): codes of 9 to 12 bits, 256 clears the table, 257 ends. */
export function decodeLzw(bytes: Uint8Array, earlyChange: boolean, room: number): Uint8Array {
  const out: number[] = [];
  const early = earlyChange ? 1 : 0;
  let table: number[][] = [];
  let previous: number[] | undefined;
  let width = 9;
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    held += 8;
    if (held < width) continue;
    held -= width;
    const code = bits >>> held;
    bits &= (1 << held) - 1;
    if (code === 257) break;
    if (code === 256) {
      table = [];
      previous = undefined;
      width = 9;
      continue;
    }
    const known = code < 256 ? [code] : table[code - 258];
    const entry: number[] | undefined =
      known ?? (previous && code === table.length + 258 ? [...previous, previous[0] ?? 0] : undefined);
    if (!entry) throw broken('LZW data is damaged');
    if (out.length + entry.length > room) throw overLimit('a stream inflates beyond the bound');
    for (const value of entry) out.push(value);
    if (previous && table.length < 4096 - 258) table.push([...previous, entry[0] ?? 0]);
    previous = entry;
    const next = table.length + 258 + early;
    width = next >= 2048 ? 12 : next >= 1024 ? 11 : next >= 512 ? 10 : 9;
  }
  return Uint8Array.from(out);
}
