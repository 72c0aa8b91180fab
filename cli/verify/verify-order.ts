import type { ValidationData } from '../../lib/pdf/validation-data.ts';
import { readRevocationList } from '../../lib/pki/crl.ts';
import { DerError } from '../../lib/pki/der.ts';
import { readOcspResponse } from '../../lib/pki/ocsp.ts';
import { decodePem } from '../../lib/pki/pem.ts';
import { systemClock } from '../../lib/platform/clock.ts';
import { readSavedVerdict, type SavedVerdict } from '../../lib/signatures/validation/saved-verdict.ts';
import { CommandProblem, EXIT } from '../command.ts';
import { bytesOf } from '../readable.ts';
import { revocationAt } from '../sign/authorities.ts';
import { timeOf } from '../time-option.ts';
import { trustIn } from '../trust-list-file.ts';

/** For `parseArgs`. */
export const VERIFY_OPTIONS = {
  trust: { type: 'string', multiple: true },
  'trust-signer': { type: 'string', multiple: true },
  revocation: { type: 'string', multiple: true },
  'allow-host': { type: 'string', multiple: true },
  at: { type: 'string' },
  repeat: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

interface Given {
  readonly trust?: string[] | undefined;
  readonly 'trust-signer'?: string[] | undefined;
  readonly revocation?: string[] | undefined;
  readonly 'allow-host'?: string[] | undefined;
  readonly at?: string | undefined;
  readonly repeat?: string | undefined;
}

/** Options of `verifyPdf` as the command line asks for them. @throws UsageError, CommandProblem `file_unreadable`, `report_unreadable` */
export async function verifyOrder(given: Given) {
  const earlier = given.repeat === undefined ? undefined : await readReport(given.repeat);
  const kept = await readMaterial(given.revocation ?? []);
  const hosts = given['allow-host'] ?? [];
  return {
    // A trusted list has to be in force now, whatever time is asked about.
    trust: await trustIn(given.trust ?? [], given['trust-signer'] ?? [], systemClock.now()),
    at: given.at === undefined ? (earlier?.at ?? systemClock.now()) : timeOf(given.at),
    material: earlier ? joined(earlier.material, kept) : kept,
    ...(hosts.length > 0 ? { revocation: revocationAt(hosts) } : {}),
  };
}

async function readReport(file: string): Promise<SavedVerdict> {
  const saved = readSavedVerdict(parsed((await bytesOf(file)).toString('utf8')));
  if (saved) return saved;
  throw new CommandProblem(
    'report_unreadable',
    { vi: `${file} không phải kết quả của verify --json.`, en: `${file} is not a result of verify --json.` },
    EXIT.usage,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Revocation lists (DER or PEM) and OCSP responses (DER), told apart by what they are. */
async function readMaterial(files: readonly string[]): Promise<ValidationData> {
  const ocsps: Uint8Array[] = [];
  const lists: Uint8Array[] = [];
  for (const file of files) {
    const bytes = await bytesOf(file);
    const inPem = decodePem('X509 CRL', bytes.toString('latin1'));
    if (inPem.length > 0) lists.push(...inPem);
    else if (reads(() => readRevocationList(bytes))) lists.push(bytes);
    else if (reads(() => readOcspResponse(bytes))) ocsps.push(bytes);
    else {
      throw new CommandProblem(
        'revocation_unreadable',
        {
          vi: `${file} không phải danh sách thu hồi hay câu trả lời OCSP.`,
          en: `${file} is neither a revocation list nor an OCSP answer.`,
        },
        EXIT.usage,
      );
    }
  }
  return { certificates: [], ocsps, lists };
}

function reads(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

function joined(a: ValidationData, b: ValidationData): ValidationData {
  return {
    certificates: [...a.certificates, ...b.certificates],
    ocsps: [...a.ocsps, ...b.ocsps],
    lists: [...a.lists, ...b.lists],
  };
}
