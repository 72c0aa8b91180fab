import * as z from 'zod';
import { personStyle } from '../../lib/cases/signature-placement.ts';
import { formatIso } from '../../lib/platform/clock.ts';
import { oneLine } from '../../lib/platform/text.ts';
import type { WantedPersonPlace, WantedPlace } from '../../lib/signing/put-signature.ts';
import type { PlaceOnPage, SigningPlaces } from '../../lib/signing/signing-places.ts';
import { isoTime, sha256 } from '../http/schemas.ts';

const points = z.number().min(-20_000).max(20_000);
const side = z.number().positive().max(20_000);
const wantedPage = z
  .number()
  .int()
  .min(-1)
  .max(1_000_000)
  .refine((page) => page !== 0, 'pages are counted from 1')
  .meta({ description: '1 is the first, -1 the last.' });

const box = z
  .strictObject({ x: points, y: points, width: side, height: side })
  .meta({ id: 'Box', description: 'Points from the lower left of the page as it is seen, turned and cropped.' });

const inBox = z.strictObject({ page: wantedPage, box });
const byText = z.strictObject({
  anchor: z
    .strictObject({
      text: oneLine(200),
      occurrence: z
        .number()
        .int()
        .min(-1000)
        .max(1000)
        .refine((n) => n !== 0, 'occurrences are counted from 1')
        .default(1)
        .meta({ description: 'Which of several such texts; -1 is the last.' }),
      page: wantedPage.optional().meta({ description: 'Looked for on this page alone.' }),
      at: z.enum(['below', 'over']).default('below'),
      offset: z
        .strictObject({ x: points, y: points })
        .optional()
        .meta({ description: 'Moved from there to the right and upwards, points.' }),
    })
    .meta({ id: 'TextAnchor', description: 'Set by a text of the document, in the usual size.' }),
});

const style = personStyle.optional().meta({
  description:
    '`full`: with title and name; `named`: without the title; `plain`: neither. By itself what the document lacks.',
});

/** Where a person wants their signature. */
export const personPlacement = z
  .union([inBox.extend({ style }), byText.extend({ style })])
  .meta({ id: 'SignaturePlacement', description: 'Where the signature is to stand; by itself at its usual place.' })
  .optional();

/** Where a clerk wants the seal. */
export const sealPlacement = z
  .union([inBox, byText])
  .meta({ id: 'SealPlacement', description: 'Where the seal is to stand; by itself beside the leader’s signature.' })
  .optional();

type Asked = z.infer<typeof inBox> | z.infer<typeof byText>;
export type AskedPlacement = z.infer<typeof personPlacement>;

export function wantedSeal(asked: Asked | undefined): WantedPlace | undefined {
  if (!asked) return undefined;
  if ('box' in asked) return { by: 'box', place: { page: pageIndex(asked.page), box: asked.box } };
  const { page, offset, ...anchor } = asked.anchor;
  return {
    by: 'anchor',
    anchor: {
      ...anchor,
      ...(page === undefined ? {} : { page: pageIndex(page) }),
      ...(offset === undefined ? {} : { offset }),
    },
  };
}

export function wantedSignature(asked: AskedPlacement): WantedPersonPlace | undefined {
  const place = wantedSeal(asked);
  return place && { place, style: asked?.style };
}

/** People count pages from 1; -1 is the last. */
function pageIndex(page: number): number {
  return page > 0 ? page - 1 : page;
}

const onPage = z.object({
  page: z.number().int().meta({ description: 'From 1.' }),
  box,
  size: z.object({ width: z.number(), height: z.number() }).meta({
    description: 'Of the page as it is seen, turned and cropped, in points.',
  }),
  rotation: z.literal([0, 90, 180, 270]).meta({ description: 'How far the page is turned clockwise to be seen so.' }),
});

export const places = z
  .object({
    document: z.object({ id: z.string(), version: z.number().int(), sha256, pages: z.number().int(), at: isoTime }),
    signature: onPage.extend({ style: personStyle.optional() }).meta({
      description: 'The person’s; where it stands already, once the file has it.',
    }),
    seal: onPage,
  })
  .meta({ id: 'SigningPlaces' });

export function placesView({ documentId, version, signature, seal }: SigningPlaces): z.infer<typeof places> {
  const { n, sha256: hash, pages, at } = version;
  const { style: shown } = signature;
  return {
    document: { id: documentId, version: n, sha256: hash, pages, at: formatIso(at) },
    signature: { ...placeView(signature), ...(shown === undefined ? {} : { style: shown }) },
    seal: placeView(seal),
  };
}

function placeView({ page, box: shown, size, rotation }: PlaceOnPage) {
  return { page: page + 1, box: shown, size, rotation };
}
