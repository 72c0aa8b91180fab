import { ServiceFault } from '../json-protocol.ts';

export type KeySpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096' | 'ECC_NIST_P256' | 'ECC_NIST_P384' | 'SYMMETRIC_DEFAULT';
export type KeyUsage = 'SIGN_VERIFY' | 'ENCRYPT_DECRYPT';
export type HashName = 'sha256' | 'sha384' | 'sha512';

/** A signing algorithm of KMS in its parts. */
export interface SigningAlgorithm {
  readonly name: string;
  readonly scheme: 'pkcs1' | 'pss' | 'ecdsa';
  readonly hash: HashName;
}

/** Digest lengths in bytes. */
export const HASH_BYTES: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 };

const RSA_ALGORITHMS = (['pkcs1', 'pss'] as const).flatMap((scheme) =>
  (['sha256', 'sha384', 'sha512'] as const).map(
    (hash): SigningAlgorithm => ({
      name: `${scheme === 'pkcs1' ? 'RSASSA_PKCS1_V1_5' : 'RSASSA_PSS'}_SHA_${hash.slice(3)}`,
      scheme,
      hash,
    }),
  ),
);

const EC_ALGORITHMS: Readonly<Record<'ECC_NIST_P256' | 'ECC_NIST_P384', SigningAlgorithm>> = {
  ECC_NIST_P256: { name: 'ECDSA_SHA_256', scheme: 'ecdsa', hash: 'sha256' },
  ECC_NIST_P384: { name: 'ECDSA_SHA_384', scheme: 'ecdsa', hash: 'sha384' },
};

const KEY_SPECS: Readonly<Record<KeySpec, readonly SigningAlgorithm[]>> = {
  RSA_2048: RSA_ALGORITHMS,
  RSA_3072: RSA_ALGORITHMS,
  RSA_4096: RSA_ALGORITHMS,
  ECC_NIST_P256: [EC_ALGORITHMS.ECC_NIST_P256],
  ECC_NIST_P384: [EC_ALGORITHMS.ECC_NIST_P384],
  SYMMETRIC_DEFAULT: [],
};

/** Every algorithm that Sign and Verify know here. */
const ALL_ALGORITHMS = [...RSA_ALGORITHMS, ...Object.values(EC_ALGORITHMS)];

/** The algorithms a key can sign with. */
export function signingAlgorithmsOf(spec: KeySpec): readonly SigningAlgorithm[] {
  return KEY_SPECS[spec];
}

/**
 * Reads a key spec. Specs of KMS that are not emulated are refused by name.
 * @throws ServiceFault `ValidationException`
 */
export function readKeySpec(text: string): KeySpec {
  if (Object.hasOwn(KEY_SPECS, text)) return text as KeySpec;
  throw new ServiceFault(
    'ValidationException',
    `KeySpec ${text} is not emulated; one of ${Object.keys(KEY_SPECS).join(', ')} is.`,
  );
}

/**
 * Finds a signing algorithm that fits a key.
 * @throws ServiceFault `ValidationException` for an unknown one, `InvalidKeyUsageException` for one of another kind of key
 */
export function signingAlgorithmFor(spec: KeySpec, name: string): SigningAlgorithm {
  if (!ALL_ALGORITHMS.some((algorithm) => algorithm.name === name)) {
    const members = ALL_ALGORITHMS.map((algorithm) => algorithm.name).join(', ');
    throw new ServiceFault(
      'ValidationException',
      `1 validation error detected: Value '${name}' at 'signingAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [${members}]`,
    );
  }
  const algorithm = KEY_SPECS[spec].find((candidate) => candidate.name === name);
  if (!algorithm)
    throw new ServiceFault('InvalidKeyUsageException', `Algorithm ${name} and key spec ${spec} are incompatible.`);
  return algorithm;
}
