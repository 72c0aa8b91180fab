import type { AttackCode } from '../../../lib/signatures/validation/attacks.ts';

/**
 * Files of the corpus that show a published attack, by the beginning of their names. The others of `attack-shadow` are the steps before:
 * prepared, or prepared and signed, and nothing done with it yet.
 */
export const CORPUS_ATTACKS: Readonly<Record<string, AttackCode>> = {
  '49320946c5': 'shadow_hide',
  '59d84cb0c0': 'shadow_replace',
  b0c9268006: 'shadow_hide_and_replace',
  '0e41604c8a': 'incremental_saving',
  '467573be21': 'incremental_saving',
  '73dc0c1984': 'signature_wrapping',
  // A field whose signature is nothing but zeros.
  ac314df705: 'universal_signature_forgery',
};
