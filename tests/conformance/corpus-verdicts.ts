import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource } from '../../lib/pdf/byte-source.ts';
import { openPdf } from '../../lib/pdf/document.ts';
import { signatureFields } from '../../lib/pdf/signature-permissions.ts';
import { encodePem } from '../../lib/pki/pem.ts';
import { isProblem } from '../../lib/platform/errors.ts';
import { readSignatureInFile } from '../../lib/signatures/validation/signature-in-file.ts';
import { ValidationEvidence } from '../../lib/signatures/validation/validation-evidence.ts';
import type { SignatureVerdict } from '../../lib/signatures/validation/verdict.ts';
import { verifyPdf } from '../../lib/signatures/validation/verify-pdf.ts';
import { isError } from './line-judge.ts';
import type { DssAnswer, Judges, PyHankoAnswer } from './opinions.ts';

/** What one judge says of one signature, in the words of that judge; the rest is what is compared. */
export interface Said {
  readonly text: string;
  readonly passed: boolean;
  /** Are the signed bytes as they were, and the value that of the key? */
  readonly intact: boolean;
  /** Baseline level, or `none`; undefined: the judge does not tell. */
  readonly form?: string;
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

/** Every certificate that the file brings, in signatures, timestamps and security store. */
async function certificatesOf(bytes: Uint8Array, at: number): Promise<Uint8Array[]> {
  const source = memorySource(bytes);
  try {
    const document = await openPdf(source);
    const signed = (await signatureFields(document)).flatMap(({ name, signature }) =>
      signature ? [{ name, dict: signature }] : [],
    );
    const signatures = [];
    for (const field of signed) signatures.push(await readSignatureInFile(source, field, signed));
    const { certificates } = await ValidationEvidence.gather(document, signatures, { at });
    return certificates.map(({ der }) => der);
  } catch (error) {
    if (!isProblem(error)) throw error;
    return [];
  }
}

const claimedTimes = (signatures: readonly SignatureVerdict[]) =>
  signatures.flatMap(({ claimedTime, provenTime }) => [claimedTime, provenTime].flatMap((time) => time ?? []));

/**
 * All three with the same trust (every certificate that the file brings is an anchor, so that nobody is refused for being a
 * stranger), the same time (a minute after the latest that the file claims) and nobody to ask.
 */
export async function compareFile(file: string, bytes: Uint8Array, judges: Judges, folder: string): Promise<Compared[]> {
  const source = memorySource(bytes);
  const first = await verifyPdf(source, { trust: [], at: FALLBACK });
  const at = Math.max(...claimedTimes(first.signatures).map((time) => Date.parse(time)), FALLBACK_FIRST) + 60_000;
  const certificates = await certificatesOf(bytes, at);
  const trust = certificates.map((certificate) => ({ certificate, from: 0, until: null }));
  const verdict = await verifyPdf(source, { trust, at });

  const [path, anchors] = [join(folder, 'judged.pdf'), join(folder, 'anchors.pem')];
  writeFileSync(path, bytes);
  writeFileSync(anchors, certificates.map((der) => encodePem('CERTIFICATE', der)).join(''));
  const own: Found =
    verdict.signatures.length === 0 && verdict.status === 'TOTAL_FAILED'
      ? { unreadable: verdict.reasons.map(({ code }) => code).join(' ') }
      : { signatures: verdict.signatures.map((signature) => [signature.field, ownSaid(signature)]) };
  const request = ['assess', path, String(at), anchors];
  const pyHanko = pyHankoSaid(await judges.python?.ask<PyHankoAnswer>(request, 30_000));
  const dss = dssSaid(await judges.dss?.ask<DssAnswer>(request, 60_000));
  return rowsOf(file, { own, pyHanko, dss });
}

const FALLBACK = Date.UTC(2026, 0);
/** Where no signature claims a time. */
const FALLBACK_FIRST = Date.UTC(2010, 0);

const BROKEN: readonly string[] = ['digest_mismatch', 'signature_wrong', 'message_digest_missing'];

function ownSaid({ kind, status, subIndication, reasons, level, attack, laterRevisions }: SignatureVerdict): Said {
  const codes = [...reasons, ...laterRevisions.flatMap((later) => later.reasons)].map(({ code }) => code);
  const said = [...new Set(codes)].join(' ');
  return {
    text: [status, subIndication, said].filter(Boolean).join(' '),
    passed: status === 'TOTAL_PASSED',
    intact: !codes.some((code) => BROKEN.includes(code) || code.startsWith('byte_range') || code.startsWith('cms_')),
    ...(kind === 'document_timestamp' ? {} : { form: level ?? 'none' }),
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
      ...timestamps.map(({ field, passed }): [string, Said] => [
        field,
        { text: passed ? 'passed' : 'not passed', passed, intact: passed },
      ]),
    ],
  };
}

function dssSaid(answer: Awaited<ReturnType<NonNullable<Judges['dss']>['ask']>> | undefined): Found {
  if (!answer) return NOTHING;
  if (isError(answer)) return { unreadable: answer.error };
  const { signatures } = answer as DssAnswer;
  return {
    signatures: signatures.map((one): [string, Said] => [
      one.field ?? '',
      {
        text: [one.indication, one.subIndication, one.level, ...one.errors].filter(Boolean).join(' '),
        passed: /^TOTAL.PASSED/.test(one.indication),
        intact: one.intact,
        form: /^PAdES.BASELINE.(B|T|LT|LTA)$/.exec(one.level ?? '')?.[1]?.replace(/^/, 'B-') ?? 'none',
      },
    ]),
  };
}

function rowsOf(file: string, found: Readonly<Record<'own' | 'pyHanko' | 'dss', Found>>): Compared[] {
  const { own, pyHanko, dss } = found;
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

/** Hostile forms have several fields of one name. */
function numbered(signatures: readonly (readonly [string, Said])[]): string[] {
  return signatures.map(([field], index) => {
    const nth = signatures.slice(0, index).filter(([other]) => other === field).length;
    return nth === 0 ? field : `${field} (${nth + 1})`;
  });
}

function saidOf(found: Found, key: string): Said | undefined {
  if ('unreadable' in found) return { text: `unreadable: ${found.unreadable}`, passed: false, intact: false };
  return found.signatures[numbered(found.signatures).indexOf(key)]?.[1];
}
