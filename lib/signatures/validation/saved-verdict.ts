import * as z from 'zod';
import type { ValidationData } from '../../pdf/validation-data.ts';

/** What a verdict that was kept holds for whoever repeats it. */
const savedVerdict = z.object({
  validatedAt: z.iso.datetime(),
  material: z.object({
    certificates: z.array(z.base64()),
    ocsps: z.array(z.base64()),
    lists: z.array(z.base64()),
  }),
});

export interface SavedVerdict {
  /** The time for which it was given, epoch ms. */
  readonly at: number;
  /** What authorities said then: to be used and not to be trusted, each piece is verified again. */
  readonly material: ValidationData;
}

/** Reads a verdict that was kept as JSON; undefined when it is none. */
export function readSavedVerdict(json: unknown): SavedVerdict | undefined {
  const { data } = savedVerdict.safeParse(json);
  if (!data) return undefined;
  const decoded = (texts: readonly string[]) => texts.map((text) => new Uint8Array(Buffer.from(text, 'base64')));
  const { certificates, ocsps, lists } = data.material;
  return {
    at: Date.parse(data.validatedAt),
    material: { certificates: decoded(certificates), ocsps: decoded(ocsps), lists: decoded(lists) },
  };
}
