import { join } from 'node:path';
import { readFileIfThere, writePrivateFile } from '../private-file.ts';

/** A certificate of the issuing authority that is no longer to be believed. */
export interface Revocation {
  /** Serial number, lower-case hex without leading zeros. */
  readonly serialNumber: string;
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
  /** CRLReason (RFC 5280 §5.3.1): 1 keyCompromise, 4 superseded, 5 cessationOfOperation … */
  readonly reason: number;
}

export interface Revocations {
  find(serialNumber: string): Revocation | undefined;
  all(): readonly Revocation[];
  /** Once revoked, a certificate stays so: the first time and reason stand. */
  add(revocation: Revocation): Promise<void>;
}

/** The revocations in `dir`. */
export async function keepRevocations(dir: string): Promise<Revocations> {
  const path = join(dir, 'revoked.json');
  const kept = JSON.parse((await readFileIfThere(path)) ?? '[]') as Revocation[];
  const known = new Map(kept.map((one) => [one.serialNumber, one]));
  return {
    find: (serialNumber) => known.get(serialNumber),
    all: () => [...known.values()],
    async add(revocation) {
      if (known.has(revocation.serialNumber)) return;
      known.set(revocation.serialNumber, revocation);
      await writePrivateFile(path, JSON.stringify([...known.values()]));
    },
  };
}

/** How serial numbers are compared: hex without leading zeros. */
export function serialText(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(00)+(?=..)/, '');
}
