import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const KB = 1000;

export interface BenchFile {
  readonly title: string;
  readonly path: string;
  readonly bytes: number;
}

/** Sizes are in decimal units: 1 MB is 1 000 000 bytes, about. */
const SIZES: readonly (readonly [string, number])[] = [
  ['100 KB', 100 * KB],
  ['1 MB', 1000 * KB],
  ['10 MB', 10_000 * KB],
  ['100 MB', 100_000 * KB],
  ['1 GB', 1_000_000 * KB],
];

/** The files of the bench, made once in `folder`: incompressible data in objects of up to 1 MB, and many small pages. */
export function benchFiles(folder: string, quick: boolean): BenchFile[] {
  mkdirSync(folder, { recursive: true });
  const sized = SIZES.filter(([, bytes]) => !quick || bytes <= 10_000 * KB).map(([title, bytes]) => {
    const path = join(folder, `${bytes / KB}-kb.pdf`);
    if (!existsSync(path)) writeDataPdf(path, bytes);
    return { title, path, bytes };
  });
  const pages = join(folder, '10000-pages.pdf');
  if (!existsSync(pages)) writePdf(pages, pageObjects());
  return [...sized, { title: '10 000 pages', path: pages, bytes: 0 }];
}

/** A PDF of about so many bytes, most of it incompressible. */
export function writeDataPdf(path: string, bytes: number): void {
  writePdf(path, dataObjects(bytes));
}

/** One page; its content and as many unseen streams as make up the size. */
function* dataObjects(bytes: number): Generator<readonly [number, Buffer]> {
  yield [1, Buffer.from('<< /Type /Catalog /Pages 2 0 R >>')];
  yield [2, Buffer.from('<< /Type /Pages /Kids [3 0 R] /Count 1 >>')];
  yield [3, Buffer.from('<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>')];
  yield [4, stream(Buffer.from('0 0 m 100 100 l S'))];
  const piece = Math.min(1000 * KB, bytes - 2 * KB);
  for (let num = 5, left = bytes - 2 * KB; left > 0; num++, left -= piece)
    yield [num, stream(randomBytes(Math.min(piece, left)))];
}

function stream(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`<< /Length ${data.length} >>\nstream\n`), data, Buffer.from('\nendstream')]);
}

/** 100 branches of 100 pages, each page with a content stream of its own. */
function* pageObjects(): Generator<readonly [number, Buffer]> {
  const branches = Array.from({ length: 100 }, (_, index) => 3 + index);
  const page = (branch: number, index: number) => 103 + 2 * (100 * branch + index);
  const kids = (numbers: readonly number[]) => `[${numbers.map((num) => `${num} 0 R`).join(' ')}]`;
  yield [1, Buffer.from('<< /Type /Catalog /Pages 2 0 R >>')];
  yield [2, Buffer.from(`<< /Type /Pages /Kids ${kids(branches)} /Count 10000 >>`)];
  for (const [branch, num] of branches.entries()) {
    const own = Array.from({ length: 100 }, (_, index) => page(branch, index));
    yield [num, Buffer.from(`<< /Type /Pages /Parent 2 0 R /Kids ${kids(own)} /Count 100 >>`)];
  }
  for (const [branch, parent] of branches.entries()) {
    for (let index = 0; index < 100; index++) {
      const num = page(branch, index);
      const keys = `/Type /Page /Parent ${parent} 0 R /MediaBox [0 0 595 842] /Resources << /ProcSet [/PDF] >>`;
      yield [num, Buffer.from(`<< ${keys} /Contents ${num + 1} 0 R >>`)];
      const content = Array.from({ length: 8 }, (_, line) => `${72 + line} ${80 * line + 60} m ${index + 400} 700 l S`);
      yield [num + 1, stream(Buffer.from(content.join('\n')))];
    }
  }
}

/** Writes objects 1, 2, 3 … with a cross-reference table. */
function writePdf(path: string, objects: Iterable<readonly [number, Buffer]>): void {
  const unfinished = `${path}.part`;
  const file = openSync(unfinished, 'w');
  const offsets: number[] = [];
  let at = 0;
  const put = (bytes: Buffer) => {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    at += bytes.length;
  };
  put(Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'));
  for (const [num, body] of objects) {
    offsets[num] = at;
    put(Buffer.concat([Buffer.from(`${num} 0 obj\n`), body, Buffer.from('\nendobj\n')]));
  }
  const start = at;
  const rows = offsets.slice(1).map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  put(Buffer.from(`xref\n0 ${offsets.length}\n0000000000 65535 f \n${rows.join('')}`));
  put(Buffer.from(`trailer\n<< /Size ${offsets.length} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`));
  closeSync(file);
  renameSync(unfinished, path);
}
