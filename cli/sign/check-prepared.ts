import * as z from 'zod';
import { personPlacement } from '../../lib/cases/signature-placement.ts';
import { memorySource } from '../../lib/pdf/byte-source.ts';
import { readMessage, type SignedAttributes } from '../../lib/pki/cms-reader.ts';
import { DerError, equalBytes } from '../../lib/pki/der.ts';
import type { SignerIdentity } from '../../lib/pki/signer.ts';
import type { PersonText } from '../../lib/signing/appearance.ts';
import { holderMessage } from '../../lib/signing/holder/holder-message.ts';
import { CommandProblem, type Text } from '../command.ts';
import { tinos } from './fonts.ts';

/** What `…/signing/prepare` answers, as far as it is needed here. */
const preparedSignature = z.object({
  session: z.string(),
  message: z.base64(),
  algorithm: z.object({ scheme: z.string(), hash: z.string() }),
  certificate: z.base64(),
  chain: z.array(z.base64()),
  signingTime: z.iso.datetime({ offset: true }),
  timestampBytes: z.number().int().nonnegative(),
  shown: z.object({
    name: z.string(),
    title: z.array(z.string()),
    location: z.string(),
    placed: personPlacement.optional(),
    image: z.string().optional(),
  }),
});
export type PreparedSignature = z.infer<typeof preparedSignature>;

/** @throws CommandProblem `service_answer` for the answer of something else than this program's service */
export function preparedIn(answer: unknown): PreparedSignature {
  const { data } = preparedSignature.safeParse(answer);
  if (data) return data;
  throw new CommandProblem('service_answer', {
    vi: 'Dịch vụ trả lời theo cách mà chương trình này không hiểu; hãy cập nhật.',
    en: 'The service answers in a way that this program does not understand: update it.',
  });
}

/**
 * What the key is to sign, made here of the file that the signer has read and compared with what the service gives: the key signs
 * nothing on the service's word.
 * @param image PNG of the signer's own image, where the signature will show it
 * @throws CommandProblem `certificate_key_mismatch`, `prepared_differently`; ProblemError `pdf_*`, `certificate_*`
 */
export async function messageFor(
  file: Uint8Array,
  prepared: PreparedSignature,
  signer: Pick<SignerIdentity, 'algorithm' | 'certificate'>,
  image?: Uint8Array,
): Promise<Uint8Array> {
  const { scheme, hash } = signer.algorithm;
  const same = equalBytes(bytes(prepared.certificate), signer.certificate);
  if (!same || scheme !== prepared.algorithm.scheme || hash !== prepared.algorithm.hash) {
    throw new CommandProblem('certificate_key_mismatch', {
      vi: 'Chứng thư của khóa này không phải là chứng thư đã cài đặt cho người ký.',
      en: 'The certificate of this key is not the one that is installed for the signer.',
    });
  }
  const identity = { ...signer, chain: prepared.chain.map(bytes) };
  const { signingTime, timestampBytes } = prepared;
  const when = { at: Date.parse(signingTime), timestampBytes };
  const text = textOf(prepared, image);
  const own = await holderMessage({ fonts: tinos }, { source: memorySource(file) }, identity, text, when);
  const given = bytes(prepared.message);
  if (equalBytes(own, given)) return own;
  const { vi, en } = differenceOf(given, own);
  throw new CommandProblem('prepared_differently', {
    vi: `Chưa ký: điều dịch vụ đưa ra để ký không phải là tệp này; ${vi}.`,
    en: `Nothing was signed: what the service gives to sign is not this file; ${en}.`,
  });
}

function textOf({ shown }: PreparedSignature, image: Uint8Array | undefined): PersonText {
  const { name, title, location, placed } = shown;
  const text: PersonText = { role: 'person', name, title, location, ...(image ? { image } : {}) };
  if (!placed) return text;
  const { style, ...place } = placed;
  return { ...text, style, placed: place };
}

function differenceOf(given: Uint8Array, own: Uint8Array): Text {
  const [theirs, ours] = [attributesIn(given), attributesIn(own)];
  if (!theirs || !ours) return { vi: 'đó không phải là thuộc tính ký', en: 'it is not signed attributes' };
  const others = theirs.types.filter((type) => !ours.types.includes(type));
  if (others.length > 0)
    return { vi: `có thuộc tính lạ: ${others.join(', ')}`, en: `it has other attributes: ${others.join(', ')}` };
  if (!sameBytes(theirs.signingCertificate?.certHash, ours.signingCertificate?.certHash))
    return { vi: 'nó ghi chứng thư khác', en: 'it names another certificate' };
  if (!sameBytes(theirs.messageDigest, ours.messageDigest))
    return {
      vi: 'mã băm khác (hoặc chương trình này và dịch vụ không cùng phiên bản: hãy cập nhật)',
      en: 'its digest is of other bytes (or this program and the service are of different releases: update it)',
    };
  return { vi: 'nó được mã hóa khác', en: 'it is encoded in another way' };
}

function attributesIn(message: Uint8Array): SignedAttributes | undefined {
  try {
    return readMessage(message);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && equalBytes(a, b);
}

/** What the signature will say, for whoever is about to make it. */
export function shownText({ shown: { name, title, location }, signingTime }: PreparedSignature): string {
  return [...title, name, location, signingTime].join(' · ');
}

function bytes(base64: string): Uint8Array {
  return Buffer.from(base64, 'base64');
}
