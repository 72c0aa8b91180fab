import { parseArgs } from 'node:util';
import { encodePem } from '../../lib/pki/pem.ts';
import { anchorsOf, type ListedAnchor } from '../../lib/pki/trust-list/list-anchors.ts';
import { type EpochMs, formatIso, systemClock } from '../../lib/platform/clock.ts';
import type { ApiClient } from '../client.ts';
import { type Command, CommandProblem, EXIT, type Terminal, UsageError } from '../command.ts';
import { printable } from '../printable.ts';
import { SERVICE_HELP, SERVICE_OPTIONS, serviceClient } from '../service.ts';
import { type TrustListFile, trustListIn } from '../trust-list-file.ts';

/** A trust anchor as the service has it. */
interface Anchor {
  readonly sha256: string;
  readonly name: string;
  readonly from: string;
  readonly until: string | null;
  readonly earlier: readonly { readonly from: string; readonly until: string }[];
  readonly certificate: string;
  readonly source?: Source | undefined;
}

interface Source {
  readonly list: string;
  readonly sequence: number;
  readonly sha256: string;
}

/** What becomes of an anchor: entered, dated anew, confirmed as it is, or ended because the list has it no more. */
interface Step {
  readonly kind: 'enter' | 'change' | 'confirm' | 'end';
  readonly anchor: Anchor;
}

interface Plan {
  readonly steps: readonly Step[];
  /** Listed, but no authorities: the service takes no others as anchors. */
  readonly leftOut: readonly ListedAnchor[];
}

const SIGN = { enter: '+', change: '~', confirm: '=', end: '-' } as const;

/** Trust anchors of the service from a trusted list (operators). */
export const trust: Command = {
  summary: {
    vi: 'Nhập danh sách tin cậy (ETSI TS 119 612) vào chứng thư gốc được tin cậy của dịch vụ (quản trị)',
    en: 'Enter a trusted list (ETSI TS 119 612) into the trust anchors of the service (operator)',
  },
  usage: ['trust import LIST.xml --signer CERT.pem [--dry-run] [--json] --api URL'],
  options: [
    [
      '--signer PEM',
      {
        vi: 'chứng thư của bên ký danh sách, lấy từ nguồn tin cậy; dùng được nhiều lần',
        en: "certificate of the list's signer, from a source you trust; may be given more than once",
      },
    ],
    ['--dry-run', { vi: 'chỉ cho xem những gì sẽ đổi', en: 'only show what would change' }],
    ...SERVICE_HELP,
  ],
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...SERVICE_OPTIONS,
        signer: { type: 'string', multiple: true },
        'dry-run': { type: 'boolean', default: false },
      },
    });
    const [verb, file, ...more] = positionals;
    if (verb !== 'import' || !file || more.length > 0) {
      throw new UsageError(
        'Dùng: trust import LIST.xml --signer CERT.pem.',
        'Use: trust import LIST.xml --signer CERT.pem.',
      );
    }
    const at = systemClock.now();
    const read = await trustListIn(file, values.signer ?? [], at);
    const client = await serviceClient(values, terminal);
    const plan = planOf(read, (await client.get<{ items: Anchor[] }>('/api/trust')).items, at);
    show(plan, read, values.json, terminal);
    if (!values['dry-run']) await carryOut(plan, client);
    return EXIT.done;
  },
};

