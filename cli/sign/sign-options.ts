import { extname } from 'node:path';
import type { CertificationLevel, FieldLock } from '../../lib/pdf/signature-permissions.ts';
import type { SigningHash } from '../../lib/pki/algorithms.ts';
import type { PadesLevel } from '../../lib/signatures/levels/pades-level.ts';
import type { Placing } from '../../lib/signing/appearance.ts';
import { UsageError } from '../command.ts';
import { KEY_OPTIONS } from '../signing-key.ts';

/** For `parseArgs`: a level, and whom it needs. */
export const LEVEL_OPTIONS = {
  level: { type: 'string' },
  tsa: { type: 'string', multiple: true },
  trust: { type: 'string', multiple: true },
  'allow-host': { type: 'string', multiple: true },
} as const;

/** For `parseArgs`: where the result goes, and how it is told. */
export const OUT_OPTIONS = {
  out: { type: 'string' },
  force: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** For `parseArgs`. */
export const SIGN_OPTIONS = {
  ...KEY_OPTIONS,
  ...LEVEL_OPTIONS,
  ...OUT_OPTIONS,
  visible: { type: 'boolean', default: false },
  place: { type: 'string' },
  anchor: { type: 'string' },
  occurrence: { type: 'string' },
  offset: { type: 'string' },
  field: { type: 'string' },
  look: { type: 'string' },
  image: { type: 'string' },
  title: { type: 'string', multiple: true },
  name: { type: 'string' },
  number: { type: 'string' },
  qr: { type: 'string' },
  reason: { type: 'string' },
  location: { type: 'string' },
  certify: { type: 'string' },
  lock: { type: 'string' },
  hash: { type: 'string' },
  pss: { type: 'boolean', default: false },
} as const;

/** `--place -1,…` as `parseArgs` understands it: a value that begins with a minus is written with `=`. */
export function withNegatives(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const name = joined.at(-1);
    const numeric = name === '--place' || name === '--offset' || name === '--occurrence';
    if (numeric && /^-[\d.]/.test(arg)) joined[joined.length - 1] = `${name}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

type Given = { readonly [Name in keyof typeof SIGN_OPTIONS]?: string | boolean | string[] | undefined };

const LOOKS = ['person', 'plain', 'agency', 'annex'] as const;

/** What the command line asks for, checked as far as can be without opening a file. */
export interface SignOrder {
  readonly level: PadesLevel;
  readonly tsa: readonly string[];
  /** PEM files. */
  readonly trust: readonly string[];
  readonly allow: readonly string[];
  readonly out: string;
  readonly force: boolean;
  /** Undefined: the signature does not show. */
  readonly look: (typeof LOOKS)[number] | undefined;
  readonly placing: Placing | undefined;
  readonly fieldName: string | undefined;
  readonly image: string | undefined;
  readonly title: readonly string[];
  readonly name: string | undefined;
  readonly number: string | undefined;
  readonly link: string | undefined;
  readonly reason: string | undefined;
  readonly location: string | undefined;
  readonly certify: CertificationLevel | undefined;
  readonly lock: FieldLock | undefined;
  readonly hash: SigningHash | undefined;
  readonly pss: boolean;
}

/** @throws UsageError */
export function signOrder(file: string, given: Given): SignOrder {
  const text = (name: keyof Given) => (typeof given[name] === 'string' ? given[name] : undefined);
  const list = (name: keyof Given) => (Array.isArray(given[name]) ? given[name] : []);
  const placing = placingOf(text);
  const shownBy = ['look', 'image', 'title', 'number', 'qr'] as const;
  const visible = given.visible === true || placing !== undefined || shownBy.some((name) => given[name] !== undefined);
  return {
    ...levelOrder(text('level') ?? 'b', { tsa: list('tsa'), trust: list('trust'), allow: list('allow-host') }, [
      'b',
      't',
      'lt',
      'lta',
    ]),
    out: text('out') ?? derivedName(file, 'signed'),
    force: given.force === true,
    look: visible ? (oneOf('look', text('look'), LOOKS) ?? 'person') : undefined,
    placing,
    fieldName: text('field'),
    image: text('image'),
    title: list('title'),
    name: text('name'),
    number: text('number'),
    link: text('qr'),
    reason: text('reason'),
    location: text('location'),
    certify: certificationOf(text('certify')),
    lock: lockOf(text('lock')),
    hash: oneOf('hash', text('hash'), ['sha256', 'sha384', 'sha512'] as const),
    pss: given.pss === true,
  };
}

const LEVELS = { b: 'B-B', t: 'B-T', lt: 'B-LT', lta: 'B-LTA' } as const satisfies Record<string, PadesLevel>;

/** What stands above B-B needs a timestamp service and roots that its certificate leads to. @throws UsageError */
export function levelOrder<Name extends keyof typeof LEVELS>(
  name: string,
  order: Pick<SignOrder, 'tsa' | 'trust' | 'allow'>,
  allowed: readonly Name[],
) {
  const short = oneOf('level', name, allowed);
  if (short === undefined) throw bad('level');
  if (short !== 'b' && (order.tsa.length === 0 || order.trust.length === 0)) {
    throw new UsageError('--level này cần --tsa URL và --trust PEM.', 'This --level needs --tsa URL and --trust PEM.');
  }
  if (order.tsa.some((url) => !/^https?:/.test(url) || !URL.canParse(url))) throw bad('tsa');
  return { level: LEVELS[short] as (typeof LEVELS)[Name], ...order };
}

/** `don.pdf` → `don-signed.pdf`. */
export function derivedName(file: string, what: string): string {
  const extension = extname(file);
  return `${file.slice(0, file.length - extension.length)}-${what}${extension}`;
}

function placingOf(text: (name: keyof Given) => string | undefined): Placing | undefined {
  const [place, anchor, field] = [text('place'), text('anchor'), text('field')];
  if (place !== undefined && anchor !== undefined) {
    throw new UsageError('Chọn một: --place hoặc --anchor.', 'Choose one of --place and --anchor.');
  }
  if (anchor === undefined && (text('occurrence') ?? text('offset')) !== undefined) {
    throw new UsageError('--occurrence và --offset đi với --anchor.', '--occurrence and --offset belong to --anchor.');
  }
  if (place !== undefined) {
    const [page, x, y, width, height] = numbers('place', place, 5) as [number, number, number, number, number];
    return { by: 'box', place: { page: pageIndex(page), box: { x, y, width, height } } };
  }
  if (anchor !== undefined) {
    if (anchor.trim() === '') throw new UsageError('--anchor rỗng.', '--anchor is empty.');
    const [occurrence = 1] = numbers('occurrence', text('occurrence') ?? '1', 1);
    if (!Number.isInteger(occurrence) || occurrence === 0) throw bad('occurrence');
    const [x = 0, y = 0] = numbers('offset', text('offset') ?? '0,0', 2);
    return { by: 'anchor', anchor: { text: anchor, occurrence, offset: { x, y } } };
  }
  return field === undefined ? undefined : { by: 'field', name: field };
}

/** People count pages from 1; -1 is the last. */
function pageIndex(page: number): number {
  if (!Number.isInteger(page) || page === 0) throw bad('place');
  return page > 0 ? page - 1 : page;
}

function numbers(name: string, value: string, count: number): number[] {
  const parts = value.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (parts.length !== count || parts.some((part) => !Number.isFinite(part))) throw bad(name);
  return parts;
}

function certificationOf(value: string | undefined): CertificationLevel | undefined {
  const level = oneOf('certify', value, ['1', '2', '3'] as const);
  return level === undefined ? undefined : (Number(level) as CertificationLevel);
}

/** `all`, `include:a,b`, `exclude:a,b`. */
function lockOf(value: string | undefined): FieldLock | undefined {
  if (value === undefined) return undefined;
  if (value === 'all') return { action: 'All', fields: [] };
  const [, action, list] = /^(include|exclude):(.+)$/s.exec(value) ?? [];
  const fields = (list ?? '').split(',').filter((field) => field !== '');
  if (action === undefined || fields.length === 0) throw bad('lock');
  return { action: action === 'include' ? 'Include' : 'Exclude', fields };
}

function oneOf<Value extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly Value[],
): Value | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw bad(name);
  return found;
}

function bad(name: string): UsageError {
  return new UsageError(`--${name}: giá trị không hợp lệ.`, `--${name}: the value is not understood.`);
}
