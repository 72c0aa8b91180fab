import { memorySource } from '../../lib/pdf/byte-source.ts';
import type { ValidationData } from '../../lib/pdf/validation-data.ts';
import type { Signer } from '../../lib/pki/signer.ts';
import type { Authorities } from '../../lib/signatures/levels/pades-level.ts';
import { verifyPdf } from '../../lib/signatures/validation/verify-pdf.ts';
import { NOW } from '../support/pki/authority.ts';
import { openDevelopmentAuthority } from '../support/pki/development-authority.ts';
import { letterPdf, signed, VISIBLE } from '../support/pki/signing.ts';

/** A file that cases are made from. */
export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
  /** Where the signatures of a file of ours end and what each leaves out: the only way to "passed". */
  readonly signed: readonly SignedPart[];
}

export interface SignedPart {
  readonly end: number;
  readonly gap: readonly [number, number];
  /** Where the validation data ends that comes next; while nothing covers them, whatever they hold is no change. */
  readonly materialEnd: number;
}

/** Who signs the seeds and the cases, up to B-LTA; and whom the verdicts trust. */
export interface FuzzAuthority {
  readonly signer: Signer;
  readonly authorities: Authorities;
  /** The authority's present lists, for what a file does not bring itself. */
  readonly material: ValidationData;
}

let opened: Promise<FuzzAuthority> | undefined;

/** One a thread. */
export function fuzzAuthority(): Promise<FuzzAuthority> {
  opened ??= openAuthority();
  return opened;
}

async function openAuthority(): Promise<FuzzAuthority> {
  const development = await openDevelopmentAuthority(NOW);
  const { timestamps, revocation, trust } = development;
  const signer = await development.signer();
  const { authority } = development;
  const lists = await Promise.all((['root', 'issuing'] as const).map((issuer) => authority.revocationList(issuer)));
  return {
    signer,
    authorities: { timestamps, revocation, trust, now: () => NOW },
    material: { certificates: [], ocsps: [], lists },
  };
}

/** The letter in every form: unsigned, signed once and twice, certified, with everything up to B-LTA. */
export async function authoredSeeds(): Promise<Seed[]> {
  const { signer, authorities } = await fuzzAuthority();
  const seeds: Seed[] = [];
  for (const form of ['table', 'stream', 'hybrid'] as const) {
    const letter = letterPdf(form);
    const once = await signed(letter, { signer });
    const twice = await signed(once, { signer, visible: VISIBLE });
    const certified = await signed(letter, { signer, certify: 2 });
    const archived = await signed(letter, { signer, level: 'B-LTA', authorities });
    for (const [name, bytes] of Object.entries({ letter, once, twice, certified, archived })) {
      const parts = await signedParts(bytes, authorities);
      seeds.push({ name: `${form}, ${name}`, bytes: Buffer.from(bytes), signed: parts });
    }
  }
  return seeds;
}

async function signedParts(bytes: Uint8Array, { trust }: Authorities): Promise<SignedPart[]> {
  const { signatures } = await verifyPdf(memorySource(bytes), { trust, at: NOW });
  return signatures.flatMap(({ coverage, laterRevisions: [next] }) => {
    if (!coverage) return [];
    const [, start, to, rest] = coverage.byteRange;
    const end = to + rest;
    return [{ end, gap: [start, to] as const, materialEnd: next?.added === 'validation_data' ? next.end : end }];
  });
}
