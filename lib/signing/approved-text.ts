import { printedTitle } from '../access/signing-competence.ts';
import type { Approval } from '../cases/approval.ts';
import type { PersonText } from './appearance.ts';

/** What a leader's signature shows and where, from their approval alone: the same whenever it is made. */
export function approvedText(
  approval: Pick<Approval, 'name' | 'title' | 'capacity' | 'principal' | 'placed'>,
  location: string,
): PersonText {
  const text = { role: 'person', name: approval.name, title: printedTitle(approval), location } as const;
  if (!approval.placed) return text;
  const { style, ...placed } = approval.placed;
  return { ...text, style, placed };
}
