import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource } from '../../lib/pdf/byte-source.ts';
import { encodePem } from '../../lib/pki/pem.ts';
import { REASONS, type ReasonCode } from '../../lib/signatures/validation/reasons.ts';
import type { SignatureVerdict } from '../../lib/signatures/validation/verdict.ts';
import { verifyPdf } from '../../lib/signatures/validation/verify-pdf.ts';
import { trustInFile } from '../support/pki/trust-in-file.ts';
import { isError } from './line-judge.ts';
import type { DssAnswer, Judges, PyHankoAnswer } from './opinions.ts';

/** What one judge says of one signature, in the words of that judge; the rest is what is compared. */
export interface Said {
  readonly text: string;
  readonly passed: boolean;
  /** Are the signed bytes as they were, and the value that of the key? undefined: not told, since the form is refused or the algorithm not known. */
  readonly intact: boolean | undefined;
  /** Is it put together as a signature of a PDF has to be (EN 319 102-1 §5.2.2)? undefined: the judge does not tell. */
  readonly wellFormed?: boolean;
  /** Baseline level, or `none`; undefined: the judge does not tell. */
  readonly level?: string;
  /** Our reasons. */
  readonly codes?: readonly ReasonCode[];
  readonly attack?: string;
}

/** One signature, or a whole file that nobody finds one in: its field is then empty. */
export interface Compared {
  readonly file: string;
  readonly field: string;
  readonly own: Said | undefined;
  readonly pyHanko: Said | undefined;
  readonly dss: Said | undefined;
}

type Found = { readonly unreadable: string } | { readonly signatures: readonly [string, Said][] };

const NOTHING: Found = { signatures: [] };

/**
 * All three with the same trust (where a chain ends, as far as the file brings it, is an anchor), the same time (a minute after the latest that the file claims) and nobody to ask.
 */
export async function compareFile(
  file: string,
  bytes: Uint8Array,
  judges: Judges,
  folder: string,
): Promise<Compared[]> {
  const { trust, at } = await trustInFile(bytes);
  const verdict = await verifyPdf(memorySource(bytes), { trust, at });

  const [path, anchors] = [join(folder, 'judged.pdf'), join(folder, 'anchors.pem')];
  writeFileSync(path, bytes);
  writeFileSync(anchors, trust.map(({ certificate }) => encodePem('CERTIFICATE', certificate)).join(''));
  const own: Found =
    verdict.signatures.length === 0 && verdict.status === 'TOTAL_FAILED'
      ? { unreadable: verdict.reasons.map(({ code, detail }) => `${code}: ${detail ?? ''}`).join(' ') }
      : { signatures: verdict.signatures.map((signature) => [signature.field, ownSaid(signature)]) };
  const request = ['assess', path, String(at), anchors];
  const pyHanko = pyHankoSaid(await judges.python?.ask<PyHankoAnswer>(request, 30_000));
  const dss = dssSaid(await judges.dss?.ask<DssAnswer>(request, 60_000));
  return rowsOf(file, { own, pyHanko, dss });
}

const BROKEN: readonly ReasonCode[] = ['digest_mismatch', 'signature_wrong', 'message_digest_missing'];
const UNVERIFIABLE: readonly ReasonCode[] = ['algorithm_unknown', 'certificate_not_found'];

function ownSaid({ kind, status, subIndication, reasons, level, attack, laterRevisions }: SignatureVerdict): Said {
  const codes = [...new Set([...reasons, ...laterRevisions.flatMap((later) => later.reasons)].map(({ code }) => code))];
  const wellFormed = !reasons.some(({ code }) => REASONS[code].subIndication === 'FORMAT_FAILURE');
  const isVerified = wellFormed && !codes.some((code) => UNVERIFIABLE.includes(code));
  return {
    text: [status, subIndication].filter(Boolean).join(' '),
    passed: status === 'TOTAL_PASSED',
    intact: isVerified ? !codes.some((code) => BROKEN.includes(code)) : undefined,
    wellFormed,
    ...(kind === 'document_timestamp' ? {} : { level: level ?? 'none' }),
    codes,
    ...(attack ? { attack: attack.code } : {}),
  };
}

