import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type BundleReport, checkBundle } from '../../lib/bundles/check/check-bundle.ts';
import type { Finding } from '../../lib/bundles/check/findings.ts';
import { openFileSource } from '../../lib/pdf/file-source.ts';
import { formatIso, systemClock } from '../../lib/platform/clock.ts';
import type { ApiClient } from '../client.ts';
import { type Command, CommandProblem, EXIT, type Terminal, UsageError } from '../command.ts';
import { printable } from '../printable.ts';
import { certificatesIn, readable } from '../readable.ts';
import { SERVICE_HELP, SERVICE_OPTIONS, serviceClient } from '../service.ts';
import { forgetWhenStopped, move, notWritten, refuseExisting } from '../sign/write-appended.ts';
import { timeOf } from '../time-option.ts';

/** The evidence of a case: fetched from the service, or checked here without it. */
export const evidence: Command = {
  summary: {
    vi: 'Chứng cứ của một hồ sơ: kiểm tra gói chứng cứ ngay trên máy này, hoặc xuất từ dịch vụ',
    en: 'Evidence of a case: check a bundle on this machine, or export one from the service',
  },
  usage: [
    'evidence verify BUNDLE.zip --trust ROOTS.pem [--trust MORE.pem] [--at TIME] [--json]',
    'evidence export CASE --out BUNDLE.zip --api URL',
  ],
  options: [
    [
      '--trust PEM',
      {
        vi: 'chứng thư gốc được tin cậy, lấy từ nguồn khác ngoài gói; dùng được nhiều lần',
        en: 'trusted root certificates, from elsewhere than the bundle; may be given more than once',
      },
    ],
    ['--at TIME', { vi: 'kiểm tra như tại thời điểm này', en: 'verify as at this time' }],
    ['--out FILE', { vi: 'ghi gói vào tệp này', en: 'write the bundle to this file' }],
    ...SERVICE_HELP,
  ],
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...SERVICE_OPTIONS,
        trust: { type: 'string', multiple: true },
        at: { type: 'string' },
        out: { type: 'string' },
      },
    });
    const [verb, what, ...more] = positionals;
    if (verb === 'verify' && what && more.length === 0) return verify(what, values, terminal);
    if (verb === 'export' && what && more.length === 0) return exportCase(what, values, terminal);
    throw new UsageError(
      'Dùng: evidence verify BUNDLE.zip, hoặc evidence export CASE --out BUNDLE.zip.',
      'Say what to do: evidence verify BUNDLE.zip, or evidence export CASE --out BUNDLE.zip.',
    );
  },
};

interface Values {
  readonly api?: string | undefined;
  readonly 'token-file'?: string | undefined;
  readonly json: boolean;
  readonly trust?: string[] | undefined;
  readonly at?: string | undefined;
  readonly out?: string | undefined;
}

/** As of `verify`: what is not confirmed is neither. */
const EXIT_OF: Readonly<Record<BundleReport['status'], number>> = { intact: 0, altered: 1, unconfirmed: 2 };

async function verify(file: string, values: Values, terminal: Terminal): Promise<number> {
  const trust = (await certificatesIn(values.trust ?? [])).map((certificate) => ({
    certificate,
    from: 0,
    until: null,
  }));
  const source = await readable(file, () => openFileSource(file));
  try {
    const report = await checkBundle(source, {
      trust,
      at: values.at === undefined ? systemClock.now() : timeOf(values.at),
    });
    if (values.json) terminal.print(JSON.stringify(report));
    else show(report, terminal);
    return EXIT_OF[report.status];
  } finally {
    await source.close();
  }
}

const STATUS = {
  intact: 'nguyên vẹn | intact',
  unconfirmed: 'chưa xác nhận được hết | not all of it is confirmed',
  altered: 'đã bị thay đổi | altered',
} as const;

