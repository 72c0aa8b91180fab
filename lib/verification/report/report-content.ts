import { formatStamp, localDate } from '../../platform/clock.ts';
import { documentTypeAt } from '../../registers/document-types.ts';
import type { IssuedView } from '../issued-view.ts';
import type { SignatureView } from '../signature-view.ts';
import { verificationLink } from '../verification-link.ts';
import type { VerificationView } from '../verification-view.ts';
import { ADDED, KIND, LABELS, STANDING, STATUS, WHAT } from './report-words.ts';

/** A text in Vietnamese and, beside or below it, in English. */
export interface BothLanguages {
  readonly vi: string;
  readonly en: string;
}

export type Tone = 'good' | 'doubtful' | 'bad';

/** A line of the report: what it is, and what stands there in one language or both. */
export interface ReportRow {
  readonly label: BothLanguages;
  readonly values: readonly (string | BothLanguages)[];
}

export interface ReportCard {
  readonly heading: string;
  readonly status: BothLanguages;
  readonly tone: Tone;
  readonly rows: readonly ReportRow[];
}

/** Everything that a report says, before it is laid out. */
export interface ReportContent {
  readonly tone: Tone;
  readonly conclusion: BothLanguages;
  readonly summary: BothLanguages;
  readonly file: readonly ReportRow[];
  readonly issued: readonly ReportRow[];
  readonly signatures: readonly ReportCard[];
  readonly made: readonly ReportRow[];
  /** Address of the page that tells what was issued, for a QR code. */
  readonly link: string | undefined;
}

export interface ReportMaker {
  /** Name of the unit whose seal the report bears. */
  readonly name: string;
  readonly portalUrl: string;
}

/** What the report says of a verdict: the same facts as its JSON, in words. */
export function reportContent(view: VerificationView, maker: ReportMaker): ReportContent {
  const { issued } = view;
  return {
    tone: view.genuine ? 'good' : issued && issued.standing !== 'in-force' ? 'bad' : toneOf(view),
    conclusion: view.conclusion,
    summary: summaryOf(view),
    file: fileRows(view),
    issued: issued ? issuedRows(issued) : [row('issued', NOT_ISSUED)],
    signatures: view.signatures.map((signature, index) => card(signature, index + 1)),
    made: madeRows(view, maker),
    link: issued && verificationLink(maker.portalUrl, issued.code),
  };
}

const NOT_ISSUED = {
  vi: 'Không có văn bản nào được phát hành tại đây với đúng những byte này.',
  en: 'No document with exactly these bytes was issued here.',
};

/** Valid signatures on what was not issued here deserve no green: who signed is for the reader to judge. */
function toneOf({ status }: VerificationView): Tone {
  return status === 'TOTAL_FAILED' ? 'bad' : 'doubtful';
}

const SIGNATURE_TONE = { TOTAL_PASSED: 'good', INDETERMINATE: 'doubtful', TOTAL_FAILED: 'bad' } as const;

function summaryOf({ signatures }: VerificationView): BothLanguages {
  const count = (status: SignatureView['status']) => signatures.filter((one) => one.status === status).length;
  const [good, doubtful, bad] = [count('TOTAL_PASSED'), count('INDETERMINATE'), count('TOTAL_FAILED')];
  return {
    vi: `Chữ ký: ${signatures.length} (hợp lệ ${good}, chưa đủ cơ sở ${doubtful}, không hợp lệ ${bad}).`,
    en: `Signatures: ${signatures.length} (valid ${good}, not confirmed ${doubtful}, not valid ${bad}).`,
  };
}

function fileRows({ file, reasons }: VerificationView): ReportRow[] {
  return [
    row('sha256', file.sha256),
    row('bytes', { vi: `${grouped(file.bytes, '.')} byte`, en: `${grouped(file.bytes, ',')} bytes` }),
    ...(reasons.length > 0 ? [row('remarks', ...inWords(reasons))] : []),
  ];
}

