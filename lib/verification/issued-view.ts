import * as z from 'zod';
import { unitSuccession } from '../directory/succession.ts';
import { formatIso } from '../platform/clock.ts';
import type { FoundIssue } from './find-issued.ts';
import { issuedDocument } from './issued.ts';
import { remarksOn } from './remarks.ts';
import { sentence, time } from './view-parts.ts';

const { shape } = issuedDocument;

/** What anyone may know of a document that was issued here. */
export const issuedView = issuedDocument.extend({
  issuedAt: time,
  unit: unitSuccession.meta({
    description: 'The agency, by its name then; its last day and who it belongs to since are as of now.',
  }),
  signers: z.array(z.object({ name: z.string(), title: z.string(), at: time })),
  recalled: z.object({ at: time }).optional(),
  replacedBy: shape.replacedBy.unwrap().extend({ issuedAt: time }).optional(),
  replaces: shape.replaces.unwrap().extend({ issuedAt: time }).optional(),
  remarks: z
    .array(sentence)
    .meta({ description: 'What to know of it, in words: recalled, replaced, what became of its agency.' }),
});
export type IssuedView = z.infer<typeof issuedView>;

export function viewIssued({ issued, issuer }: FoundIssue): IssuedView {
  const { recalled, replacedBy, replaces, ...facts } = issued;
  return {
    ...facts,
    issuedAt: formatIso(issued.issuedAt),
    unit: { successors: [], ...issuer, ...issued.unit },
    signers: issued.signers.map((signer) => ({ ...signer, at: formatIso(signer.at) })),
    ...(recalled ? { recalled: { at: formatIso(recalled.at) } } : {}),
    ...(replacedBy ? { replacedBy: { ...replacedBy, issuedAt: formatIso(replacedBy.issuedAt) } } : {}),
    ...(replaces ? { replaces: { ...replaces, issuedAt: formatIso(replaces.issuedAt) } } : {}),
    remarks: remarksOn({ issued, issuer }),
  };
}
