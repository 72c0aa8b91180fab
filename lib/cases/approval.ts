import * as z from 'zod';
import { signingAlgorithm } from '../directory/certificates.ts';
import { personId } from '../directory/person.ts';
import { signatureImage } from '../directory/signature-image.ts';
import { personPlacement } from './signature-placement.ts';

/** A signature made with a key that stays with its holder: with it the signed file can be made at any time, always the same. */
export const holderSignature = z.object({
  /** Epoch ms; stands in the file. */
  signingTime: z.number().int(),
  /** Place name that stands in the file. */
  location: z.string(),
  algorithm: signingAlgorithm,
  /** DER in base64. */
  certificate: z.string(),
  chain: z.array(z.string()),
  /** Octets that the file keeps free for a timestamp over the signature. Absent: none. */
  timestampBytes: z.number().int().positive().optional(),
  /** SHA-256 of the message that was signed, hex. */
  messageSha256: z.string().length(64),
  /** Base64; ECDSA as ECDSA-Sig-Value. */
  signature: z.string(),
});
export type HolderSignature = z.infer<typeof holderSignature>;

/** A leader's approval: of exactly these bytes, in this capacity, on this day. */
export const approval = z.object({
  by: personId,
  name: z.string(),
  title: z.string(),
  capacity: z.enum(['head', 'KT', 'TM', 'TL', 'TUQ']),
  /** For whom it is signed: the head's title, or the collective. Absent when the head signs. */
  principal: z.string().optional(),
  at: z.number().int(),
  sha256: z.string().length(64),
  /** The image of their signature as it was then. */
  image: signatureImage.optional(),
  /** Where the leader put the signature; absent where it stands at its usual place. */
  placed: personPlacement.optional(),
  /** The signature that the leader made themselves; absent where the service signs for them. */
  own: holderSignature.optional(),
});
export type Approval = z.infer<typeof approval>;

/** A number taken from the register of outgoing documents. */
export const takenNumber = z.object({
  text: z.string(),
  number: z.number().int(),
  at: z.number().int(),
  by: personId,
});
