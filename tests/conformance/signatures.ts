/**
 * Are our signatures accepted by independent tools? Signs sample files in every combination and asks pyHanko, qpdf (both
 * through Python) and openssl. Run by hand: `node tests/conformance/signatures.ts`; it needs a Python with the packages
 * pyhanko, pyhanko-cli and pikepdf, named by CONFORMANCE_PYTHON (default: python3).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readElement } from '../../lib/pki/der.ts';
import { encodePem } from '../../lib/pki/pem.ts';
import { createAuthority, type KeyKind, NOW, type SignerOptions } from '../support/pki/authority.ts';
import { letterPdf, signed, VISIBLE, verify } from '../support/pki/signing.ts';

const python = process.env.CONFORMANCE_PYTHON ?? 'python3';
const authority = createAuthority();

const SIGNERS: Record<string, SignerOptions & { kind: KeyKind }> = {
  'RSA PKCS#1': { kind: 'rsa', algorithm: { scheme: 'rsa-pkcs1', hash: 'sha256' } },
  'RSA-PSS': { kind: 'rsa', algorithm: { scheme: 'rsa-pss', hash: 'sha256' } },
  'ECDSA P-256': { kind: 'p256' },
  'ECDSA P-384': { kind: 'p384' },
};

interface Sample {
  readonly title: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface PythonResult {
  readonly file: string;
  readonly error?: string;
  readonly signatures?: readonly { readonly bottomLine: boolean; readonly summary: string }[];
  readonly qpdf?: readonly string[];
}

/** {table, stream, hybrid} × {algorithms} × {1, 2, 5 signatures}; every second signature is visible. */
async function makeSamples(folder: string): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const form of ['table', 'stream', 'hybrid'] as const) {
    for (const [name, options] of Object.entries(SIGNERS)) {
      let bytes = letterPdf(form);
      for (let count = 1; count <= 5; count += 1) {
        const box = { ...VISIBLE.box, y: 80 + 100 * count };
        const visible = count % 2 === 0 ? { visible: { ...VISIBLE, box } } : {};
        bytes = await signed(bytes, { signer: authority.signer(options), ...visible });
        if (![1, 2, 5].includes(count)) continue;
        const path = join(folder, `${samples.length}-${form}.pdf`);
        writeFileSync(path, bytes);
        samples.push({ title: `${form} · ${name} · ${count}`, path, bytes });
      }
    }
  }
  return samples;
}

function askPython(samples: readonly Sample[], root: string): Map<string, PythonResult> {
  const script = join(import.meta.dirname, 'check_signatures.py');
  const args = [script, '--at', String(NOW / 1000), '--trust', root, ...samples.map(({ path }) => path)];
  const { stdout, status, stderr } = spawnSync(python, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`the Python script failed: ${stderr}`);
  const results = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PythonResult);
  return new Map(results.map((result) => [result.file, result]));
}

/** The last signature's CMS over the bytes it covers. */
async function askOpenssl({ bytes }: Sample, folder: string): Promise<string> {
  const [, start, end] = (await verify(bytes, authority)).signatures.at(-1)!.coverage!.byteRange;
  const contents = Buffer.from(Buffer.from(bytes.subarray(start + 1, end - 1)).toString('latin1'), 'hex');
  writeFileSync(join(folder, 'cms.der'), readElement(contents).bytes);
  writeFileSync(join(folder, 'content'), Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]));
  const input = ['-inform', 'DER', '-in', 'cms.der', '-content', 'content', '-out', 'verified'];
  const trust = ['-attime', String(NOW / 1000), '-purpose', 'any', '-CAfile', 'root.pem'];
  const { status, error } = spawnSync('openssl', ['cms', '-verify', '-cades', '-binary', ...input, ...trust], {
    cwd: folder,
  });
  return error ? 'absent' : status === 0 ? 'ok' : 'REFUSED';
}

async function main(): Promise<number> {
  if (spawnSync(python, ['-c', 'import pyhanko, pikepdf']).status !== 0) {
    console.log(
      `Not run: ${python} has no pyhanko and pikepdf (pip install pyhanko pyhanko-cli pikepdf; name it with CONFORMANCE_PYTHON).`,
    );
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    const root = join(folder, 'root.pem');
    writeFileSync(root, encodePem('CERTIFICATE', authority.root));
    const samples = await makeSamples(folder);
    const answers = askPython(samples, root);
    let refused = 0;
    console.log(
      '| cross-reference · algorithm · signatures | own | pyHanko | openssl -cades | qpdf --check |\n|---|---|---|---|---|',
    );
    for (const sample of samples) {
      const own = (await verify(sample.bytes, authority)).status;
      const answer = answers.get(sample.path);
      const accepted = answer?.signatures?.length && answer.signatures.every(({ bottomLine }) => bottomLine);
      const pyhanko = accepted
        ? 'ok'
        : `REFUSED ${answer?.error ?? answer?.signatures?.map(({ summary }) => summary).join('; ')}`;
      const qpdf = answer?.qpdf?.length === 0 ? 'clean' : `NOT CLEAN ${answer?.qpdf?.join('; ') ?? ''}`;
      const openssl = await askOpenssl(sample, folder);
      const fine = own === 'TOTAL_PASSED' && pyhanko === 'ok' && qpdf === 'clean' && openssl !== 'REFUSED';
      if (!fine) refused += 1;
      console.log(`| ${sample.title} | ${own} | ${pyhanko} | ${openssl} | ${qpdf} |`);
    }
    console.log(
      refused === 0
        ? `All ${samples.length} files are accepted.`
        : `${refused} of ${samples.length} files are not accepted (${basename(folder)}).`,
    );
    return refused === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

process.exitCode = await main();
