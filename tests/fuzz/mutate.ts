import { deflateSync, inflateSync } from 'node:zlib';
import type { Random } from './random.ts';

/** Changes a file in one place. `other` is another file, to splice from. Undefined: there is nothing of the kind in it. */
type Mutator = (file: Buffer, random: Random, other: Buffer) => Buffer | undefined;

const NUMBERS = [
  '0', '-1', '1', '2', '3', '255', '65535', '65536', '2147483647', '2147483648', '4294967295', '4294967296', '-2147483648',
  '9007199254740993', '99999999999999999999', '0.5', '-.0', '1e9', '00000000000', '+7',
]; // biome-ignore format: a list of values
const NAMES = [
  'Type', 'Catalog', 'Pages', 'Page', 'Kids', 'Count', 'Parent', 'Root', 'Prev', 'Size', 'XRefStm', 'Length', 'Filter', 'DecodeParms',
  'ObjStm', 'XRef', 'N', 'First', 'W', 'Index', 'Extends', 'AcroForm', 'Fields', 'FT', 'Sig', 'V', 'T', 'Annots', 'Contents', 'ByteRange',
  'SubFilter', 'Encrypt', 'Resources', 'Font', 'ToUnicode', 'Differences', 'Perms', 'DocMDP', 'Reference', 'Lock', 'DSS', 'XFA', 'Names',
  'OpenAction', 'JavaScript', 'MediaBox', 'Rotate', 'Inherit', 'Predictor', 'Columns', 'Colors', 'EmbeddedFiles', '#', '#00', 'A#20B',
]; // biome-ignore format: a list of values
const FILTERS = [
  '/FlateDecode', '/LZWDecode', '/ASCIIHexDecode', '/ASCII85Decode', '/RunLengthDecode', '/DCTDecode', '/Crypt', '[]', 'null', '7',
  '[/FlateDecode /FlateDecode]', `[${'/FlateDecode '.repeat(40)}]`, '[/ASCIIHexDecode /LZWDecode]', '[[/FlateDecode]]', '/Fl',
]; // biome-ignore format: a list of values

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

function replace(file: Buffer, start: number, end: number, by: Buffer): Buffer {
  return Buffer.concat([file.subarray(0, start), by, file.subarray(end)]);
}

/** Puts `text` in the place of a token; six times of seven so that no offset moves, where it is short enough. */
function putToken(file: Buffer, { start, text }: Token, by: string, random: Random): Buffer {
  const fits = by.length <= text.length && !random.chance(7);
  return replace(file, start, start + text.length, bytesOf(fits ? by.padEnd(text.length, ' ') : by));
}

interface Token {
  readonly start: number;
  readonly text: string;
}

const WINDOW = 4096;

/** A token that `pattern` finds near a random place; more often in the last part, where trailers are. */
function findToken(file: Buffer, pattern: RegExp, random: Random): Token | undefined {
  const from = random.chance(3) ? Math.max(0, file.length - WINDOW) : random.below(file.length);
  for (const start of [from, 0, Math.max(0, file.length - WINDOW)]) {
    const found = [...file.toString('latin1', start, start + WINDOW).matchAll(pattern)];
    if (found.length === 0) continue;
    const match = random.pick(found);
    const text = match[1] ?? match[0];
    return { start: start + match.index + match[0].indexOf(text), text };
  }
  return undefined;
}

const token =
  (pattern: RegExp, by: (random: Random, old: string, file: Buffer) => string): Mutator =>
  (file, random) => {
    const found = findToken(file, pattern, random);
    return found && putToken(file, found, by(random, found.text, file), random);
  };

function otherNumber(random: Random, old: string, file: Buffer): string {
  const value = Number.parseInt(old, 10) || 0;
  const near = [value - 1, value + 1, value * 2, -value, random.below(file.length), random.below(64), file.length];
  return random.chance(2)
    ? random.pick(NUMBERS)
    : String(random.pick(near)).padStart(random.chance(2) ? old.length : 0, '0');
}

