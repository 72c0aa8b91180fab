import type { PadesLevel } from '../../lib/signatures/levels/pades-level.ts';
import { derivedName, LEVEL_OPTIONS, levelOrder, OUT_OPTIONS } from './sign-options.ts';

/** For `parseArgs`: what `sign` calls the same. */
export const EXTEND_OPTIONS = { ...LEVEL_OPTIONS, ...OUT_OPTIONS } as const;

export interface ExtendOrder {
  readonly level: Exclude<PadesLevel, 'B-B'>;
  readonly tsa: readonly string[];
  /** PEM files. */
  readonly trust: readonly string[];
  readonly allow: readonly string[];
  readonly out: string;
  readonly force: boolean;
}

interface Given {
  readonly level?: string | undefined;
  readonly tsa?: readonly string[] | undefined;
  readonly trust?: readonly string[] | undefined;
  readonly 'allow-host'?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly force: boolean;
}

/** @throws UsageError */
export function extendOrder(file: string, given: Given): ExtendOrder {
  const { tsa = [], trust = [], 'allow-host': allow = [] } = given;
  const order = levelOrder(given.level ?? 'lta', { tsa, trust, allow }, ['t', 'lt', 'lta']);
  return { ...order, out: given.out ?? derivedName(file, 'extended'), force: given.force };
}
