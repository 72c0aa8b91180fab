import { spawnSync } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePem } from '../../../lib/pki/pem.ts';

export const OPENSSL = spawnSync('openssl', ['version']).status === 0;
if (!OPENSSL) console.warn('Skipped: openssl is not on this machine, the checks with its PKCS#12 are left out');

export interface Contents {
  readonly key: KeyObject;
  /** DER; they are put in as they come. */
  readonly certificates: readonly Uint8Array[];
  readonly password: string;
  /** Further options of `openssl pkcs12 -export`. */
  readonly options?: readonly string[];
}

/** A PKCS#12 container as openssl writes it. @throws Error with what openssl said */
export function pkcs12({ key, certificates, password, options = [] }: Contents): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'pkcs12-'));
  try {
    writeFileSync(join(folder, 'key.pem'), key.export({ format: 'pem', type: 'pkcs8' }));
    writeFileSync(join(folder, 'all.pem'), certificates.map((der) => encodePem('CERTIFICATE', der)).join(''));
    writeFileSync(join(folder, 'password'), password);
    // The certificates go in as further ones, so that their order stays as given.
    const files = ['-inkey', 'key.pem', '-in', 'all.pem', '-out', 'out.p12', '-passout', 'file:password'];
    const { status, stderr } = spawnSync('openssl', ['pkcs12', '-export', ...files, ...options], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`openssl pkcs12: ${stderr}`);
    return readFileSync(join(folder, 'out.p12'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