function flip(file: Buffer, random: Random): Buffer {
  const copy = Buffer.from(file);
  for (let left = 1 + random.below(6); left > 0; left--) {
    const at = random.below(copy.length);
    copy[at] = random.chance(2) ? copy[at]! ^ (1 << random.below(8)) : random.below(256);
  }
  return copy;
}

function chunk(file: Buffer, random: Random): { start: number; end: number } {
  const start = random.below(file.length);
  const length = 1 + random.below(random.chance(4) ? 4096 : 64);
  return { start, end: Math.min(file.length, start + length) };
}

const splice: Mutator = (file, random, other) => {
  const { start, end } = chunk(file, random);
  const from = chunk(other, random);
  const kinds = [
    () => Buffer.alloc(0),
    () => Buffer.concat([file.subarray(start, end), file.subarray(start, end)]),
    () => other.subarray(from.start, from.end),
    () => Buffer.concat([other.subarray(from.start, from.end), file.subarray(start, end)]),
    () => Buffer.alloc(end - start, random.pick([0, 0x20, 0x30, 0xff])),
    () =>
      bytesOf(
        random.pick([
          '<<',
          '>>',
          '[',
          ']',
          '(',
          ')',
          '<',
          '%',
          'endobj ',
          'stream\n',
          'endstream\n',
          'R',
          ' 0 obj ',
          '[['.repeat(90),
          '<</A'.repeat(90),
        ]),
      ),
  ];
  return replace(file, start, random.chance(2) ? end : start, random.pick(kinds)());
};

const truncate: Mutator = (file, random) => {
  const ends = [...file.toString('latin1').matchAll(/%%EOF\r?\n?/g)].map((match) => match.index + match[0].length);
  if (ends.length > 1 && random.chance(2)) return file.subarray(0, random.pick(ends));
  return file.subarray(0, random.below(file.length));
};

/** Mutates what a compressed stream says and packs it again, into the same room where it fits. */
const insideStream: Mutator = (file, random) => {
  const found = findToken(file, /FlateDecode[\s\S]{0,200}?stream\r?\n/g, random);
  if (!found) return undefined;
  const start = found.start + found.text.length;
  const end = file.indexOf('endstream', start, 'latin1');
  if (end < 0 || end - start > 1 << 20) return undefined;
  let plain: Buffer;
  try {
    plain = inflateSync(file.subarray(start, end), { maxOutputLength: 1 << 20 });
  } catch {
    return undefined;
  }
  const changed = random.chance(2) ? flip(plain, random) : mutateText(plain, random);
  const packed = deflateSync(changed.length > 0 ? changed : Buffer.from(' '), { level: 9 });
  return replace(
    file,
    start,
    end,
    packed.length <= end - start ? Buffer.concat([packed, Buffer.alloc(end - start - packed.length, ' ')]) : packed,
  );
};

/** Appends a revision that gives an object another body: what an attacker does to a signed file. */
const appendRevision: Mutator = (file, random, other) => {
  const text = file.toString('latin1');
  const previous = /startxref\s{1,4}(\d{1,10})\s{1,4}%%EOF\s{0,4}$/.exec(text.slice(-1024))?.[1];
  const root = [...text.matchAll(/\/Root\s{1,4}(\d{1,9} \d{1,5} R)/g)].at(-1)?.[1];
  const objects = [...text.matchAll(/(?:^|[\r\n])(\d{1,9}) 0 obj/g)].map((match) => Number(match[1]));
  if (!previous || !root || objects.length === 0) return undefined;
  const num = random.chance(3) ? Math.max(...objects) + 1 : random.pick(objects);
  const body = objectBody(random.chance(2) ? file : other, random);
  const eol = text.endsWith('\n') ? '' : '\n';
  const offset = file.length + eol.length;
  const object = `${num} 0 obj\n${body}\nendobj\n`;
  const row = `${String(offset).padStart(10, '0')} 00000 ${random.chance(6) ? 'f' : 'n'} \n`;
  const trailer = `<< /Size ${Math.max(...objects, num) + 1} /Root ${root} /Prev ${previous} >>`;
  const tail = `${eol}${object}xref\n${num} 1\n${row}trailer\n${trailer}\nstartxref\n${offset + object.length}\n%%EOF\n`;
  return Buffer.concat([file, bytesOf(tail)]);
};

