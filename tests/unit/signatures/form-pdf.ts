import { samplePdf, streamBody, type XrefKind } from '../pdf/sample-pdf.ts';

const FORM = '/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 5 0 R >> >>';
const look = (text: string, keys = FORM) => streamBody(`/Tx BMC BT /F1 12 Tf 2 5 Td (${text}) Tj ET EMC`, keys);
const widget = (rect: string, keys: string) =>
  `<< /Type /Annot /Subtype /Widget /P 3 0 R /F 4 /Rect [${rect}] ${keys} >>`;

/** Object numbers of the fields in `formPdf`. */
export const FIELDS = { name: 6, agree: 8, town: 11, fixed: 12, over: 13, under: 14, note: 15, radio: 16 } as const;

/**
 * A letter with a form: text fields empty (`name`) and filled (`fixed`, read-only), a checkbox, a list, two fields that lie
 * upon each other (`over`, `under`), a rich one (`note`) and a group of radio buttons.
 */
export function formPdf(catalog = '', kind: XrefKind = 'table'): Uint8Array {
  const all = Object.values(FIELDS).map((num) => `${num} 0 R`);
  const onPage = [...all.slice(0, -1), '17 0 R', '18 0 R'];
  return samplePdf({
    kind,
    catalog: `/AcroForm << /Fields [${all.join(' ')}] /DA (/F1 0 Tf 0 g) /DR << /Font << /F1 5 0 R >> >> >> /Metadata 19 0 R ${catalog}`,
    trailer: '/Info 20 0 R',
    page: `/Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [${onPage.join(' ')}]`,
    extra: [
      streamBody('BT /F1 24 Tf 72 760 Td (Don xin) Tj ET'),
      '<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>',
      widget('100 700 300 720', '/FT /Tx /T (name) /AP << /N 7 0 R >>'),
      look(''),
      widget('100 660 120 680', '/FT /Btn /T (agree) /V /Off /AS /Off /AP << /N << /Yes 9 0 R /Off 10 0 R >> >>'),
      look('x'),
      look(''),
      widget('100 620 300 640', '/FT /Ch /T (town) /Opt [(Thanh Hoa) (Nghe An)] /V (Thanh Hoa) /I [0]'),
      widget('100 580 300 600', '/FT /Tx /Ff 1 /T (fixed) /V (1 000 000) /AP << /N 7 0 R >>'),
      widget('100 540 300 560', '/FT /Tx /T (over)'),
      widget('100 542 300 562', '/FT /Tx /T (under)'),
      widget('100 500 300 520', '/FT /Tx /T (note) /V (first)'),
      '<< /FT /Btn /Ff 49152 /T (radio) /V /Off /Kids [17 0 R 18 0 R] >>',
      widget('100 460 120 480', '/Parent 16 0 R /AS /Off /AP << /N << /A 9 0 R /Off 10 0 R >> >>'),
      widget('140 460 160 480', '/Parent 16 0 R /AS /Off /AP << /N << /B 9 0 R /Off 10 0 R >> >>'),
      streamBody('<x:xmpmeta/>', '/Type /Metadata /Subtype /XML'),
      '<< /Producer (A) /ModDate (D:20250101) /Title (Don) >>',
    ],
  });
}
