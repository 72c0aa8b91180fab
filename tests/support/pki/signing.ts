import { appendedSource, memorySource, readAll } from '../../../lib/pdf/byte-source.ts';
import { assembleSignedData, messageToSign } from '../../../lib/pki/cms-builder.ts';
import { type Signer, signChecked, usableCertificate } from '../../../lib/pki/signer.ts';
import type { LevelChoice } from '../../../lib/signatures/levels/sign-at-level.ts';
import type { SigningOptions } from '../../../lib/signatures/prepare-signing.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import type { Verdict } from '../../../lib/signatures/validation/verdict.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { samplePdf, streamBody, type XrefKind } from '../../unit/pdf/sample-pdf.ts';
import { type Authority, createAuthority, NOW } from './authority.ts';

/** One page that says something, with its cross-reference in the given form. */
export function letterPdf(kind: XrefKind = 'table', pageKeys = ''): Uint8Array {
  const content = streamBody('BT /F1 24 Tf 72 760 Td (Cong hoa xa hoi chu nghia Viet Nam) Tj ET');
  const font = '<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>';
  return samplePdf({
    kind,
    page: `/Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> ${pageKeys}`,
    extra: [content, font],
  });
}

/** A visible signature at the foot of the first page. */
export const VISIBLE = {
  page: 0,
  box: { x: 300, y: 80, width: 200, height: 80 },
  drawing: {
    width: 200,
    height: 80,
    pdf: samplePdf({
      page: '/Contents 4 0 R /MediaBox [0 0 200 80]',
      extra: [streamBody('1 0 0 RG 2 w 1 1 198 78 re S')],
    }),
  },
} as const;

/** The whole signed file. */
export async function signed(
  file: Uint8Array,
  options: Partial<SigningOptions> & LevelChoice & { readonly signer: Signer },
): Promise<Uint8Array> {
  const source = memorySource(file);
  const { tail } = await signPdf(source, { signingTime: NOW, ...options });
  return readAll(appendedSource(source, tail));
}

export function verify(file: Uint8Array, authority: Authority = createAuthority(), at = NOW): Promise<Verdict> {
  return verifyPdf(memorySource(file), { trust: authority.trust, material: authority.material, at });
}

/** Codes of all reasons of a verdict, each once, sorted. */
export function reasonCodes(verdict: Verdict): string[] {
  const all = [...verdict.reasons, ...verdict.signatures.flatMap(({ reasons }) => reasons)];
  return [...new Set(all.map(({ code }) => code))].sort();
}

/** The CMS of a signature over content with the given digest, without a file around it. */
export async function signedData(signer: Signer, contentDigest: Uint8Array, at = NOW): Promise<Uint8Array> {
  const certificate = usableCertificate(signer, at);
  const signature = await signChecked(signer, certificate, messageToSign(signer, contentDigest));
  return assembleSignedData(signer, contentDigest, signature);
}
