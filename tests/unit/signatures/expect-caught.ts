import { expect } from 'vitest';
import type { AttackCode } from '../../../lib/signatures/validation/attacks.ts';
import type { Verdict } from '../../../lib/signatures/validation/verdict.ts';
import type { Authority } from '../../support/pki/authority.ts';
import { reasonCodes, verify } from '../../support/pki/signing.ts';

export const attacksIn = ({ signatures }: Verdict): AttackCode[] =>
  signatures.flatMap(({ attack }) => attack?.code ?? []);

/** Expects a file of the authority's signers not to be passed, for these reasons and, where it is told, under this name. */
export function catcher(authority: Authority) {
  return async (file: Uint8Array, codes: readonly string[], attack?: AttackCode): Promise<void> => {
    const verdict = await verify(file, authority);
    expect(reasonCodes(verdict)).toEqual([...codes].sort());
    expect(verdict.status).not.toBe('TOTAL_PASSED');
    if (attack) expect(attacksIn(verdict)).toEqual([attack]);
  };
}
