import type { ByteSource } from '../../pdf/byte-source.ts';
import { ProblemError } from '../../platform/errors.ts';

// ZIP files as `writeZip` makes them (APPNOTE.TXT 6.3.10, PKWARE): nothing compressed or encrypted, no ZIP64, no comments, nothing
// before, between or after. What is read is a stranger's: nothing is unpacked, so nothing can grow; entries are parts of the file that
// do not overlap, under names that cannot lead anywhere.

const END = { signature: 0x06054b50, length: 22 };
const CENTRAL = { signature: 0x02014b50, length: 46 };
const LOCAL = { signature: 0x04034b50, length: 30 };

const MOST_ENTRIES = 20_000;
const MOST_DIRECTORY_BYTES = 8 * 1024 * 1024;
const LONGEST_NAME = 200;
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** A data descriptor follows (bit 3); names are UTF-8 (bit 11). */
const FLAGS_ALLOWED = 0x0808;

interface Entry {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * The files of a ZIP file by name, each read where it lies.
 * @throws ProblemError `bundle_malformed`; what `source.read` throws
 */
export async function readZip(source: ByteSource): Promise<Map<string, ByteSource>> {
  const { count, start, size } = await readEnd(source);
  const entries = readDirectory(await source.read(start, size), count);
  const files = new Map<string, ByteSource>();
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (entry.offset < end) throw malformed('entries overlap');
    const data = await readLocal(source, entry, start);
    end = data + entry.bytes;
    if (end > start) throw malformed('an entry reaches beyond the entries');
    if (files.has(entry.name)) throw malformed('two entries have one name');
    files.set(entry.name, partOf(source, data, entry.bytes));
  }
  return files;
}

async function readEnd(source: ByteSource): Promise<{ count: number; start: number; size: number }> {
  if (source.length < END.length || source.length >= 2 ** 32) throw malformed('its size');
  const end = view(await source.read(source.length - END.length, END.length));
  const [count, size, start] = [end.getUint16(10, true), end.getUint32(12, true), end.getUint32(16, true)];
  const sound =
    end.getUint32(0, true) === END.signature &&
    end.getUint32(4, true) === 0 &&
    end.getUint16(8, true) === count &&
    end.getUint16(20, true) === 0 &&
    start + size === source.length - END.length;
  if (!sound) throw malformed('its end');
  if (count > MOST_ENTRIES || size > MOST_DIRECTORY_BYTES) throw malformed('too many entries');
  return { count, start, size };
}

function readDirectory(bytes: Uint8Array, count: number): Entry[] {
  const directory = view(bytes);
  const entries: Entry[] = [];
  let at = 0;
  for (let n = 0; n < count; n++) {
    if (at + CENTRAL.length > bytes.length || directory.getUint32(at, true) !== CENTRAL.signature) {
      throw malformed('its directory');
    }
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => directory.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ];
    const [packed, size] = [directory.getUint32(at + 20, true), directory.getUint32(at + 24, true)];
    if ((directory.getUint16(at + 8, true) & ~FLAGS_ALLOWED) !== 0)
      throw malformed('an entry is encrypted or of another kind');
    if (directory.getUint16(at + 10, true) !== 0 || packed !== size) throw malformed('an entry is compressed');
    if (comment !== 0 || directory.getUint16(at + 34, true) !== 0) throw malformed('its directory');
    const nameAt = at + CENTRAL.length;
    entries.push({
      name: nameOf(bytes.subarray(nameAt, nameAt + nameLength), nameLength),
      offset: directory.getUint32(at + 42, true),
      bytes: size,
    });
    at = nameAt + nameLength + extra;
  }
  if (at !== bytes.length) throw malformed('its directory');
  return entries;
}

function nameOf(bytes: Uint8Array, length: number): string {
  const name = Buffer.from(bytes).toString('latin1');
  if (bytes.length !== length || length > LONGEST_NAME || !NAME.test(name)) throw malformed('the name of an entry');
  return name;
}

/** @returns where the data of the entry begins */
async function readLocal(source: ByteSource, { name, offset }: Entry, limit: number): Promise<number> {
  if (offset + LOCAL.length > limit) throw malformed('an entry lies outside');
  const header = view(await source.read(offset, LOCAL.length));
  const nameLength = header.getUint16(26, true);
  const data = offset + LOCAL.length + nameLength + header.getUint16(28, true);
  const sound =
    header.getUint32(0, true) === LOCAL.signature && header.getUint16(8, true) === 0 && nameLength === name.length;
  if (!sound || data > limit) throw malformed('an entry');
  const own = Buffer.from(await source.read(offset + LOCAL.length, nameLength)).toString('latin1');
  if (own !== name) throw malformed('an entry has two names');
  return data;
}

function partOf(source: ByteSource, start: number, length: number): ByteSource {
  return { length, read: (offset, count) => source.read(start + offset, count) };
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function malformed(what: string): ProblemError {
  return new ProblemError('bundle_malformed', { detail: `ZIP: ${what}.` });
}
