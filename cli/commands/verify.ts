import { parseArgs } from 'node:util';
import { openFileSource } from '../../lib/pdf/file-source.ts';
import type { Status } from '../../lib/signatures/validation/reasons.ts';
import { verifyPdf } from '../../lib/signatures/validation/verify-pdf.ts';
import { type Command, UsageError } from '../command.ts';
import { EXTRACT_HELP, EXTRACT_OPTIONS, extractOrder, extractRevision } from '../extract-revision.ts';
import { readable } from '../readable.ts';
import { withProgress } from '../sign/progress.ts';
import { showVerdict } from '../verify/show-verdict.ts';
import { VERIFY_OPTIONS, verifyOrder } from '../verify/verify-order.ts';

/** Doubt is neither: it ends as a command line that is not understood does, without an answer. */
const EXIT_OF: Readonly<Record<Status, number>> = { TOTAL_PASSED: 0, TOTAL_FAILED: 1, INDETERMINATE: 2 };

/** Verifies the signatures of a PDF, here: no server, nothing sent; nobody is asked unless a host is named. */
export const verify: Command = {
  summary: {
    vi: 'Kiểm tra chữ ký trên tệp PDF, ngay trên máy này; mã thoát 0: hợp lệ, 1: không hợp lệ, 2: chưa thể kết luận',
    en: 'Verify the signatures of a PDF, on this machine; exit code 0: valid, 1: not valid, 2: cannot be confirmed',
  },
  usage: [
    'verify FILE --trust ROOTS.pem [--trust MORE.pem] [--json]',
    'verify FILE --trust LIST.xml --trust-signer CERT.pem [--json]',
    'verify FILE --trust ROOTS.pem --repeat REPORT.json',
    'verify FILE … --extract FIELD --out REVISION.pdf [--hashed] [--force]',
  ],
  options: [
    [
      '--trust FILE',
      {
        vi: 'chứng thư gốc được tin cậy (PEM) hoặc danh sách tin cậy (ETSI TS 119 612); dùng được nhiều lần',
        en: 'trusted root certificates (PEM) or a trusted list (ETSI TS 119 612); may be given more than once',
      },
    ],
    [
      '--trust-signer PEM',
      { vi: 'chứng thư của bên ký danh sách tin cậy', en: 'certificate of whoever signed the trusted list' },
    ],
    [
      '--revocation FILE',
      {
        vi: 'danh sách thu hồi hoặc câu trả lời OCSP đã có; dùng được nhiều lần',
        en: 'a revocation list or an OCSP answer at hand; may be given more than once',
      },
    ],
    [
      '--allow-host HOST',
      {
        vi: 'máy chủ được phép hỏi về thu hồi; không có thì không hỏi ai',
        en: 'a host that may be asked about revocation; without it nobody is asked',
      },
    ],
    ['--at TIME', { vi: 'kiểm tra như tại thời điểm này', en: 'verify as at this time' }],
    [
      '--repeat REPORT',
      {
        vi: 'kiểm tra lại theo kết quả --json trước đây: cùng thời điểm, cùng các câu trả lời',
        en: 'verify again as an earlier --json result did: at its time, with the answers in it',
      },
    ],
    ['--json', { vi: 'kết quả bằng JSON', en: 'the result as JSON' }],
    ...EXTRACT_HELP,
  ],
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...VERIFY_OPTIONS, ...EXTRACT_OPTIONS },
    });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) throw new UsageError('Cho biết một tệp.', 'Name one file.');
    const order = await verifyOrder(values);
    const extract = await extractOrder(file, values);
    const source = await readable(file, () => openFileSource(file));
    try {
      const verdict = await verifyPdf(withProgress(source, terminal.show), order);
      terminal.show?.('');
      if (extract) await extractRevision(source, verdict, extract);
      if (values.json) terminal.print(JSON.stringify(verdict));
      else showVerdict(verdict, terminal);
      return EXIT_OF[verdict.status];
    } finally {
      await source.close();
    }
  },
};
