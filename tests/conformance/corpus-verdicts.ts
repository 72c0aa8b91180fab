import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource } from '../../lib/pdf/byte-source.ts';
import { openPdf } from '../../lib/pdf/document.ts';
import { signatureFields } from '../../lib/pdf/signature-permissions.ts';
import type { Certificate } from '../../lib/pki/certificate.ts';
import { readableCertificates } from '../../lib/pki/cms-signer.ts';
import { DerError, equalBytes } from '../../lib/pki/der.ts';
import { encodePem } from '../../lib/pki/pem.ts';
import { readTimestampToken, type TimestampToken } from '../../lib/pki/timestamp-token.ts';
import { isProblem } from '../../lib/platform/errors.ts';
import { REASONS, type ReasonCode } from '../../lib/signatures/validation/reasons.ts';
import { readSignatureInFile, type SignatureInFile } from '../../lib/signatures/validation/signature-in-file.ts';
import { ValidationEvidence } from '../../lib/signatures/validation/validation-evidence.ts';
import type { SignatureVerdict } from '../../lib/signatures/validation/verdict.ts';
import { verifyPdf } from '../../lib/signatures/validation/verify-pdf.ts';
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

/** Every certificate that the file brings, in signatures, timestamps and security store. */
async function certificatesOf(bytes: Uint8Array, at: number): Promise<Certificate[]> {
  const source = memorySource(bytes);
  try {
    const document = await openPdf(source);
    const signed = (await signatureFields(document)).filter(({ signature }) => signature);
    const signatures = [];
    for (const field of signed) signatures.push(await readSignatureInFile(source, field, signed));
    const { certificates } = await ValidationEvidence.gather(document, signatures, { at });
    const found = [...certificates.map(({ der }) => der), ...signatures.flatMap(certificatesIn)];
    return readableCertificates(found);
  } catch (error) {
    if (!isProblem(error)) throw error;
    return [];
  }
}

/** Those that none of the others issued: the end of each chain, as far as the file brings it. */
function topmost(certificates: readonly Certificate[]): Uint8Array[] {
  const ends = certificates.filter(
    ({ der, issuer }) =>
      !certificates.some((other) => !equalBytes(other.der, der) && equalBytes(other.subject, issuer)),
  );
  return ends.map(({ der }) => der);
}

function certificatesIn({ opened, token }: SignatureInFile): Uint8Array[] {
  const tokens = [...(token ? [token] : []), ...(opened?.signerInfo.signatureTimestamps ?? []).flatMap(readable)];
  return [opened, ...tokens].flatMap((one) => [...(one?.signedData.certificates ?? [])]);
}

function readable(der: Uint8Array): TimestampToken[] {
  try {
    return [readTimestampToken(der)];
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}

const claimedTimes = (signatures: readonly SignatureVerdict[]) =>
  signatures.flatMap(({ claimedTime, provenTime }) => [claimedTime, provenTime].flatMap((time) => time ?? []));

/** What everyone is given to judge a file with: a minute after the latest time that it claims, and where its chains end, as far as it brings them. */
export async function assessmentOf(
  bytes: Uint8Array,
): Promise<{ readonly at: number; readonly anchors: Uint8Array[] }> {
  const first = await verifyPdf(memorySource(bytes), { trust: [], at: FALLBACK });
  const at = Math.max(...claimedTimes(first.signatures).map((time) => Date.parse(time)), FALLBACK_FIRST) + 60_000;
  return { at, anchors: topmost(await certificatesOf(bytes, at)) };
}

/** All three with the same trust, the same time and nobody to ask. */
export async function compareFile(
  file: string,
  bytes: Uint8Array,
  judges: Judges,
  folder: string,
): Promise<Compared[]> {
  const { at, anchors: certificates } = await assessmentOf(bytes);
  const trust = certificates.map((certificate) => ({ certificate, from: 0, until: null }));
  const verdict = await verifyPdf(memorySource(bytes), { trust, at });

  const [path, anchors] = [join(folder, 'judged.pdf'), join(folder, 'anchors.pem')];
  writeFileSync(path, bytes);
  writeFileSync(anchors, certificates.map((der) => encodePem('CERTIFICATE', der)).join(''));
  const own: Found =
    verdict.signatures.length === 0 && verdict.status === 'TOTAL_FAILED'
      ? { unreadable: verdict.reasons.map(({ code, detail }) => `${code}: ${detail ?? ''}`).join(' ') }
      : { signatures: verdict.signatures.map((signature) => [signature.field, ownSaid(signature)]) };
  const request = ['assess', path, String(at), anchors];
  const pyHanko = pyHankoSaid(await judges.python?.ask<PyHankoAnswer>(request, 30_000));
  const dss = dssSaid(await judges.dss?.ask<DssAnswer>(request, 60_000));
  return rowsOf(file, { own, pyHanko, dss });
}

const FALLBACK = Date.UTC(2026, 0);
/** Where no signature claims a time. */
const FALLBACK_FIRST = Date.UTC(2010, 0);

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
