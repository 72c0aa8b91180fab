import { deflateSync } from 'node:zlib';

/** How a sample file keeps its cross-reference. */
export type XrefKind = 'table' | 'stream' | 'hybrid';

export interface SampleOptions {
  readonly kind?: XrefKind;
  /** Bodies of objects 4, 5 … (without `obj`/`endobj`). */
  readonly extra?: readonly string[];
  /** Keys added to the catalog, the page, the trailer. */
  readonly catalog?: string;
  readonly page?: string;
  readonly trailer?: string;
  readonly eol?: string;
  /** What stands after %%EOF. */
  readonly end?: string;
}

/** A small valid PDF of one page, with its cross-reference in the given form. Objects: 1 catalog, 2 pages, 3 page, 4… extra. */
export function samplePdf(options: SampleOptions = {}): Uint8Array {
  const eol = options.eol ?? '\n';
  const bodies = [
    `<< /Type /Catalog /Pages 2 0 R ${options.catalog ?? ''} >>`,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R ${(options.page ?? '').includes('/MediaBox') ? '' : '/MediaBox [0 0 595 842]'} ${options.page ?? ''} >>`,
    ...(options.extra ?? []),
  ];
  const kind = options.kind ?? 'table';
  const hidden = kind === 'table' ? 0 : bodies.length;
  const plain = kind === 'table' ? bodies : [];
  let text = `%PDF-1.7${eol}%\xe2\xe3\xcf\xd3${eol}`;
  const offsets: number[] = [];
  for (const [index, body] of plain.entries()) {
    offsets.push(text.length);
    text += `${index + 1} 0 obj${eol}${body}${eol}endobj${eol}`;
  }
  const trailer = `/Root 1 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] ${options.trailer ?? ''}`;
  const end = (start: number) => `startxref${eol}${start}${eol}%%EOF${options.end ?? eol}`;
  if (kind === 'table') {
    const start = text.length;
    text += `xref${eol}0 ${offsets.length + 1}${eol}${row(0, 65535, 'f')}${offsets.map((offset) => row(offset, 0, 'n')).join('')}`;
    text += `trailer${eol}<< /Size ${offsets.length + 1} ${trailer} >>${eol}${end(start)}`;
    return Buffer.from(text, 'latin1');
  }
  // Streams cannot be compressed objects: they stay outside the object stream.
  const outside = bodies.map((body) => /\bstream\b/.test(body));
  const objStm = hidden + 1;
  const xrefNum = hidden + 2;
  const rows: number[][] = [[0, 0, 65535]];
  const members: { num: number; body: string }[] = [];
  for (const [index, body] of bodies.entries()) {
    if (outside[index]) {
      rows.push([1, text.length, 0]);
      text += `${index + 1} 0 obj${eol}${body}${eol}endobj${eol}`;
    } else {
      rows.push([2, objStm, members.length]);
      members.push({ num: index + 1, body });
    }
  }
  let at = 0;
  const header = members
    .map(({ num, body }) => {
      const pair = `${num} ${at}`;
      at += body.length + 1;
      return pair;
    })
    .join(' ');
  const content = `${header} ${members.map(({ body }) => body).join(' ')}`;
  rows.push([1, text.length, 0]);
  const packed = deflateSync(Buffer.from(content, 'latin1')).toString('latin1');
  text += `${objStm} 0 obj${eol}<< /Type /ObjStm /N ${members.length} /First ${header.length + 1} /Filter /FlateDecode /Length ${packed.length} >>${eol}stream\n${packed}${eol}endstream${eol}endobj${eol}`;
  const start = text.length;
  rows.push([1, start, 0]);
  const table = Buffer.concat(
    rows.map(([type = 0, second = 0, third = 0]) =>
      Buffer.from([type, second >> 24, second >> 16, second >> 8, second, third >> 8, third]),
    ),
  );
  const bytes = table.toString('latin1');
  text += `${xrefNum} 0 obj${eol}<< /Type /XRef /Size ${xrefNum + 1} /W [1 4 2] /Length ${bytes.length} ${trailer} >>${eol}stream\n${bytes}${eol}endstream${eol}endobj${eol}`;
  if (kind === 'stream') return Buffer.from(text + end(start), 'latin1');
  const second = text.length;
  text += `xref${eol}0 1${eol}${row(0, 65535, 'f')}trailer${eol}<< /Size ${xrefNum + 1} /XRefStm ${start} ${trailer} >>${eol}${end(second)}`;
  return Buffer.from(text, 'latin1');
}

function row(offset: number, gen: number, type: string): string {
  return `${String(offset).padStart(10, '0')} ${String(gen).padStart(5, '0')} ${type}\r\n`;
}

/** A stream object's body. */
export function streamBody(data: string, keys = ''): string {
  return `<< /Length ${data.length} ${keys} >>\nstream\n${data}\nendstream`;
}
