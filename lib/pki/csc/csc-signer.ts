import { ProblemError } from '../../platform/errors.ts';
import { encodeHashAlgorithm, encodeSignatureAlgorithm, type SigningAlgorithm } from '../algorithms.ts';
import { parseCertificate } from '../certificate.ts';
import { enter, readOid, readWhole, TAG } from '../der.ts';
import { OID } from '../oids.ts';
import { type Signer, type SigningKey, usualAlgorithm } from '../signer.ts';
import type { CscClient, HashToSign } from './csc-client.ts';
import type { CredentialInfo } from './messages.ts';

/** A credential of a remote signing service. */
export interface CscKey {
  readonly client: CscClient;
  readonly credentialId: string;
  readonly algorithm: SigningAlgorithm;
  /** What activates the credential, by the ids that it names: a seal's PIN. Read when it is needed. */
  readonly authData?: () => Promise<readonly { readonly id: string; readonly value: string }[]>;
}

/** How a credential is activated for one hash by its person: the access token of scope `credential`. */
export type PersonsToken = (to: HashToSign) => Promise<string>;

/**
 * Signs digests at a remote signing service: each is authorized by itself, so that what activates the key is good for this hash
 * alone (SCAL 2 where the service has it).
 * @param person asks the credential's person, for credentials of mode `oauth2code`; without it they cannot be used
 */
export function createCscSigningKey(key: CscKey, person?: PersonsToken): SigningKey {
  const { client, credentialId, algorithm } = key;
  return {
    algorithm,
    /** @throws ProblemError `remote_signing_refused`, `remote_signing_broken`, `signing_key_unavailable` */
    async sign(digest) {
      const credential = await client.credential(credentialId);
      const to = { credentialId, hash: digest, ...oidsFor(algorithm, usable(credential)) };
      if (credential.auth.mode === 'explicit') {
        const sad = await client.authorize(to, (await key.authData?.()) ?? []);
        return client.signHash(to, { sad });
      }
      if (!person) throw refused('the credential is activated by its person');
      return client.signHash(to, { credentialToken: await person(to) });
    },
  };
}

/** A remote key with its certificate and chain (DER). */
export function createCscSigner(
  { certificate, chain, ...key }: CscKey & Pick<Signer, 'certificate' | 'chain'>,
  person?: PersonsToken,
): Signer {
  return { ...createCscSigningKey(key, person), certificate, chain };
}

/** The signer of a credential, with the certificates and the usual algorithm of its key as the service tells them. */
export async function openCscSigner(key: Omit<CscKey, 'algorithm'>, person?: PersonsToken): Promise<Signer> {
  const { cert } = await key.client.credential(key.credentialId);
  const [own, ...chain] = cert.certificates.map((text) => Buffer.from(text, 'base64'));
  const certificate = parseCertificate(own as Uint8Array);
  return createCscSigner(
    { ...key, algorithm: usualAlgorithm(certificate), certificate: certificate.der, chain },
    person,
  );
}

/** @throws ProblemError `remote_signing_refused` for a credential that is out of use */
function usable(credential: CredentialInfo): CredentialInfo {
  const { key, cert } = credential;
  if (key.status !== 'enabled') throw refused('the credential is disabled');
  if (cert.status !== undefined && cert.status !== 'valid') throw refused(`the certificate is ${cert.status}`);
  return credential;
}

/** The algorithm as the credential names it: by its own OID, or by the kind of key and the hash. */
function oidsFor(algorithm: SigningAlgorithm, { key }: CredentialInfo) {
  const fields = enter(readWhole(encodeSignatureAlgorithm(algorithm), TAG.sequence));
  const full = readOid(fields.next(TAG.oid));
  const parameters = algorithm.scheme === 'rsa-pss' ? fields.next(TAG.sequence).bytes : undefined;
  const kind = algorithm.scheme === 'ecdsa' ? OID.ecPublicKey : OID.rsaEncryption;
  const bare = algorithm.scheme !== 'rsa-pss' && key.algo.includes(kind) ? kind : undefined;
  const signAlgorithmOid = key.algo.includes(full) ? full : bare;
  if (signAlgorithmOid === undefined) throw refused('the credential does not sign with this algorithm');
  const hashAlgorithmOid = readOid(enter(readWhole(encodeHashAlgorithm(algorithm.hash))).next(TAG.oid));
  return { hashAlgorithmOid, signAlgorithmOid, signAlgorithmParameters: parameters };
}

function refused(detail: string): ProblemError {
  return new ProblemError('remote_signing_refused', { detail: `CSC: ${detail}` });
}
