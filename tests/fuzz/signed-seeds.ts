import { memorySource } from '../../lib/pdf/byte-source.ts';
import { verifyPdf } from '../../lib/signatures/verify-pdf.ts';
import { type Authority, createAuthority, NOW } from '../support/pki/authority.ts';
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
}

let made: Authority | undefined;

/** The authority that signs the seeds; one a thread. */
export function fuzzAuthority(): Authority {
  made ??= createAuthority();
  return made;
}

/** The letter in every form: unsigned, signed once and twice, certified. */
export async function authoredSeeds(): Promise<Seed[]> {
  const authority = fuzzAuthority();
  const signer = authority.signer();
  const seeds: Seed[] = [];
  for (const form of ['table', 'stream', 'hybrid'] as const) {
    const letter = letterPdf(form);
    const once = await signed(letter, { signer });
    const twice = await signed(once, { signer, visible: VISIBLE });
    const certified = await signed(letter, { signer, certify: 2 });
    for (const [name, bytes] of Object.entries({ letter, once, twice, certified })) {
      seeds.push({ name: `${form}, ${name}`, bytes: Buffer.from(bytes), signed: await signedParts(bytes, authority) });
    }
  }
  return seeds;
}

async function signedParts(bytes: Uint8Array, { trust }: Authority): Promise<SignedPart[]> {
  const { signatures } = await verifyPdf(memorySource(bytes), { trust, at: NOW });
  return signatures.flatMap(({ coverage }) => {
    if (!coverage) return [];
    const [, start, end, rest] = coverage.byteRange;
    return [{ end: end + rest, gap: [start, end] as const }];
  });
}
