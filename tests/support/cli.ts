import { spawn } from 'node:child_process';
import { join } from 'node:path';
import forge from 'node-forge';
import { DAY, issueCertificate, keyPair, revocationList } from './pki/authority.ts';

const LAUNCHER = join(import.meta.dirname, '../../cli/ba-khong.mjs');

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as a process of its own; `preload` is code that runs in it first. */
export function runProcess(
  args: readonly string[],
  { env = {}, preload }: { readonly env?: Record<string, string>; readonly preload?: string } = {},
): Promise<Ended> {
  const imported = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const child = spawn(process.execPath, [...imported, LAUNCHER, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => (stdout += String(data)));
  child.stderr.on('data', (data) => (stderr += String(data)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** A PKCS#12 container with an RSA key, made without other programs, the certificate to trust it by, and a list that does not name it. */
export function rsaContainer(password: string): Record<'container' | 'root' | 'list', Uint8Array> {
  const now = Date.now();
  const dates = { notBefore: now - DAY, notAfter: now + 30 * DAY };
  const name = { countryName: 'VN', commonName: 'Development Root RSA' };
  const pair = keyPair('rsa');
  const issuing = { name, key: pair.privateKey, algorithm: { scheme: 'rsa-pkcs1', hash: 'sha256' } } as const;
  const root = issueCertificate(
    { subject: name, publicKey: pair.publicKey, ca: {}, keyUsage: ['keyCertSign', 'cRLSign'], ...dates },
    issuing,
  );
  const subject = { commonName: 'Lê Thị Hạnh', organizationName: 'UBND xã Hoằng Hóa', countryName: 'VN' };
  const signer = keyPair('rsa', 'terminal');
  const own = issueCertificate(
    { subject, publicKey: signer.publicKey, keyUsage: ['digitalSignature', 'nonRepudiation'], ...dates },
    issuing,
  );
  const key = forge.pki.privateKeyFromPem(String(signer.privateKey.export({ format: 'pem', type: 'pkcs1' })));
  const certificate = forge.pki.certificateFromAsn1(forge.asn1.fromDer(Buffer.from(own).toString('latin1')));
  const asn1 = forge.pkcs12.toPkcs12Asn1(key, [certificate], password, { algorithm: '3des' });
  const list = revocationList({ thisUpdate: dates.notBefore, nextUpdate: dates.notAfter }, issuing);
  return { container: Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1'), root, list };
}
