/** Objects 1, 2, 3 … of any number with a cross-reference table; the first is the catalog. */
export function plainPdf(bodies: Iterable<string>, trailer = ''): Uint8Array {
  const parts: string[] = ['%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'];
  const rows: string[] = ['0000000000 65535 f \n'];
  let at = parts[0]!.length;
  for (const body of bodies) {
    const object = `${rows.length} 0 obj\n${body}\nendobj\n`;
    rows.push(`${String(at).padStart(10, '0')} 00000 n \n`);
    parts.push(object);
    at += object.length;
  }
  const end = `trailer\n<< /Size ${rows.length} /Root 1 0 R ${trailer} >>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.from([...parts, `xref\n0 ${rows.length}\n`, ...rows, end].join(''), 'latin1');
}

export const repeat = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const refs = (numbers: readonly number[]) => `[${numbers.map((num) => `${num} 0 R`).join(' ')}]`;

/** Number of the first field of a `manyFieldsPdf`. */
export const firstField = (pages = 1) => 3 + pages;

/** A form of so many text fields, on so many pages by turns. The pages are kids of one node, but the last two of several have one of their own. */
export function manyFieldsPdf(fields: number, pages = 1): Uint8Array {
  const first = firstField(pages);
  const numbers = repeat(fields, (index) => first + index);
  const lists = repeat(pages, (): number[] => []);
  for (const [index, num] of numbers.entries()) lists[index % pages]!.push(num);
  const rect = (index: number) => {
    const [x, y] = [(index % 50) * 10, Math.floor(index / 50) * 10];
    return `[${x} ${y} ${x + 8} ${y + 8}]`;
  };
  const node = first + fields;
  const kids = repeat(pages, (index) => 3 + index);
  const apart = pages > 2 ? kids.splice(-2, 2, node) : [];
  const parent = (page: number) => (apart.includes(3 + page) ? node : 2);
  return plainPdf([
    `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields ${refs(numbers)} >> >>`,
    `<< /Type /Pages /Kids ${refs(kids)} /Count ${pages} >>`,
    ...lists.map(
      (own, page) => `<< /Type /Page /Parent ${parent(page)} 0 R /MediaBox [0 0 595 842] /Annots ${refs(own)} >>`,
    ),
    ...numbers.map(
      (_, index) =>
        `<< /Type /Annot /Subtype /Widget /FT /Tx /T (f${index}) /P ${3 + (index % pages)} 0 R /Rect ${rect(index)} >>`,
    ),
    ...(apart.length > 0 ? [`<< /Type /Pages /Parent 2 0 R /Kids ${refs(apart)} /Count 2 >>`] : []),
  ]);
}
