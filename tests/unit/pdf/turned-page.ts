import { samplePdf, streamBody } from './sample-pdf.ts';

/** `m` of ISO 32000-2 §8.3.3 that makes content upright on an A4 page whose /Rotate is given. */
const UPRIGHT = { 0: '1 0 0 1 0 0', 90: '0 1 -1 0 595 0', 180: '-1 0 0 -1 595 842', 270: '0 -1 1 0 0 842' } as const;

/**
 * An A4 page that is turned, with lines of text upright at places as a reader sees them, in a font whose glyphs are all half
 * as wide as they are high. Letters beyond ASCII are spelt by a ToUnicode map.
 */
export function turnedPage(
  rotate: 0 | 90 | 180 | 270,
  lines: readonly { readonly text: string; readonly x: number; readonly y: number; readonly size?: number }[],
): Uint8Array {
  const letters = [...new Set(lines.flatMap(({ text }) => [...text]))];
  const code = (letter: string) => letters.indexOf(letter) + 1;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const shown = lines.map(({ text, x, y, size = 12 }) => {
    const codes = [...text].map((letter) => hex(code(letter), 2)).join('');
    return `BT /F ${size} Tf ${x} ${y} Td <${codes}> Tj ET`;
  });
  const map = letters.map(
    (letter) => `<${hex(code(letter), 2)}> <${Buffer.from(letter, 'utf16le').swap16().toString('hex')}>`,
  );
  const cmap = `1 begincodespacerange <00> <ff> endcodespacerange\n${map.length} beginbfchar\n${map.join('\n')}\nendbfchar`;
  const widths = letters.map(() => 500).join(' ');
  return samplePdf({
    page: `/Rotate ${rotate} /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >>`,
    extra: [
      streamBody(`q ${UPRIGHT[rotate]} cm\n${shown.join('\n')}\nQ`),
      `<< /Type /Font /Subtype /Type1 /BaseFont /Half /FirstChar 1 /LastChar ${letters.length} /Widths [${widths}] /ToUnicode 6 0 R >>`,
      streamBody(cmap),
    ],
  });
}
