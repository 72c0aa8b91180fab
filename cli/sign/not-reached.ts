import { CATALOG, type Code } from '../../lib/platform/errors-catalog.ts';
import type { PadesLevel } from '../../lib/signatures/levels/pades-level.ts';
import { CommandProblem, EXIT } from '../command.ts';

/** An authority does not answer, or not well: who asked for a level gets it or nothing. */
export function notReached(code: Code, wanted: PadesLevel): CommandProblem {
  const { vi, en } = CATALOG[code];
  const text = {
    vi: `Chưa đạt mức ${wanted}; chưa ghi gì. ${vi}`,
    en: `${wanted} is not reached; nothing was written. ${en}`,
  };
  return new CommandProblem(code, text, EXIT.unavailable);
}
