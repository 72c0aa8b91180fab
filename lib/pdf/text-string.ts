import { bytesString, type PdfString } from './objects.ts';

/** Characters of PDFDocEncoding outside ASCII and Latin-1 (ISO 32000-2 annex D.3), from code 0x18 and 0x80. */
const LOW = '˘ˇˆ˙˝˛˚˜';
const HIGH = '•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\0€';

/** A text string object (§7.9.2.2): ASCII as it is, all else (Vietnamese above all) as UTF-16BE with its mark. */
export function textString(text: string): PdfString {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: line ends and tabs are text too
  if (/^[\x09\x0a\x0d\x20-\x7e]*$/.test(text)) return bytesString(Buffer.from(text, 'latin1'));
  const bytes = Buffer.alloc(2 + text.length * 2);
  bytes.writeUInt16BE(0xfeff, 0);
  for (let i = 0; i < text.length; i++) bytes.writeUInt16BE(text.charCodeAt(i), 2 + i * 2);
  return bytesString(bytes);
}

/** The text of a text string: UTF-16 (either order), UTF-8 with its mark, else PDFDocEncoding. */
export function decodeTextString({ bytes }: PdfString): string {
  const [a, b, c] = bytes;
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes.subarray(2));
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes.subarray(2));
  if (a === 0xef && b === 0xbb && c === 0xbf) return new TextDecoder('utf-8').decode(bytes.subarray(3));
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return /^[ -~]*$/.test(text) ? text : Array.from(bytes, pdfDocCharacter).join('');
}

function pdfDocCharacter(byte: number): string {
  if (byte >= 0x18 && byte < 0x20) return LOW[byte - 0x18] ?? '';
  if (byte >= 0x80 && byte <= 0xa0) return HIGH[byte - 0x80] ?? '';
  return String.fromCharCode(byte);
}

/** A date string (§7.9.4) in Vietnam's zone: `D:20250702083000+07'00'`. `instant` is epoch milliseconds. */
export function dateString(instant: number): PdfString {
  const local = new Date(instant + 7 * 3_600_000).toISOString();
  return textString(`D:${local.slice(0, 19).replace(/[-T:]/g, '')}+07'00'`);
}

/** Epoch milliseconds of a date string; undefined when it is malformed. Without a zone it is taken as UTC. */
export function parseDateString(text: string): number | undefined {
  const match =
    /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z(?:00'?(?:00'?)?)?|([+-])(\d\d)'?(?:(\d\d)'?)?)?$/.exec(text);
  if (!match) return undefined;
  const [
    ,
    year,
    month = '01',
    day = '01',
    hour = '00',
    minute = '00',
    second = '00',
    sign,
    zoneHour = '00',
    zoneMinute = '00',
  ] = match;
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(instant)) return undefined;
  const shift = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
  return sign === '-' ? instant + shift : instant - shift;
}
