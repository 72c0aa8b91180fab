import { Enumerated, Integer } from 'asn1js';
import { CertificateRevocationList, Extension, Extensions, RevokedCertificate } from 'pkijs';
import { own } from './asn1.ts';
import { type Issuer, keyIdOf, timeOf } from './certificates.ts';
import { authorityKeyIdentifier, crlNumber } from './extensions.ts';
import type { Revocation } from './revocations.ts';

const DAY = 86_400_000;
const LIST_DAYS = 7;

export interface ListOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The list has run out already. */
  readonly outOfDate: boolean;
}

/** CertificateList (RFC 5280 §5) of an authority, in DER. */
export async function makeRevocationList(
  issuer: Issuer,
  revoked: readonly Revocation[],
  { now, outOfDate }: ListOptions,
): Promise<Uint8Array> {
  const thisUpdate = outOfDate ? now - 2 * LIST_DAYS * DAY : now;
  const list = new CertificateRevocationList();
  list.version = 1;
  list.issuer = issuer.certificate.subject;
  list.thisUpdate = timeOf(thisUpdate);
  list.nextUpdate = timeOf(thisUpdate + LIST_DAYS * DAY);
  if (revoked.length > 0) list.revokedCertificates = revoked.map(entryOf);
  const keyId = keyIdOf(issuer.certificate.subjectPublicKeyInfo);
  list.crlExtensions = new Extensions({
    extensions: [authorityKeyIdentifier(keyId), crlNumber(Math.floor(now / 1000))],
  });
  await list.sign(issuer.key, 'SHA-256');
  return new Uint8Array(list.toSchema(true).toBER());
}

function entryOf({ serialNumber, revokedAt, reason }: Revocation): RevokedCertificate {
  const extnValue = new Enumerated({ value: reason }).toBER();
  return new RevokedCertificate({
    userCertificate: new Integer({ valueHex: own(Buffer.from(serialNumber, 'hex')) }),
    revocationDate: timeOf(revokedAt),
    crlEntryExtensions: new Extensions({
      extensions: [new Extension({ extnID: '2.5.29.21', critical: false, extnValue })],
    }),
  });
}
