import { parseArgs } from 'node:util';
import { openFileSource } from '../../lib/pdf/file-source.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import type { Verdict } from '../../lib/signatures/verdict.ts';
import { verifyPdf } from '../../lib/signatures/verify-pdf.ts';
import { type Command, EXIT, type Terminal, UsageError } from '../command.ts';
import { printable } from '../printable.ts';
import { readable } from '../readable.ts';
import { withProgress } from '../sign/progress.ts';
import { trustIn } from '../trust-list-file.ts';

/** Verifies the signatures of a PDF, here: no server, nothing sent. */
export const verify: Command = {
  summary: {
    vi: 'Kiểm tra chữ ký trên tệp PDF, ngay trên máy này; mã thoát 0 chỉ khi mọi chữ ký đều hợp lệ',
    en: 'Verify the signatures of a PDF, on this machine; exit code 0 only when every one is valid',
  },
  usage: [
    'verify FILE --trust ROOTS.pem [--trust MORE.pem] [--json]',
    'verify FILE --trust LIST.xml --trust-signer CERT.pem [--json]',
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
    ['--json', { vi: 'kết quả bằng JSON', en: 'the result as JSON' }],
  ],
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        trust: { type: 'string', multiple: true },
        'trust-signer': { type: 'string', multiple: true },
        json: { type: 'boolean', default: false },
      },
    });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) throw new UsageError('Cho biết một tệp.', 'Name one file.');
    const at = systemClock.now();
    const trust = await trustIn(values.trust ?? [], values['trust-signer'] ?? [], at);
    const source = await readable(file, () => openFileSource(file));
    try {
      const verdict = await verifyPdf(withProgress(source, terminal.show), { trust, at });
      terminal.show?.('');
      if (values.json) terminal.print(JSON.stringify(verdict));
      else show(verdict, terminal);
      return verdict.status === 'TOTAL_PASSED' ? EXIT.done : EXIT.refused;
    } finally {
      await source.close();
    }
  },
};

function show(verdict: Verdict, terminal: Terminal): void {
  terminal.print(verdict.status);
  for (const { vi, en, code } of verdict.reasons) terminal.print(`  ${code}: ${vi} | ${en}`);
  for (const { field, status, signer, claimedTime, coverage, reasons } of verdict.signatures) {
    const who = [signer?.name, signer?.organization].filter(Boolean).join(', ');
    const what = `${field}: ${status}  ${who}  ${claimedTime ?? ''}${coverage?.wholeFile ? '' : ' *'}`;
    terminal.print(`  ${printable(what)}`);
    for (const { vi, en, code } of reasons) terminal.print(`    ${code}: ${vi} | ${en}`);
  }
  terminal.print(`  SHA-256 ${verdict.file.sha256}`);
}