function issuedRows(issued: IssuedView): ReportRow[] {
  const at = Date.parse(issued.issuedAt);
  const type = issued.type === undefined ? undefined : documentTypeAt(issued.type, localDate(at));
  return [
    row('standing', STANDING[issued.standing]),
    row('what', WHAT[issued.what], ...(type ? [{ vi: type.vi, en: type.en }] : [])),
    ...(issued.number === undefined ? [] : [row('number', issued.number)]),
    row('issuedAt', formatStamp(at)),
    row('unit', `${short(issued.unit.name)} (${issued.unit.code})`),
    ...issued.signers.map((signer) =>
      row(
        'official',
        short([signer.name, signer.title].filter(Boolean).join(', ')),
        formatStamp(Date.parse(signer.at)),
      ),
    ),
    row('code', issued.code),
  ];
}

function card(signature: SignatureView, number: number): ReportCard {
  const { status, signer, issuer, certificate, claimedTime, algorithm, reasons, changedAfter } = signature;
  const unknown = { vi: 'Không đọc được', en: 'Cannot be read' };
  return {
    heading: `${number}. ${KIND[signature.kind].vi} · ${KIND[signature.kind].en}`,
    status: STATUS[status],
    tone: SIGNATURE_TONE[status],
    rows: [
      row('signer', signer?.name ? short(signer.name) : unknown),
      ...(signer?.title ? [row('title', short(signer.title))] : []),
      ...(signer?.organization ? [row('organization', short(signer.organization))] : []),
      row('reasons', ...(reasons.length > 0 ? inWords(reasons) : [signature.conclusion])),
      row('claimedTime', claimedTime === null ? NOT_GIVEN : formatStamp(Date.parse(claimedTime)), ONLY_CLAIMED),
      ...(signature.provenTime === null
        ? []
        : [
            row(
              'provenTime',
              formatStamp(Date.parse(signature.provenTime)),
              PROVEN_BY[signature.provenBy ?? 'document_timestamp'],
            ),
          ]),
      ...(signature.attack ? [row('attack', signature.attack)] : []),
      ...(signature.level === null ? [] : [row('level', `PAdES ${signature.level}`)]),
      row('changedAfter', ...changesOf(signature, changedAfter)),
      row(
        'issuer',
        [issuer?.name, issuer?.organization]
          .filter(Boolean)
          .map((text) => short(text ?? ''))
          .join(', ') || unknown,
      ),
      ...(certificate ? [row('certificate', certificate.sha256, validity(certificate))] : []),
      row('reliedOn', ...reliedOn(signature)),
      ...(algorithm ? [row('algorithm', `${algorithm.scheme}, ${algorithm.hash}, ${algorithm.keyBits} bit`)] : []),
      row('field', short(signature.field, 80)),
    ],
  };
}

const PROVEN_BY = {
  signature_timestamp: { vi: 'Theo dấu thời gian trong chữ ký.', en: 'By the timestamp inside the signature.' },
  document_timestamp: { vi: 'Theo dấu thời gian của tài liệu.', en: 'By a timestamp over the document.' },
} as const;
const NOT_GIVEN = { vi: 'Không ghi', en: 'Not given' };
const ONLY_CLAIMED = {
  vi: 'Do phần mềm của người ký khai; tự nó không chứng minh được.',
  en: 'As the signer’s software claims it; it proves nothing by itself.',
};

function validity({ notBefore, notAfter }: NonNullable<SignatureView['certificate']>): BothLanguages {
  const [from, until] = [formatStamp(Date.parse(notBefore)), formatStamp(Date.parse(notAfter))];
  return { vi: `Hiệu lực từ ${from} đến ${until}`, en: `In force from ${from} to ${until}` };
}