function pyHankoSaid(answer: Awaited<ReturnType<NonNullable<Judges['python']>['ask']>> | undefined): Found {
  if (!answer) return NOTHING;
  if (isError(answer)) return { unreadable: answer.error };
  const { signatures, timestamps } = answer as PyHankoAnswer;
  return {
    signatures: [
      ...signatures.map((one): [string, Said] => [
        one.field,
        {
          text: one.passed ? 'passed' : (one.error ?? `${one.summary ?? ''} ${one.modification ?? ''}`.trim()),
          passed: one.passed,
          intact: one.intact ?? false,
        },
      ]),
      ...timestamps.map(({ field, passed, intact, error }): [string, Said] => [
        field,
        { text: passed ? 'passed' : (error ?? 'not passed'), passed, intact },
      ]),
    ],
  };
}

function dssSaid(answer: Awaited<ReturnType<NonNullable<Judges['dss']>['ask']>> | undefined): Found {
  if (!answer) return NOTHING;
  if (isError(answer)) return { unreadable: answer.error };
  const { signatures, timestamps } = answer as DssAnswer;
  const ofFile = timestamps.filter(({ type, field }) => type === 'DOCUMENT_TIMESTAMP' && field !== null);
  const stamps = ofFile.map(({ field, indication, subIndication, intact }): [string, Said] => [
    field ?? '',
    {
      text: [indication, subIndication].filter(Boolean).join(' '),
      ...{ passed: indication === 'PASSED', intact, wellFormed: subIndication !== 'FORMAT_FAILURE' },
    },
  ]);
  const signed = signatures.map((one): [string, Said] => [
    one.field ?? '',
    {
      text: [one.indication, one.subIndication, one.level, ...one.errors].filter(Boolean).join(' '),
      passed: /^TOTAL.PASSED/.test(one.indication),
      intact: one.intact,
      wellFormed: one.subIndication !== 'FORMAT_FAILURE',
      level: /^PAdES.BASELINE.(B|T|LT|LTA)$/.exec(one.level ?? '')?.[1]?.replace(/^/, 'B-') ?? 'none',
    },
  ]);
  return { signatures: [...signed, ...stamps] };
}

function rowsOf(file: string, found: Readonly<Record<'own' | 'pyHanko' | 'dss', Found>>): Compared[] {
  const { own, pyHanko, dss } = found;
  // A file that we refuse to read is one matter, however many signatures others find in it.
  if ('unreadable' in own) {
    const [first] = 'signatures' in dss ? dss.signatures : [];
    return [{ file, field: '', own: saidOf(own, ''), pyHanko: firstOf(pyHanko), dss: first?.[1] ?? saidOf(dss, '') }];
  }
  const keys = new Set([own, pyHanko, dss].flatMap((one) => ('signatures' in one ? numbered(one.signatures) : [])));
  if (keys.size === 0) {
    if (![own, pyHanko, dss].some((one) => 'unreadable' in one)) return [];
    keys.add('');
  }
  return [...keys].map((key) => ({
    ...{ file, field: key },
    ...{ own: saidOf(own, key), pyHanko: saidOf(pyHanko, key), dss: saidOf(dss, key) },
  }));
}

function firstOf(found: Found): Said | undefined {
  return 'unreadable' in found ? saidOf(found, '') : found.signatures[0]?.[1];
}

/** Hostile forms have several fields of one name. */
function numbered(signatures: readonly (readonly [string, Said])[]): string[] {
  return signatures.map(([field], index) => {
    const nth = signatures.slice(0, index).filter(([other]) => other === field).length;
    return nth === 0 ? field : `${field} (${nth + 1})`;
  });
}

function saidOf(found: Found, key: string): Said | undefined {
  if ('unreadable' in found)
    return { text: `unreadable: ${found.unreadable}`, passed: false, intact: false, wellFormed: false };
  return found.signatures[numbered(found.signatures).indexOf(key)]?.[1];
}
