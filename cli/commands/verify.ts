import { parseArgs } from 'node:util';
import { openFileSource } from '../../lib/pdf/file-source.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import type { Verdict } from '../../lib/signatures/verdict.ts';
import { verifyPdf } from '../../lib/signatures/verify-pdf.ts';
import { type Command, EXIT, type Terminal, UsageError } from '../command.ts';
import { printable } from '../printable.ts';
import { certificatesIn, readable } from '../readable.ts';
import { anchorsOf } from '../sign/authorities.ts';
import { withProgress } from '../sign/progress.ts';

/** Verifies the signatures of a PDF, here: no server, nothing sent. */
export const verify: Command = {
  summary: {
    vi: 'Kiểm tra chữ ký trên tệp PDF, ngay trên máy này; mã thoát 0 chỉ khi mọi chữ ký đều hợp lệ',
    en: 'Verify the signatures of a PDF, on this machine; exit code 0 only when every one is valid',
  },
  usage: ['verify FILE --trust ROOTS.pem [--trust MORE.pem] [--json]'],
  options: [
    [
      '--trust PEM',
      {
        vi: 'chứng thư gốc được tin cậy; dùng được nhiều lần',
        en: 'trusted root certificates; may be given more than once',
      },
    ],
    ['--json', { vi: 'kết quả bằng JSON', en: 'the result as JSON' }],
  ],
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { trust: { type: 'string', multiple: true }, json: { type: 'boolean', default: false } },
    });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) throw new UsageError('Cho biết một tệp.', 'Name one file.');
    const trust = await certificatesIn(values.trust ?? []);
    const source = await readable(file, () => openFileSource(file));
    try {
      const verdict = await verifyPdf(withProgress(source, terminal.show), {
        trust: anchorsOf(trust),
        at: systemClock.now(),
      });
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
