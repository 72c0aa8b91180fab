const JSON_TYPE = 'application/json';
const PDF_TYPE = 'application/pdf';

/** Whether an `Accept` field (RFC 9110 §12.5.1) would rather have a PDF than JSON; without a preference it is JSON. */
export function prefersPdf(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').slice(0, 20).map(readRange);
  return weightOf(PDF_TYPE, ranges) > weightOf(JSON_TYPE, ranges);
}

interface MediaRange {
  readonly type: string;
  readonly weight: number;
}

function readRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const weight = q === undefined ? 1 : /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(q) ? Number(q) : 0;
  return { type, weight };
}

/** Of the ranges that fit, the most specific one counts. */
function weightOf(type: string, ranges: readonly MediaRange[]): number {
  for (const fitting of [type, `${type.split('/', 1)[0]}/*`, '*/*']) {
    const found = ranges.find((range) => range.type === fitting);
    if (found) return found.weight;
  }
  return 0;
}
