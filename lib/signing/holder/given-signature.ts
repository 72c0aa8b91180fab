import type { Approval, HolderSignature } from '../../cases/approval.ts';
import type { SignerFacts } from '../../directory/certificates.ts';
import type { TrustAnchor } from '../../pki/certificate-path.ts';
import type { Signer } from '../../pki/signer.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import { sha256Hex } from '../../platform/hash.ts';
import { type Authorities, lowerLevel, type PadesLevel } from '../../signatures/levels/pades-level.ts';
import type { SigningDeps } from '../sign-version.ts';

/**
 * How an approved document is signed: by the service now, or with the signature that the leader has made already. Then
 * everything is as it was when it was prepared, the time of signing and the room for a timestamp included: what is signed comes
 * out the same each time, whatever timestamp is put beside the signature.
 */
export function signingOf<D extends SigningDeps>(
  deps: D,
  approval: Approval,
  at: EpochMs,
): { readonly deps: D; readonly signingTime: EpochMs; readonly level: (issued: PadesLevel) => PadesLevel } {
  const { own } = approval;
  // Proven to have been there then; what proves it for longer is added with the seal.
  if (!own) return { deps, signingTime: at, level: (issued) => lowerLevel(issued, 'B-T') };
  const facts = factsOf(approval, own);
  const { directory } = deps;
  const given = {
    signerFor: () => givenSigner(facts, own),
    directory: {
      signerOf: async () => facts,
      trustAnchors: () => directory.trustAnchors(),
      unit: directory.unit.bind(directory),
      person: directory.person.bind(directory),
    },
  };
  const room = own.timestampBytes;
  // Without room for a timestamp inside, the seal's time proves it.
  if (room === undefined) return { deps: { ...deps, ...given }, signingTime: own.signingTime, level: () => 'B-B' };
  const levels = {
    ...deps.levels,
    authorities: (trust: readonly TrustAnchor[]) => withRoom(deps.levels.authorities(trust), room),
  };
  return { deps: { ...deps, ...given, levels }, signingTime: own.signingTime, level: () => 'B-T' };
}

/** Authorities for a file whose room for a timestamp was settled when it was prepared: what is larger does not count. */
function withRoom({ timestamps, ...authorities }: Authorities, largestToken: number): Authorities {
  return {
    ...authorities,
    timestamps: {
      largestToken,
      async stamp(digest) {
        const token = await timestamps.stamp(digest);
        if (token.length <= largestToken) return token;
        throw new ProblemError('timestamp_invalid', {
          detail: 'the token is larger than the room that was kept for it',
        });
      },
    },
  };
}

function factsOf({ by, name }: Approval, own: HolderSignature): SignerFacts {
  return {
    holder: { kind: 'person', id: by },
    name,
    key: { kind: 'own', algorithm: own.algorithm },
    algorithm: own.algorithm,
    certificate: Buffer.from(own.certificate, 'base64'),
    chain: own.chain.map((item) => Buffer.from(item, 'base64')),
  };
}

/** A signer that can answer one message only, with a signature that was made elsewhere. */
function givenSigner({ algorithm, certificate, chain }: SignerFacts, own: HolderSignature): Signer {
  return {
    algorithm,
    certificate,
    chain,
    /** @throws ProblemError `signing_session_outdated` when the file would be made another way than it was prepared */
    async sign(_digest, message) {
      if (sha256Hex(message) !== own.messageSha256) throw new ProblemError('signing_session_outdated');
      return Buffer.from(own.signature, 'base64');
    },
  };
}

/** Thrown in place of a signature: what the key was asked to sign. */
class Asked extends Error {
  readonly asked: Uint8Array;
  constructor(asked: Uint8Array) {
    super('asked for a signature');
    this.asked = asked;
  }
}

/**
 * What a key would be asked to sign. The whole way of signing is walked, up to the key: so nothing in it can differ from what
 * the worker will do when it has the signature.
 * @param sign signs with the signer it is given
 * @returns the message: signed attributes in DER
 * @throws what `sign` throws before it comes to the key
 */
export async function messageFor(
  { algorithm, certificate, chain }: Pick<SignerFacts, 'algorithm' | 'certificate' | 'chain'>,
  sign: (signer: Signer) => Promise<unknown>,
): Promise<Uint8Array> {
  try {
    await sign({
      algorithm,
      certificate,
      chain,
      sign: (_digest, message) => Promise.reject(new Asked(Uint8Array.from(message))),
    });
  } catch (error) {
    if (error instanceof Asked) return error.asked;
    throw error;
  }
  throw new Error('the key was not asked for a signature');
}
