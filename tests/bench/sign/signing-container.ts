import { writeFileSync } from 'node:fs';
import forge from 'node-forge';
import { DAY, issueCertificate, keyPair } from '../../support/pki/authority.ts';
import { PASSWORD } from './password.ts';

/** A PKCS#12 file with an RSA-2048 key and its certificate, which an RSA authority issued (forge knows no other): everyone
 * signs with it. Beside it stand the key (PEM) and the certificate (DER). */
export function writeContainer(path: string): void {
  const now = Date.now();
  const { privateKey, publicKey } = keyPair('rsa');
  const issuer = {
    name: { countryName: 'VN', commonName: 'Bench CA' },
    key: keyPair('rsa', 'bench-ca').privateKey,
    algorithm: { scheme: 'rsa-pkcs1', hash: 'sha256' },
  } as const;
  const der = issueCertificate(
    {
      subject: { countryName: 'VN', commonName: 'Bench Signer' },
      publicKey,
      notBefore: now - DAY,
      notAfter: now + 365 * DAY,
      keyUsage: ['digitalSignature', 'nonRepudiation'],
    },
    issuer,
  );
  writeFileSync(`${path}.cer`, der);
  writeFileSync(`${path}.key`, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  const asn1 = forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(der).toString('latin1')));
  const key = forge.pki.privateKeyFromPem(privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
  const container = forge.pkcs12.toPkcs12Asn1(key, [forge.pki.certificateFromAsn1(asn1)], PASSWORD, {
    algorithm: '3des',
  });
  writeFileSync(path, Buffer.from(forge.asn1.toDer(container).getBytes(), 'latin1'));
}