function objectBody(file: Buffer, random: Random): string {
  const bodies = [...file.toString('latin1').matchAll(/[\r\n]\d{1,9} 0 obj\s([\s\S]{1,2000}?)\sendobj/g)].map(
    (match) => match[1]!,
  );
  if (bodies.length === 0) return random.pick(['null', '[]', '<< >>', '<< /Type /Page >>', '7']);
  const body = bytesOf(random.pick(bodies));
  return (random.chance(2) ? mutateText(body, random) : body).toString('latin1');
}

/** Changes bits of the CMS in /Contents, which no signature covers. */
const insideContents: Mutator = (file, random) => {
  const found = findToken(file, /\/Contents\s*<([0-9A-Fa-f]{200,})/g, random);
  if (!found) return undefined;
  const used = Math.max(2, found.text.replace(/0+$/, '').length & ~1);
  const at = random.below(used) & ~1;
  const value = random.chance(2) ? random.below(256) : random.pick([0x00, 0x30, 0x31, 0x80, 0x84, 0xa0, 0xff]);
  return replace(file, found.start + at, found.start + at + 2, bytesOf(value.toString(16).padStart(2, '0')));
};

const TEXT_MUTATORS: readonly Mutator[] = [
  flip,
  token(/(?<![\d.])(-?\d+)(?![\d.])/g, otherNumber),
  token(/\/([A-Za-z0-9#.+-]+)/g, (random) => random.pick(NAMES)),
  token(/(\d+ \d+ R)\b/g, (random) => `${random.below(30)} ${random.chance(8) ? 1 : 0} R`),
  token(/\/Filter\s*(\/\w+|\[[^\]]{0,80}\])/g, (random) => random.pick(FILTERS)),
  token(/\/Length\s+(\d+)/g, otherNumber),
  splice,
];

const FILE_MUTATORS: readonly Mutator[] = [
  ...TEXT_MUTATORS,
  flip,
  token(
    /(?:^|[\r\n])(\d{10} \d{5} [nf])/g,
    (random, old, file) => `${String(random.below(file.length * 1.1)).padStart(10, '0')} ${old.slice(11)}`,
  ),
  token(/startxref\s+(\d+)/g, otherNumber),
  token(/\/Prev\s+(\d+)/g, otherNumber),
  token(/\/W\s*(\[[^\]]{0,40}\])/g, (random) => `[${random.below(9)} ${random.below(9)} ${random.below(9)}]`),
  token(/\/ByteRange\s*(\[[^\]]{0,80}\])/g, (random, old) =>
    old.replace(/\d+/g, (n) => (random.chance(2) ? otherNumber(random, n, Buffer.alloc(9999)) : n)),
  ),
  truncate,
  insideStream,
  insideStream,
  appendRevision,
  insideContents,
];

function mutateText(file: Buffer, random: Random): Buffer {
  return random.pick(TEXT_MUTATORS)(file, random, file) ?? flip(file, random);
}

/** One to four changes; what comes out is never the file itself. */
export function mutate(file: Buffer, random: Random, other: Buffer): Buffer {
  let current = file;
  for (let left = random.pick([1, 1, 1, 2, 2, 3, 4]); left > 0; left--) {
    if (current.length < 8) break;
    current = random.pick(FILE_MUTATORS)(current, random, other) ?? flip(current, random);
  }
  return current.equals(file) ? flip(file, random) : current;
}
