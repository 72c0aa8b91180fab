import type { KeyObject } from 'node:crypto';
import type { HashName } from '../../pki/algorithms.ts';
import { type Certificate, keyBits, publicKeyOf } from '../../pki/certificate.ts';

/** Until when an algorithm is relied on (ISO date, exclusive; null: no end is set), after ETSI TS 119 312 and SOG-IS; Edwards curves after FIPS 186-5 §7 (2023). */
interface AlgorithmPolicy {
  readonly version: string;
  readonly hashes: Readonly<Partial<Record<HashName, string | null>>>;
  /** Smallest key of a kind and until when, largest first. */
  readonly keys: Readonly<
    Record<'rsa' | 'ec' | 'ed', readonly { readonly bits: number; readonly until: string | null }[]>
  >;
}

export const ALGORITHM_POLICY: AlgorithmPolicy = {
  version: '2026-11',
  hashes: {
    md5: '2004-08-01',
    sha1: '2012-08-01',
    sha224: '2029-01-01',
    sha256: null,
    sha384: null,
    sha512: null,
    'sha3-256': null,
    'sha3-384': null,
    'sha3-512': null,
    shake256: null,
  },
  keys: {
    rsa: [
      { bits: 2048, until: null },
      { bits: 1536, until: '2013-01-01' },
      { bits: 1024, until: '2008-01-01' },
    ],
    ec: [
      { bits: 256, until: null },
      { bits: 224, until: '2015-01-01' },
    ],
    ed: [{ bits: 256, until: null }],
  },
};

const KINDS: Readonly<Partial<Record<string, keyof AlgorithmPolicy['keys']>>> = {
  ...{ rsa: 'rsa', 'rsa-pss': 'rsa', ec: 'ec' },
  ...{ ed25519: 'ed', ed448: 'ed' },
};

/** Are this hash and this key relied on at `at` (epoch ms)? What the policy does not name is not. */
export function acceptedAt(
  hash: HashName,
  key: KeyObject,
  at: number,
  policy: AlgorithmPolicy = ALGORITHM_POLICY,
): boolean {
  const hashUntil = policy.hashes[hash];
  const kind = KINDS[key.asymmetricKeyType ?? ''];
  const keyRow = kind && policy.keys[kind].find(({ bits }) => keyBits(key) >= bits);
  return hashUntil !== undefined && holds(hashUntil, at) && keyRow !== undefined && holds(keyRow.until, at);
}

/** Is the algorithm that `signer`'s key signed something with (a certificate, a list, an answer) relied on at `at`? */
export function acceptsSignature(
  { signatureAlgorithm }: Pick<Certificate, 'signatureAlgorithm'>,
  signer: Certificate,
  at: number,
): boolean {
  const key = publicKeyOf(signer);
  return key !== undefined && signatureAlgorithm?.hash !== undefined && acceptedAt(signatureAlgorithm.hash, key, at);
}

function holds(until: string | null, at: number): boolean {
  return until === null || at < Date.parse(`${until}T00:00:00Z`);
}
