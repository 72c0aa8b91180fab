import * as z from 'zod';

/** Where somebody put a signature, found on the very file that is signed: points from the lower left of the page as it is seen. */
export const signaturePlacement = z.object({
  /** From 0. */
  page: z.number().int(),
  box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
});
export type SignaturePlacement = z.infer<typeof signaturePlacement>;

/** What a person's signature says besides the time: title and name, the name, or neither, where the document has them. */
export const personStyle = z.enum(['full', 'named', 'plain']);
export type PersonStyle = z.infer<typeof personStyle>;

/** Where a leader put their own. */
export const personPlacement = signaturePlacement.extend({ style: personStyle });
export type PersonPlacement = z.infer<typeof personPlacement>;
