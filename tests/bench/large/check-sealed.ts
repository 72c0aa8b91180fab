import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { DemoLaptop } from '../../../cli/demo/laptop.ts';
import type { ByteSource } from '../../../lib/pdf/byte-source.ts';
import { readLevels } from '../../../lib/signatures/levels/read-levels.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import type { LargeDispatch } from './large-dispatch.ts';

interface Version {
  readonly n: number;
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * The document as it is downloaded: begins with the very bytes of the file at `path`, has the hash that its record says, and two
 * signatures that are valid and of the level that the stage wants.
 * @throws Error that says what does not hold
 */
export async function checkSealed(
  laptop: DemoLaptop,
  path: string,
  { documentId }: Pick<LargeDispatch, 'documentId'>,
): Promise<void> {
  const clerk = await laptop.as('provinceClerk');
  const { versions } = await clerk.get<{ versions: Version[] }>(`/api/documents/${documentId}`);
  const sealed = versions.at(-1);
  if (!sealed || versions.length !== 3) throw new Error(`It has ${versions.length} versions.`);
  const { url } = await clerk.get<{ url: string }>(`/api/documents/${documentId}/versions/${sealed.n}/content`);
  const original = await hashOf(createReadStream(path));
  const body = await fetch(url);
  const { start, whole } = await hashWithStart(body.body as AsyncIterable<Uint8Array>, statSync(path).size);
  if (start !== original) throw new Error('It does not begin with the bytes that were uploaded.');
  if (whole !== sealed.sha256) throw new Error('It has another hash than its record says.');

  const source = downloaded(url, sealed.bytes);
  const now = laptop.stack.clock.now();
  const trust = [{ certificate: laptop.authority.authority.rootCertificate, from: 0, until: null }];
  const verdict = await verifyPdf(source, { trust, at: now });
  const levels = (await readLevels(source, { trust, now })).map(({ level }) => level).join();
  if (verdict.status !== 'TOTAL_PASSED' || levels !== 'B-LTA,B-LTA') throw new Error(`${verdict.status}, ${levels}`);
}

/** What lies at an address, read by range. */
function downloaded(url: string, length: number): ByteSource {
  return {
    length,
    async read(offset, count) {
      if (count === 0) return new Uint8Array();
      const answer = await fetch(url, { headers: { range: `bytes=${offset}-${offset + count - 1}` } });
      if (answer.status !== 206) throw new Error(`The document could not be read: ${answer.status}`);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}

async function hashOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** SHA-256 of the first `length` bytes, and of all. */
async function hashWithStart(chunks: AsyncIterable<Uint8Array>, length: number) {
  const whole = createHash('sha256');
  let start = '';
  let read = 0;
  for await (const chunk of chunks) {
    const rest = length - read;
    whole.update(chunk.subarray(0, Math.max(0, rest)));
    if (start === '' && chunk.length >= rest) start = whole.copy().digest('hex');
    whole.update(chunk.subarray(Math.max(0, rest)));
    read += chunk.length;
  }
  return { start, whole: whole.digest('hex') };
}