/** On what the verdict stands. */
function reliedOn({ path, revocation, timestamps }: SignatureView): (string | BothLanguages)[] {
  const root = path.at(-1);
  const chain =
    root === undefined
      ? [{ vi: 'Không có chuỗi chứng thư đến gốc được tin cậy.', en: 'No chain to a trusted root.' }]
      : [
          {
            vi: `Chuỗi ${path.length} chứng thư đến gốc được tin cậy:`,
            en: `A chain of ${path.length} certificates up to the trusted root:`,
          },
          root,
        ];
  const stamps = timestamps.map(({ status, time, authority }) => {
    const who = [authority?.name, time === null ? undefined : formatStamp(Date.parse(time))].filter(Boolean).join(', ');
    return {
      vi: `Dấu thời gian ${STATUS[status].vi}: ${short(who)}`,
      en: `Timestamp ${STATUS[status].en}: ${short(who)}`,
    };
  });
  return [...chain, ...revocationWords(revocation), ...stamps];
}

/** What is known of revocation, the state that most depends on first. */
function revocationWords(revocation: SignatureView['revocation']): BothLanguages[] {
  const count = (status: SignatureView['revocation'][number]['status']) =>
    revocation.filter((one) => one.status === status).length;
  const asked = revocation.length - count('not_needed');
  if (asked === 0) return [];
  return [
    {
      vi: `Thu hồi: đã xem ${asked} chứng thư (còn tốt ${count('good')}, đã thu hồi ${count('revoked')}, chưa biết ${count('unknown')}).`,
      en: `Revocation: ${asked} certificates (good ${count('good')}, revoked ${count('revoked')}, not known ${count('unknown')}).`,
    },
  ];
}

function changesOf({ coversWholeFile }: SignatureView, changes: SignatureView['changedAfter']): BothLanguages[] {
  if (coversWholeFile) return [{ vi: 'Không có gì được thêm sau khi ký.', en: 'Nothing was added after it.' }];
  if (changes.length === 0) return [{ vi: 'Không xác định được.', en: 'It cannot be told.' }];
  const alike = Map.groupBy(changes, ({ added, reasons }) => `${added} ${reasons.length === 0}`);
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const fields = group.flatMap((change) => change.fields.map((field) => short(field, 40)));
    const where = fields.length > 0 ? ` (${short(fields.join(', '))})` : group.length > 1 ? ` (×${group.length})` : '';
    const { vi, en } = ADDED[first.added];
    const allowed = first.reasons.length === 0;
    return [
      {
        vi: `${vi}${where}: ${allowed ? 'được phép' : 'không được phép'}.`,
        en: `${en}${where}: ${allowed ? 'allowed' : 'not allowed'}.`,
      },
    ];
  });
}

function madeRows({ validatedAt, algorithmPolicy }: VerificationView, { name, portalUrl }: ReportMaker): ReportRow[] {
  return [
    row('validatedAt', formatStamp(Date.parse(validatedAt))),
    row('by', short(name), portalUrl),
    row('rules', {
      vi: `EN 319 102-1; chính sách thuật toán ${algorithmPolicy}; danh sách tin cậy của dịch vụ tại thời điểm kiểm tra.`,
      en: `EN 319 102-1; algorithm policy ${algorithmPolicy}; the service’s trust list as of that time.`,
    }),
  ];
}

/** As many as a reader takes in; the JSON report has all. */
const MOST = 12;

/** Each reason once, however often it occurs. */
function inWords(reasons: SignatureView['reasons']): BothLanguages[] {
  const byCode = [...Map.groupBy(reasons, ({ code }) => code).values()];
  const shown = byCode.slice(0, MOST).flatMap(([first, ...more]) => {
    if (!first) return [];
    const times = more.length > 0 ? ` (×${more.length + 1})` : '';
    return [{ vi: `${first.vi}${times}`, en: `${first.en}${times}` }];
  });
  return [...shown, ...andMore(byCode.length - MOST)];
}

function andMore(count: number): BothLanguages[] {
  return count > 0 ? [{ vi: `Và ${count} mục khác.`, en: `And ${count} more.` }] : [];
}

function row(label: keyof typeof LABELS, ...values: readonly (string | BothLanguages)[]): ReportRow {
  return { label: LABELS[label], values };
}

/** Names come from files of strangers: a report stays readable whatever stands there. */
function short(text: string, most = 300): string {
  return text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text;
}

function grouped(count: number, separator: string): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, separator);
}
