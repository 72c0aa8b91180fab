import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { encodePem } from '../../../lib/pki/pem.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { NOW } from '../../support/pki/authority.ts';
import { openDevelopmentAuthority } from '../../support/pki/development-authority.ts';
import { letterPdf, signed } from '../../support/pki/signing.ts';
import { trustInFile } from '../../support/pki/trust-in-file.ts';
import { corpusFiles } from '../../unit/pdf/corpus.ts';
import { writeDataPdf } from '../sign/bench-files.ts';

/** A file and what everyone judges it with: paths of certificates (PEM) and of revocation lists (DER). */
export interface JudgedFile {
  readonly path: string;
  readonly anchors: string;
  readonly lists: readonly string[];
  /** Epoch ms. */
  readonly at: number;
}

/** Files that are judged one after the other; what is timed is all of them. */
export interface JudgedSet {
  readonly title: string;
  readonly files: readonly JudgedFile[];
  readonly signatures: number;
  readonly bytes: number;
}

const KB = 1000;
const SIZES = [
  ['100 KB', 100 * KB],
  ['10 MB', 10_000 * KB],
  ['100 MB', 100_000 * KB],
] as const;

/** Ten minutes after signing: lists and answers are fresh. */
const JUDGED_AT = NOW + 600_000;

/** Files of each size with one signature (B-B), a letter with two at B-LTA, and all of the corpus that holds a signature. */
export async function judgedSets(folder: string, quick: boolean): Promise<JudgedSet[]> {
  mkdirSync(folder, { recursive: true });
  const corpus = await corpusSet(folder);
  return [...(await ownSets(folder, quick)), ...(corpus ? [corpus] : [])];
}

async function ownSets(folder: string, quick: boolean): Promise<JudgedSet[]> {
  const development = await openDevelopmentAuthority(NOW);
  try {
    const { authority, timestamps, revocation, trust, clock } = development;
    const authorities = { timestamps, revocation, trust, now: () => clock.now };
    const signer = await development.signer({ kind: 'rsa' });
    const sets = [];
    for (const [title, bytes] of SIZES.filter(([, size]) => !quick || size <= 10_000 * KB)) {
      const path = join(folder, `${bytes / KB}-kb.pdf`);
      const plain = `${path}.unsigned`;
      if (!existsSync(plain)) writeDataPdf(plain, bytes);
      const file = readFileSync(plain);
      const { tail } = await signPdf(memorySource(file), { signer, signingTime: NOW });
      writeFileSync(path, Buffer.concat([file, tail]));
      sets.push({ title, path, signatures: 1, bytes: file.length + tail.length });
    }
    const once = await signed(letterPdf('stream'), { signer });
    const archived = await signed(once, { signer, level: 'B-LTA', authorities });
    const letter = join(folder, 'archived-letter.pdf');
    writeFileSync(letter, archived);
    sets.push({ title: 'letter, 2 × B-LTA', path: letter, signatures: 2, bytes: archived.length });

    clock.now = JUDGED_AT;
    const anchors = join(folder, 'root.pem');
    writeFileSync(anchors, encodePem('CERTIFICATE', authority.rootCertificate));
    const lists: string[] = [];
    for (const issuer of ['root', 'issuing'] as const) {
      lists.push(join(folder, `${issuer}.crl`));
      writeFileSync(lists.at(-1)!, await authority.revocationList(issuer));
    }
    return sets.map(({ path, ...set }) => ({ ...set, files: [{ path, anchors, lists, at: JUDGED_AT }] }));
  } finally {
    await development.close();
  }
}

async function corpusSet(folder: string): Promise<JudgedSet | undefined> {
  const files: JudgedFile[] = [];
  let [signatures, bytes] = [0, 0];
  for (const { folder: group, read } of corpusFiles()) {
    if (!group.startsWith('signed-') && !group.startsWith('attack-')) continue;
    const file = read();
    const { trust, at } = await trustInFile(file);
    const found = await verifyPdf(memorySource(file), { trust: [], at });
    if (found.signatures.length === 0) continue;
    const place = join(folder, `corpus-${files.length}`);
    writeFileSync(`${place}.pdf`, file);
    writeFileSync(`${place}.pem`, trust.map(({ certificate }) => encodePem('CERTIFICATE', certificate)).join(''));
    files.push({ path: `${place}.pdf`, anchors: `${place}.pem`, lists: [], at });
    signatures += found.signatures.length;
    bytes += file.length;
  }
  return files.length === 0 ? undefined : { title: `corpus, ${files.length} files`, files, signatures, bytes };
}
