import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendedSource, memorySource, readAll } from '../../lib/pdf/byte-source.ts';
import type { CertificationLevel, FieldLock } from '../../lib/pdf/signature-permissions.ts';
import type { Signer } from '../../lib/pki/signer.ts';
import { PADES_LEVELS, type PadesLevel } from '../../lib/signatures/levels/pades-level.ts';
import type { SigningOptions } from '../../lib/signatures/prepare-signing.ts';
import { signPdf } from '../../lib/signatures/sign-pdf.ts';
import { NOW } from '../support/pki/authority.ts';
import type { DevelopmentAuthority, DevelopmentSigner } from '../support/pki/development-authority.ts';
import { letterPdf, VISIBLE } from '../support/pki/signing.ts';
import { samplePdf } from '../unit/pdf/sample-pdf.ts';
import { isError, type LineJudge } from './line-judge.ts';

const MINUTE = 60_000;
export const COUNTS: readonly number[] = [1, 2, 5];

export const SIGNERS: Readonly<Record<string, DevelopmentSigner>> = {
  'RSA PKCS#1': { kind: 'rsa', algorithm: { scheme: 'rsa-pkcs1', hash: 'sha256' } },
  'RSA-PSS': { kind: 'rsa', algorithm: { scheme: 'rsa-pss', hash: 'sha256' } },
  'ECDSA P-256': { kind: 'p256' },
  'ECDSA P-384': { kind: 'p384' },
};

/** A signed file before the judges: `row` and `column` say where it stands in the table. */
export interface Sample {
  readonly row: string;
  readonly column: string;
  readonly level: PadesLevel;
  readonly signatures: number;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The unsigned letter in every form of cross-reference; linearized ones are made by qpdf, where it is present. */
export async function letters(folder: string, qpdf: LineJudge | undefined): Promise<Map<string, Uint8Array>> {
  const forms = new Map<string, Uint8Array>();
  for (const form of ['table', 'stream', 'hybrid'] as const) forms.set(form, letterPdf(form));
  if (!qpdf) return forms;
  for (const kind of ['plain', 'streams']) {
    const [source, target] = [join(folder, `${kind}-source.pdf`), join(folder, `${kind}-linearized.pdf`)];
    writeFileSync(source, letterPdf('table'));
    const answer = await qpdf.ask<{ ok: true }>(['linearize', source, target, kind]);
    if (isError(answer)) throw new Error(`the letter could not be linearized: ${answer.error}`);
    forms.set(kind === 'plain' ? 'linearized, table' : 'linearized, stream', readFileSync(target));
  }
  return forms;
}

/** The signer's next signature, a minute after the one before; the file must reach the level. */
async function signedAt(
  level: PadesLevel,
  bytes: Uint8Array,
  development: DevelopmentAuthority,
  options: Partial<SigningOptions> & { readonly signer: Signer },
): Promise<Uint8Array> {
  development.clock.now += MINUTE;
  const { timestamps, revocation, trust, clock } = development;
  const authorities = { timestamps, revocation, trust, now: () => clock.now };
  const choice = level === 'B-B' ? { level } : { level, authorities };
  const source = memorySource(bytes);
  const result = await signPdf(source, { signingTime: clock.now, ...options, ...choice });
  if (result.level !== level) throw new Error(`${result.level} instead of ${level}: ${result.because}`);
  return readAll(appendedSource(source, result.tail));
}

/** Every form × algorithm × level × {1, 2, 5 signatures}; every second signature is visible. */
export async function* matrix(
  folder: string,
  development: DevelopmentAuthority,
  forms: ReadonlyMap<string, Uint8Array>,
): AsyncGenerator<Sample> {
  let number = 0;
  for (const [form, letter] of forms) {
    for (const [name, options] of Object.entries(SIGNERS)) {
      for (const level of PADES_LEVELS) {
        let bytes = letter;
        development.clock.now = NOW;
        const signer = await development.signer(options);
        for (let count = 1; count <= Math.max(...COUNTS); count += 1) {
          const box = { ...VISIBLE.box, y: 80 + 100 * count };
          const visible = count % 2 === 0 ? { visible: { ...VISIBLE, box } } : {};
          bytes = await signedAt(level, bytes, development, { signer, ...visible });
          if (!COUNTS.includes(count)) continue;
          const path = join(folder, `matrix-${number++}.pdf`);
          writeFileSync(path, bytes);
          yield { row: `${form} · ${name}`, column: `${level} · ${count}`, level, signatures: count, path, bytes };
        }
      }
    }
  }
}

interface Special {
  readonly title: string;
  readonly certify?: CertificationLevel;
  readonly lock?: FieldLock;
  readonly fieldName?: string;
  /** A second signature follows. */
  readonly second: boolean;
}

const SPECIALS: readonly Special[] = [
  { title: 'certification, P = 1', certify: 1, second: false },
  { title: 'certification, P = 2, then approval', certify: 2, second: true },
  { title: 'certification, P = 3, then approval', certify: 3, second: true },
  { title: 'lock of all fields', lock: { action: 'All', fields: [] }, second: false },
  { title: 'lock of a field, then approval', lock: { action: 'Include', fields: ['Name'] }, second: true },
  {
    title: 'lock of all but a field, then approval in it',
    lock: { action: 'Exclude', fields: ['Second'] },
    second: true,
  },
  { title: 'existing field filled, then approval', fieldName: 'Existing', second: true },
];

/** Certification, locks and a field that was there, each in table, stream and hybrid form, with RSA and EC. */
export async function* specials(folder: string, development: DevelopmentAuthority): AsyncGenerator<Sample> {
  let number = 0;
  for (const form of ['table', 'stream', 'hybrid'] as const) {
    for (const name of ['RSA PKCS#1', 'ECDSA P-256']) {
      const signer = await development.signer(SIGNERS[name]);
      for (const { title, second, fieldName, certify, lock } of SPECIALS) {
        const options = {
          ...(certify ? { certify } : {}),
          ...(lock ? { lock } : {}),
          ...(fieldName ? { fieldName } : {}),
        };
        development.clock.now = NOW;
        let bytes = await signedAt('B-B', formPdf(form), development, { signer, ...options });
        if (second) bytes = await signedAt('B-B', bytes, development, { signer, fieldName: 'Second' });
        const path = join(folder, `special-${number++}.pdf`);
        writeFileSync(path, bytes);
        yield {
          row: title,
          column: `${form} · ${name}`,
          level: 'B-B',
          signatures: second ? 2 : 1,
          path,
          bytes,
        };
      }
    }
  }
}

/** One page with a text field and an empty signature field. */
function formPdf(kind: 'table' | 'stream' | 'hybrid'): Uint8Array {
  return samplePdf({
    kind,
    catalog: '/AcroForm << /Fields [4 0 R 5 0 R] >>',
    page: '/Annots [4 0 R 5 0 R]',
    extra: [
      '<< /Type /Annot /Subtype /Widget /FT /Tx /T (Name) /V (Hanh) /Rect [72 700 272 720] /F 4 /P 3 0 R /DA (/Helv 10 Tf) >>',
      '<< /Type /Annot /Subtype /Widget /FT /Sig /T (Existing) /Rect [72 600 272 660] /F 4 /P 3 0 R >>',
    ],
  });
}
