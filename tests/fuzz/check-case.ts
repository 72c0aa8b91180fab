import { appendedSource, type ByteSource, memorySource, readAll } from '../../lib/pdf/byte-source.ts';
import { openPdf } from '../../lib/pdf/document.ts';
import { inspectPdf } from '../../lib/pdf/inspect.ts';
import { pageAt } from '../../lib/pdf/page-tree.ts';
import { signatureFields } from '../../lib/pdf/signature-permissions.ts';
import { pageText } from '../../lib/pdf/text/page-text.ts';
import { ProblemError } from '../../lib/platform/errors.ts';
import { signPdf } from '../../lib/signatures/sign-pdf.ts';
import type { Verdict } from '../../lib/signatures/validation/verdict.ts';
import { verifyPdf } from '../../lib/signatures/validation/verify-pdf.ts';
import { NOW } from '../support/pki/authority.ts';
import { fuzzAuthority, type Seed } from './signed-seeds.ts';

/** What became of a case. `finding` is a fault of ours. */
export interface Outcome {
  readonly verdict: Verdict['status'] | 'none';
  /** `signed`, or the code of the refusal. */
  readonly signing: string;
  readonly finding?: string;
}

/** A fault of ours that is not an exception of its own. */
class Finding extends Error {}

/** Everything that the product does with a file that somebody sends: verdict, intake, text, signature. */
export async function checkCase(seed: Seed, file: Buffer): Promise<Outcome> {
  let verdict: Verdict | undefined;
  let signing = 'none';
  try {
    const source = memorySource(file);
    verdict = await judged(source);
    if (verdict.status === 'TOTAL_PASSED' && !mayPass(seed, file)) throw new Finding('passed, though changed');
    await refusable(() => inspectPdf(source));
    await refusable(async () => {
      const document = await openPdf(source);
      await pageText(document, await pageAt(document, 0));
    });
    let prepared = false;
    const code = await refusable(async () => {
      prepared = await signAndRead(source, file, verdict!);
    });
    signing = code ?? (prepared ? 'signed, an earlier signature then doubtful: object_prepared' : 'signed');
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
    return { verdict: verdict?.status ?? 'none', signing, finding: text.split('\n').slice(0, 14).join('\n') };
  }
  return { verdict: verdict.status, signing };
}

/** With the lists at hand, so that a seed passes until it is changed. */
async function judged(source: ByteSource): Promise<Verdict> {
  const { authorities, material } = await fuzzAuthority();
  return verifyPdf(source, { trust: authorities.trust, at: NOW, material });
}

/** The code of the refusal; undefined when there was none. Anything but a ProblemError is a fault. */
async function refusable(step: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
}

/** By how much a change in the validation data may make them longer. */
const MATERIAL_GROWTH = 200;

/** Is all that some signature of the seed covers still there, and nothing after it but what followed there and white space? */
function mayPass({ bytes, signed }: Seed, file: Buffer): boolean {
  const common = Math.min(file.length, bytes.length);
  const same = (start: number, end: number) => file.subarray(start, end).equals(bytes.subarray(start, end));
  return signed.some(({ end, gap: [from, to], materialEnd }) => {
    if (file.length < end || !same(0, from)) return false;
    if (materialEnd > end && file.length < materialEnd + MATERIAL_GROWTH) return same(to, end);
    return (same(to, common) && onlySpace(file, common)) || (same(to, end) && onlySpace(file, end));
  });
}

function onlySpace(file: Buffer, from: number): boolean {
  return /^[\0\t\n\f\r ]*$/.test(file.toString('latin1', from));
}

/**
 * What is signed begins with the original's bytes, reads back, and harms no signature that was there.
 * @returns true when an earlier signature is doubtful now, and only because the file referred to objects nobody had written
 *   yet, which our own then became: counted, for such a file was prepared, and finding out beforehand means reading all of it
 */
async function signAndRead(source: ByteSource, file: Buffer, before: Verdict): Promise<boolean> {
  const { signer } = await fuzzAuthority();
  const { tail, fieldName } = await signPdf(source, { signer, signingTime: NOW });
  const whole = Buffer.from(await readAll(appendedSource(source, tail)));
  if (!whole.subarray(0, file.length).equals(file)) throw new Finding('the original’s bytes were changed');
  const fields = await signatureFields(await openPdf(memorySource(whole)));
  if (!fields.some(({ name, signature }) => name === fieldName && signature)) throw new Finding('signature not found');
  const after = await judged(memorySource(whole));
  const own = after.signatures.find(({ field }) => field === fieldName);
  if (own?.status !== 'TOTAL_PASSED') {
    const why = [...after.reasons, ...(own?.reasons ?? [])].map(({ code, detail }) => `${code} ${detail ?? ''}`);
    throw new Finding(`own signature ${own?.status ?? 'absent'}: ${why.join(', ')}`);
  }
  let anyPrepared = false;
  for (const [index, { field, status }] of before.signatures.entries()) {
    // Hostile forms have several fields of one name: the first of that name stays the first.
    const nth = before.signatures.slice(0, index).filter((signature) => signature.field === field).length;
    const now = after.signatures.filter((signature) => signature.field === field)[nth];
    if (status === 'TOTAL_PASSED' && now?.status !== 'TOTAL_PASSED') {
      if (!now?.reasons.every(({ code }) => code === 'object_prepared'))
        throw new Finding(`${field} was passed, now ${now?.status}`);
      anyPrepared = true;
    }
    if (status === 'INDETERMINATE' && now?.status === 'TOTAL_FAILED')
      throw new Finding(`${field} was doubtful, now failed`);
  }
  return anyPrepared;
}
