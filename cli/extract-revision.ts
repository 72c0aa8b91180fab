import type { ByteSource } from '../lib/pdf/byte-source.ts';
import { chunksOf } from '../lib/pdf/byte-source.ts';
import { coveredRevision, hashedBytes } from '../lib/signatures/validation/covered-revision.ts';
import type { Coverage, Verdict } from '../lib/signatures/validation/verdict.ts';
import { type Command, CommandProblem, UsageError } from './command.ts';
import { refuseExisting, sameFile, writeChunks } from './sign/write-appended.ts';

/** Which signature's bytes are wanted, and where. */
interface ExtractOrder {
  readonly field: string;
  readonly out: string;
  /** The hashed octets instead of the revision. */
  readonly hashed: boolean;
  readonly force: boolean;
}

export const EXTRACT_OPTIONS = {
  extract: { type: 'string' },
  out: { type: 'string' },
  hashed: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
} as const;

export const EXTRACT_HELP: Command['options'] = [
  [
    '--extract FIELD',
    {
      vi: 'ghi ra tệp đúng như lúc chữ ký trong ô này được ký',
      en: 'write the file as it was when the signature in this field was made',
    },
  ],
  ['--out FILE', { vi: 'tệp để ghi', en: 'the file to write' }],
  [
    '--hashed',
    {
      vi: 'chỉ các byte đã được băm, không có chữ ký (cho openssl cms -content)',
      en: 'only the bytes that were hashed, without the signature (for openssl cms -content)',
    },
  ],
  ['--force', { vi: 'ghi đè tệp đã có', en: 'replace a file that is there' }],
];

interface ExtractValues {
  readonly extract?: string | undefined;
  readonly out?: string | undefined;
  readonly hashed?: boolean | undefined;
  readonly force?: boolean | undefined;
}

/** @returns undefined when nothing is to be written @throws UsageError, CommandProblem `file_exists` */
export async function extractOrder(file: string, values: ExtractValues): Promise<ExtractOrder | undefined> {
  const { extract: field, out, hashed = false, force = false } = values;
  if (field === undefined && out === undefined && !hashed && !force) return undefined;
  if (field === undefined || out === undefined) {
    throw new UsageError('--extract cần --out, và ngược lại.', '--extract needs --out, and the other way round.');
  }
  // A file that is not there is no other file either; opening it says so.
  if (await sameFile(file, out).catch(() => false)) {
    throw new UsageError('Không ghi lên chính tệp gốc.', 'What is extracted does not take the place of the original.');
  }
  if (!force) await refuseExisting(out);
  return { field, out, hashed, force };
}

/** @throws CommandProblem `field_unknown`, `revision_unknown`, `file_exists`, `file_not_written` */
export async function extractRevision(source: ByteSource, verdict: Verdict, order: ExtractOrder): Promise<void> {
  const coverage = coverageOf(verdict, order.field);
  const chunks = order.hashed ? hashedBytes(source, coverage) : chunksOf(coveredRevision(source, coverage));
  await writeChunks(order.out, order.force, chunks);
}

function coverageOf({ signatures }: Verdict, field: string): Coverage {
  const named = signatures.filter((signature) => signature.field === field);
  if (named.length !== 1) {
    throw new CommandProblem('field_unknown', {
      vi: `Không có đúng một chữ ký trong ô "${field}".`,
      en: `There is not exactly one signature in a field "${field}".`,
    });
  }
  const coverage = named[0]?.coverage;
  if (coverage) return coverage;
  throw new CommandProblem('revision_unknown', {
    vi: `Không xác định được chữ ký trong ô "${field}" bao trùm những gì.`,
    en: `What the signature in the field "${field}" covers cannot be told.`,
  });
}
