import { writeFileSync } from 'node:fs';
import forge from 'node-forge';
import { createAuthority, keyPair } from '../../support/pki/authority.ts';

export const PASSWORD = 'bench';

/** A PKCS#12 file with an RSA-2048 key, its certificate and the intermediate authority's: everyone signs with the same. */
export function writeContainer(path: string): void {
  const now = Date.now();
  const signer = createAuthority(now).signer({ kind: 'rsa' });
  const pem = keyPair('rsa').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  const asn1 = (der: Uint8Array) => forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(der).toString('latin1')));
  const certificate = forge.pki.certificateFromAsn1(asn1(signer.certificate));
  const container = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(pem), [certificate], PASSWORD, {
    algorithm: '3des',
  });
  writeFileSync(path, Buffer.from(forge.asn1.toDer(container).getBytes(), 'latin1'));
}