function planOf({ list, sha256 }: TrustListFile, present: readonly Anchor[], at: EpochMs): Plan {
  const source: Source = {
    list: [list.territory, list.operator].filter(Boolean).join(': ').slice(0, 300),
    sequence: list.sequence,
    sha256,
  };
  const ofList = present.filter((anchor) => anchor.source?.list === source.list);
  const newest = Math.max(0, ...ofList.map((anchor) => anchor.source?.sequence ?? 0));
  if (newest > list.sequence) {
    throw new CommandProblem('trust_list_older', {
      vi: `Danh sách số ${list.sequence} cũ hơn danh sách đã nhập (số ${newest}).`,
      en: `List number ${list.sequence} is older than the one that was entered (number ${newest}).`,
    });
  }
  const listed = anchorsOf(list);
  const authorities = listed.filter(({ certificate }) => certificate.basicConstraints?.ca);
  const names = new Set(authorities.map((anchor) => anchor.sha256));
  const gone = ofList.filter((anchor) => !names.has(anchor.sha256) && holdsAfter(anchor, at));
  return {
    steps: [
      ...authorities.map((anchor) => stepFor(anchorFrom(anchor, source), present)),
      ...gone.map((anchor): Step => ({ kind: 'end', anchor: { ...anchor, until: formatIso(at), source } })),
    ],
    leftOut: listed.filter((anchor) => !names.has(anchor.sha256)),
  };
}

function anchorFrom({ sha256, certificate, provider, service, periods }: ListedAnchor, source: Source): Anchor {
  const last = periods.at(-1) ?? { from: 0, until: 0 };
  const iso = (at: EpochMs) => new Date(at).toISOString();
  return {
    sha256,
    name: certificate.subjectName.commonName ?? [provider, service].filter(Boolean).join(', '),
    from: iso(last.from),
    until: last.until === null ? null : iso(last.until),
    earlier: periods.slice(0, -1).map(({ from, until }) => ({ from: iso(from), until: iso(until ?? from) })),
    certificate: encodePem('CERTIFICATE', certificate.der),
    source,
  };
}

function stepFor(anchor: Anchor, present: readonly Anchor[]): Step {
  const before = present.find((item) => item.sha256 === anchor.sha256);
  if (!before) return { kind: 'enter', anchor };
  return { kind: datesOf(before) === datesOf(anchor) ? 'confirm' : 'change', anchor };
}

/** When it is trusted, to the second: the service shows no less. */
function datesOf({ from, until, earlier }: Anchor): string {
  const seconds = (time: string | null) => (time === null ? null : Math.floor(Date.parse(time) / 1000));
  return JSON.stringify([...earlier, { from, until }].map((item) => [seconds(item.from), seconds(item.until)]));
}

function holdsAfter({ until }: Anchor, at: EpochMs): boolean {
  return until === null || Date.parse(until) > at;
}

function show({ steps, leftOut }: Plan, { list }: TrustListFile, json: boolean, { print, tell }: Terminal): void {
  if (json) {
    print(
      JSON.stringify({
        ...{ operator: list.operator, territory: list.territory, sequence: list.sequence },
        steps: steps.map(({ kind, anchor: { certificate: _, ...facts } }) => ({ kind, ...facts })),
        leftOut: leftOut.map(({ sha256, provider, service }) => ({ sha256, provider, service })),
      }),
    );
    return;
  }
  print(printable(`${list.territory} ${list.operator}, ${list.sequence}, ${formatIso(list.issuedAt)}`));
  for (const { kind, anchor } of steps) {
    const times = [...anchor.earlier, anchor].map(({ from, until }) => `${from} – ${until ?? ''}`.trim());
    print(printable(`${SIGN[kind]} ${anchor.sha256.slice(0, 16)}  ${anchor.name}  ${times.join('; ')}`));
  }
  for (const { sha256, service } of leftOut) print(printable(`  ${sha256.slice(0, 16)}  ${service}`));
  tell('+ thêm, ~ đổi thời gian, = giữ nguyên, - hết tin cậy; không dấu: không phải CA, không nhập');
  tell('+ entered, ~ dated anew, = as it was, - no longer trusted; no sign: no CA, not entered');
}

/** One after the other: what was done before something fails stays done, and the same command does the rest. */
async function carryOut({ steps }: Plan, client: ApiClient): Promise<void> {
  for (const { anchor } of steps) {
    const { sha256, name: _, ...facts } = anchor;
    await client.put(`/api/trust/${sha256}`, facts);
  }
}