function show({ status, case: { code }, exportedAt, records, ...report }: BundleReport, { print }: Terminal): void {
  print(`${status.toUpperCase()}: ${STATUS[status]}`);
  print(printable(`  ${code}, ${formatIso(Date.parse(exportedAt))}`));
  for (const one of report.findings) print(printable(`  ${one.code}${placeOf(one)}: ${one.vi} | ${one.en}`));
  print(`  ${records} bản ghi | records`);
  for (const { day, records: under, timestamp } of report.roots) {
    const when = timestamp === null ? 'chưa xác nhận | not confirmed' : formatIso(timestamp);
    print(printable(`  ${day}: ${rangeOf(under)}  ${when}`));
  }
  for (const { path, status: verdict, sha256 } of report.documents)
    print(printable(`  ${path}: ${verdict}  ${sha256}`));
  if (report.withheld.length > 0) print(`  ${report.withheld.length} văn bản không có trong gói | documents left out`);
}

/** Which record, of what type, at which place in the list; or which file. */
function placeOf({ record, toRecord, place, event, path, detail }: Finding): string {
  const row = record === undefined ? '' : ` #${record}${toRecord === undefined ? '' : `–${toRecord}`}`;
  const about = [event, place === undefined ? undefined : `@${place}`, path, detail].filter(
    (part) => part !== undefined,
  );
  return about.length === 0 ? row : `${row} (${about.join(', ')})`;
}

function rangeOf(records: readonly number[]): string {
  const [first, last] = [records[0], records.at(-1)];
  return first === last ? `#${first}` : `#${first}–${last}`;
}

interface BundleAnswer {
  readonly bundleId: string;
  readonly state: 'requested' | 'ready';
  readonly withheld: number;
  readonly sha256?: string;
  readonly bytes?: number;
  readonly url?: string;
}

/** A bundle is made in seconds; large cases take minutes. */
const ASK_EVERY_MS = 1_000;
const PATIENCE_MS = 15 * 60_000;

async function exportCase(code: string, values: Values, terminal: Terminal): Promise<number> {
  const { out } = values;
  if (out === undefined) throw new UsageError('Thiếu --out FILE.', '--out FILE is missing.');
  await refuseExisting(out);
  const client = await serviceClient(values, terminal);
  const asked = await client.post<BundleAnswer>('/api/evidence-bundles', { code });
  const made = await whenReady(client, asked.bundleId);
  const sha256 = await fetchTo(out, made);
  if (values.json)
    terminal.print(JSON.stringify({ case: code, out, sha256, bytes: made.bytes, withheld: made.withheld }));
  else {
    terminal.print(`SHA-256 ${sha256}`);
    if (made.withheld > 0) terminal.tell(`${made.withheld} văn bản không được xem | documents you may not read`);
    terminal.tell(`ba-khong evidence verify ${out} --trust ROOTS.pem`);
  }
  return EXIT.done;
}

async function whenReady(client: ApiClient, id: string): Promise<BundleAnswer> {
  const until = systemClock.now() + PATIENCE_MS;
  for (;;) {
    const bundle = await client.get<BundleAnswer>(`/api/evidence-bundles/${id}`);
    if (bundle.state === 'ready') return bundle;
    if (systemClock.now() > until) {
      const text = { vi: 'Gói chứng cứ chưa xong; hãy thử lại sau.', en: 'The bundle is not ready; try again later.' };
      throw new CommandProblem('bundle_not_ready', text, EXIT.unavailable);
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}

/** Written under another name and moved when it is whole and what the service said it is; what is there already stays. */
async function fetchTo(out: string, { url, sha256 }: BundleAnswer): Promise<string> {
  const answer = await fetch(url ?? '');
  if (!answer.ok || !answer.body) throw notFetched();
  const partial = `${out}.partial`;
  const handle = await open(partial, 'wx').catch((cause: unknown) => {
    throw notWritten(partial, cause);
  });
  const forget = forgetWhenStopped(partial);
  try {
    const hash = createHash('sha256');
    for await (const chunk of answer.body) {
      hash.update(chunk);
      await handle.write(chunk);
    }
    await handle.sync();
    await handle.close();
    const found = hash.digest('hex');
    if (found !== sha256) throw notFetched();
    await move(partial, out, false);
    return found;
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(partial, { force: true });
    throw error;
  } finally {
    forget();
  }
}

function notFetched(): CommandProblem {
  const text = {
    vi: 'Không tải được gói chứng cứ, hoặc tải về không đúng mã băm.',
    en: 'The bundle could not be fetched, or what was fetched does not have its hash.',
  };
  return new CommandProblem('bundle_not_fetched', text, EXIT.unavailable);
}
