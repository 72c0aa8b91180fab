import { parseArgs } from 'node:util';
import { appendedSource } from '../../lib/pdf/byte-source.ts';
import type { FileSource } from '../../lib/pdf/file-source.ts';
import { formatIso, systemClock } from '../../lib/platform/clock.ts';
import { type ExtendedPdf, extendPdf } from '../../lib/signatures/levels/extend-pdf.ts';
import type { Authorities } from '../../lib/signatures/levels/pades-level.ts';
import { renewalDue, renewTimestamp } from '../../lib/signatures/levels/renew-timestamp.ts';
import { trustedCertificates } from '../../lib/signatures/levels/trusted-certificates.ts';
import { type Command, CommandProblem, EXIT, type Terminal, UsageError } from '../command.ts';
import { printable } from '../printable.ts';
import { certificatesIn } from '../readable.ts';
import { appendToFile } from '../sign/append-to-file.ts';
import { anchorsOf, authoritiesFor } from '../sign/authorities.ts';
import { EXTEND_OPTIONS, type ExtendOrder, extendOrder } from '../sign/extend-options.ts';
import { notReached } from '../sign/not-reached.ts';
import { withProgress } from '../sign/progress.ts';
import { AUTHORITY_HELP, OUT_HELP } from '../sign/sign-help.ts';

/** Raises the signatures of a file to a level, or renews its last timestamp: here, with nobody's key. */
export const extend: Command = {
  summary: {
    vi: 'Nâng mức PAdES của các chữ ký đã có, hoặc gia hạn dấu thời gian cuối, ngay trên máy này; không cần khóa ký',
    en: 'Raise the PAdES level of the signatures that are there, or renew the last timestamp, on this machine; no key is needed',
  },
  usage: ['extend FILE --tsa URL --trust ROOTS.pem [--level lta|lt|t] [--out FILE] [--json]'],
  options: [
    [
      '--level t|lt|lta',
      {
        vi: 'mức cần đạt (lta); tệp đã ở mức lta thì gia hạn dấu thời gian cuối; không đạt được thì không ghi gì',
        en: 'level to reach (lta); of a file that is at lta the last timestamp is renewed; nothing is written when it is not reached',
      },
    ],
    ...AUTHORITY_HELP,
    ...OUT_HELP('TÊN-extended.pdf', 'NAME-extended.pdf'),
  ],
  async run(args, terminal) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: EXTEND_OPTIONS });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) throw new UsageError('Cho biết một tệp đã ký.', 'Name one signed file.');
    const order = extendOrder(file, values);
    report(
      await appendToFile({ file, ...order }, terminal, (source) => raised(source, order, terminal)),
      values.json,
      terminal,
    );
    return EXIT.done;
  },
};

async function raised(source: FileSource, order: ExtendOrder, terminal: Terminal) {
  const { level, tsa, allow } = order;
  const trust = await certificatesIn(order.trust);
  const now = systemClock.now();
  const named = await trustedCertificates(source, { trust: anchorsOf(trust), now });
  const authorities = authoritiesFor({ tsa, allow, trust }, named);
  const { renewed, ...result } = await extendOrRenew(source, order, authorities, terminal);
  if (result.because) throw notReached(result.because, result.wanted);
  if (result.tail.length === 0) {
    throw new CommandProblem('level_reached', {
      vi: `Mọi chữ ký đã ở mức ${level} trở lên; chưa ghi gì.`,
      en: `Every signature is at ${level} or above already; nothing was written.`,
    });
  }
  const provenUntil = await renewalDue(appendedSource(source, result.tail), 0);
  return {
    tail: result.tail,
    bytes: result.length,
    sha256: result.sha256,
    level: result.level,
    renewed,
    /** End of the certificate of the last document timestamp. */
    provenUntil: provenUntil === null ? null : formatIso(provenUntil),
  };
}

/** What is at B-LTA already has its last timestamp renewed. */
async function extendOrRenew(
  source: FileSource,
  { level }: ExtendOrder,
  authorities: Authorities,
  { show }: Terminal,
): Promise<ExtendedPdf & { readonly renewed: boolean }> {
  const extended = await extendPdf(withProgress(source, show), { to: level, authorities });
  if (level !== 'B-LTA' || extended.because || extended.tail.length > 0) return { ...extended, renewed: false };
  return { ...(await renewTimestamp(withProgress(source, show), authorities)), renewed: true };
}

type Outcome = Omit<Awaited<ReturnType<typeof raised>>, 'tail'> & { readonly file: string; readonly out: string };

function report(outcome: Outcome, json: boolean, terminal: Terminal): void {
  if (json) {
    terminal.print(JSON.stringify(outcome));
    return;
  }
  const { out, level, renewed, provenUntil, sha256 } = outcome;
  terminal.print(out);
  const what = renewed ? 'Đã gia hạn | renewed' : 'Đã nâng mức | extended';
  terminal.tell(printable(`${what}: PAdES ${level}${provenUntil === null ? '' : `, → ${provenUntil}`}`));
  terminal.tell(`SHA-256 ${sha256}`);
}
