import type { DocumentType } from './document-types.ts';

/** Numbers below ten are written with a leading zero (NĐ 30/2020, annex I). */
export function formatNumber(number: number): string {
  return String(number).padStart(2, '0');
}

/** What a symbol is formed of. */
export interface SymbolParts {
  readonly type: Pick<DocumentType, 'abbreviation'>;
  /** The unit's own, e.g. `UBND`. */
  readonly notation: string;
  /** The drafting office, e.g. `VP`; stands in the symbol of a công văn. */
  readonly drafter?: string | undefined;
}

/** Symbol of a document (annex I.II.3): `QĐ-UBND`; of a công văn `UBND-VP`. */
export function formatSymbol({ type, notation, drafter }: SymbolParts): string {
  if (type.abbreviation !== undefined) return `${type.abbreviation}-${notation}`;
  return drafter === undefined ? notation : `${notation}-${drafter}`;
}

/** Number and symbol as they are printed: `12/QĐ-UBND`, `05/UBND-VP`. */
export function formatNumberAndSymbol(number: number, parts: SymbolParts): string {
  return `${formatNumber(number)}/${formatSymbol(parts)}`;
}
