import { memorySource } from '../../../lib/pdf/byte-source.ts';
import type { ValidationData } from '../../../lib/pdf/validation-data.ts';
import type { TrustAnchor } from '../../../lib/pki/certificate-path.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import type { Authorities } from '../../../lib/signatures/levels/pades-level.ts';
import type { Verdict } from '../../../lib/signatures/validation/verdict.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { NOW } from '../../support/pki/authority.ts';
import { openDevelopmentAuthority } from '../../support/pki/development-authority.ts';
import { letterPdf, signed, VISIBLE } from '../../support/pki/signing.ts';
import { trustInFile } from '../../support/pki/trust-in-file.ts';
import { corpusFiles } from '../pdf/corpus.ts';

/** A stretch of a file, from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A signed file that is passed as it stands, and what is covered by a signature in it. */
export interface Subject {
  readonly name: string;
  readonly bytes: Buffer;
  /** The two parts that the widest signature or timestamp covers. */
  readonly covered: readonly [Span, Span];
  /** The /Contents of the others: covered too, by the widest. */
  readonly inside: readonly Span[];
  verify(file: Uint8Array): Promise<Verdict>;
}

/** Who signs, stamps and answers in the tests of what is changed and added, and whom the verdicts trust. */
export interface SigningWorld {
  readonly leader: Signer;
  readonly seal: Signer;
  readonly authorities: Authorities;
  verify(file: Uint8Array): Promise<Verdict>;
  close(): Promise<void>;
}

/**
 * How often a property is tried, and the time for it. `PROPERTY_RUNS=20 npx vitest run --project unit tests/unit/signatures` asks for
 * twenty times as many; what fails prints the seed and the path that repeat it.
 */
export function propertyRuns(usual: number): { readonly numRuns: number; readonly timeout: number } {
  const numRuns = Math.ceil(usual * Number(process.env.PROPERTY_RUNS ?? 1));
  return { numRuns, timeout: 30_000 + numRuns * 200 };
}

export async function openSigningWorld(): Promise<SigningWorld> {
  const { authority, timestamps, revocation, trust, signer, close } = await openDevelopmentAuthority(NOW);
  const lists = await Promise.all((['root', 'issuing'] as const).map((issuer) => authority.revocationList(issuer)));
  return {
    leader: await signer(),
    seal: await signer({ label: 'seal' }),
    authorities: { timestamps, revocation, trust, now: () => NOW },
    verify: verifierWith(trust, NOW, { certificates: [], ocsps: [], lists }),
    close,
  };
}

function verifierWith(trust: readonly TrustAnchor[], at: number, material?: ValidationData): Subject['verify'] {
  return (file) => verifyPdf(memorySource(file), { trust, at, ...(material ? { material } : {}) });
}

/** The letter in every form of cross-reference, by one and by two, certified, and at every level. */
export async function ownSubjects({ leader, seal, authorities, verify }: SigningWorld): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const kind of ['table', 'stream', 'hybrid'] as const) {
    const letter = letterPdf(kind);
    const atLevel = (level: 'B-T' | 'B-LT' | 'B-LTA') => signed(letter, { signer: leader, level, authorities });
    const once = await signed(letter, { signer: leader });
    const files = {
      'B-B': once,
      'B-B, certified': await signed(letter, { signer: leader, certify: 2 }),
      'B-B, two': await signed(once, { signer: seal, visible: VISIBLE }),
      'B-T': await atLevel('B-T'),
      'B-LT': await atLevel('B-LT'),
      'B-LTA': await atLevel('B-LTA'),
      'B-LTA, then another': await signed(await atLevel('B-LTA'), { signer: seal }),
    };
    for (const [name, file] of Object.entries(files)) subjects.push(await subjectOf(`${kind} ${name}`, file, verify));
  }
  return subjects;
}

/** Parts of the names of corpus files that are passed, up to 200 kB: by DSS and pyHanko, at B-B to B-LTA and in older forms. */
const PASSED = ['613d1e35e3', '5c343830da', 'a580bfea77', '75fcc4d5c5', '92d6daf686', 'd8de904609', 'cdec93477e'];

export async function corpusSubjects(): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const { name, read } of corpusFiles().filter(({ name: file }) => PASSED.some((part) => file.startsWith(part)))) {
    const { trust, at } = await trustInFile(read());
    subjects.push(await subjectOf(name, read(), verifierWith(trust, at)));
  }
  return subjects;
}

async function subjectOf(name: string, file: Uint8Array, verify: Subject['verify']): Promise<Subject> {
  const { status, reasons, signatures } = await verify(file);
  const ranges = signatures.flatMap(({ coverage }) => (coverage ? [coverage.byteRange] : []));
  const [widest, ...others] = ranges.toSorted((a, b) => b[2] + b[3] - a[2] - a[3]);
  if (status !== 'TOTAL_PASSED' || !widest)
    throw new Error(`${name} is ${status}: ${JSON.stringify([reasons, signatures.map((one) => one.reasons)])}`);
  const [, start, end, rest] = widest;
  return {
    name,
    bytes: Buffer.from(file),
    covered: [
      { start: 0, end: start },
      { start: end, end: end + rest },
    ],
    inside: others.map(([, from, to]) => ({ start: from, end: to })),
    verify,
  };
}
