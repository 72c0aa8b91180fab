import { parseArgs } from 'node:util';
import { openPdf } from '../../lib/pdf/document.ts';
import type { FileSource } from '../../lib/pdf/file-source.ts';
import { fingerprint, parseCertificate } from '../../lib/pki/certificate.ts';
import { readableCertificates } from '../../lib/pki/cms-signer.ts';
import { type DistinguishedName, readName } from '../../lib/pki/distinguished-name.ts';
import type { Signer } from '../../lib/pki/signer.ts';
import { formatIso, systemClock } from '../../lib/platform/clock.ts';
import type { LevelChoice } from '../../lib/signatures/levels/sign-at-level.ts';
import { signPdf } from '../../lib/signatures/sign-pdf.ts';
import { type Appearance, appearanceOf, placedAppearance, type SignatureText } from '../../lib/signing/appearance.ts';
import { type Command, EXIT, type Terminal, UsageError } from '../command.ts';
import { printable } from '../printable.ts';
import { bytesOf, certificatesIn } from '../readable.ts';
import { appendToFile } from '../sign/append-to-file.ts';
import { authoritiesFor } from '../sign/authorities.ts';
import { tinos } from '../sign/fonts.ts';
import { notReached } from '../sign/not-reached.ts';
import { withProgress } from '../sign/progress.ts';
import { SIGN_HELP, SIGN_USAGE } from '../sign/sign-help.ts';
import { SIGN_OPTIONS, type SignOrder, signOrder, withNegatives } from '../sign/sign-options.ts';
import { KEY_HELP, signerOf } from '../signing-key.ts';

/** Signs a PDF with a PKCS#12 key, here: no server, nothing sent. */
export const signFile: Command = {
  summary: {
    vi: 'Ký một tệp PDF (PAdES) bằng khóa trong tệp PKCS#12, ngay trên máy này',
    en: 'Sign a PDF (PAdES) with a key from a PKCS#12 file, on this machine',
  },
  usage: SIGN_USAGE,
  options: [...KEY_HELP, ...SIGN_HELP],
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: withNegatives(args),
      allowPositionals: true,
      options: SIGN_OPTIONS,
    });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) throw new UsageError('Cho biết một tệp để ký.', 'Name one file to sign.');
    const order = signOrder(file, values);
    const outcome = await appendToFile({ file, ...order }, terminal, async (source) =>
      signSource(source, await signerOf(values, terminal, order), order, terminal),
    );
    report(outcome, values.json, terminal);
    return EXIT.done;
  },
};

async function signSource(source: FileSource, signer: Signer, order: SignOrder, terminal: Terminal) {
  const signingTime = systemClock.now();
  const certificate = parseCertificate(signer.certificate);
  const subject = readName(certificate.subject);
  const visible = await appearance(source, order, subject, signingTime);
  const { fieldName, reason, location, certify, lock } = order;
  const name = order.name ?? subject.commonName;
  const result = await signPdf(withProgress(source, terminal.show), {
    signer,
    signingTime,
    ...(await levelOf(order, signer)),
    ...given({ visible, fieldName, reason, location, certify, lock, name }),
  });
  if (result.because) throw notReached(result.because, result.wanted);
  return {
    tail: result.tail,
    bytes: result.length,
    sha256: result.sha256,
    field: result.fieldName,
    level: result.level,
    signingTime: formatIso(signingTime),
    algorithm: signer.algorithm,
    signer: { name: subject.commonName ?? null, certificate: fingerprint(certificate) },
    visible: visible ? { page: visible.page + 1, box: visible.box } : null,
  };
}

async function levelOf({ level, tsa, allow, trust }: SignOrder, signer: Signer): Promise<LevelChoice> {
  if (level === 'B-B') return { level };
  const known = readableCertificates([signer.certificate, ...signer.chain]);
  return { level, authorities: authoritiesFor({ tsa, allow, trust: await certificatesIn(trust) }, known) };
}

async function appearance(
  source: FileSource,
  order: SignOrder,
  subject: DistinguishedName,
  at: number,
): Promise<Appearance | undefined> {
  if (!order.look) return undefined;
  const document = await openPdf(source);
  const text = await textOf(order, order.look, subject);
  const fonts = await tinos();
  return order.placing
    ? placedAppearance(fonts, document, text, at, order.placing)
    : appearanceOf(fonts, document, text, at);
}

/** Names come from the certificate unless the command line says others. */
async function textOf(
  order: SignOrder,
  look: NonNullable<SignOrder['look']>,
  subject: DistinguishedName,
): Promise<SignatureText> {
  const { image: file, title, number, link } = order;
  const image = file === undefined ? undefined : await bytesOf(file);
  const name = order.name ?? subject.commonName ?? subject.organizationName ?? '';
  const location = order.location ?? '';
  if (look === 'person' || look === 'plain') {
    return { role: 'person', name, title, location, style: look === 'plain' ? 'plain' : 'full', ...given({ image }) };
  }
  if (look === 'annex') return { role: 'annex', agency: name, location, ...given({ number }) };
  return { role: 'agency', agency: name, location, ...given({ number, image, link }) };
}

/** The entries that have a value. */
function given<Entries extends object>(entries: Entries): { [Key in keyof Entries]?: NonNullable<Entries[Key]> } {
  const kept = Object.entries(entries).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [Key in keyof Entries]?: NonNullable<Entries[Key]> };
}

type Outcome = Omit<Awaited<ReturnType<typeof signSource>>, 'tail'> & { readonly file: string; readonly out: string };

function report(outcome: Outcome, json: boolean, terminal: Terminal): void {
  if (json) {
    terminal.print(JSON.stringify(outcome));
    return;
  }
  const { out, level, signer, signingTime, field, sha256 } = outcome;
  terminal.print(out);
  terminal.tell(printable(`Đã ký | signed: PAdES ${level}, ${signer.name ?? ''}, ${signingTime}, ${field}`));
  terminal.tell(`SHA-256 ${sha256}`);
}
