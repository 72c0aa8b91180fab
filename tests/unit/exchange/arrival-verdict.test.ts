import { describe, expect, it } from 'vitest';
import { judgeArrival } from '../../../lib/exchange/arrival-verdict.ts';
import { appendedSource, memorySource } from '../../../lib/pdf/byte-source.ts';
import { fingerprint, parseCertificate } from '../../../lib/pki/certificate.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import { sha256Hex } from '../../../lib/platform/hash.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { createAuthority, NOW } from '../../support/pki/authority.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

const authority = createAuthority(NOW, 'arrivals');
const person = authority.signer({ label: 'person' });
const seal = authority.signer({ label: 'seal', subject: { commonName: 'UBND tỉnh', countryName: 'VN' } });
const stranger = createAuthority(NOW, 'unknown').signer({ label: 'stranger' });
const sealCertificates = [fingerprint(parseCertificate(seal.certificate))];

async function signed(...signers: readonly Signer[]): Promise<Uint8Array> {
  let bytes = samplePdf();
  for (const signer of signers) {
    const source = memorySource(bytes);
    const { tail, length } = await signPdf(source, { signer, signingTime: NOW });
    bytes = await appendedSource(source, tail).read(0, length);
  }
  return bytes;
}

async function judge(bytes: Uint8Array, issued = sha256Hex(bytes)) {
  const verdict = await verifyPdf(memorySource(bytes), {
    trust: authority.trust,
    material: authority.material,
    at: NOW,
  });
  return judgeArrival(verdict, { sha256: issued, sealCertificates }, NOW);
}

describe('what a receiver takes', () => {
  it('is signed by a person and, over all of it, by the sender', async () => {
    const verdict = await judge(await signed(person, seal));
    expect(verdict).toMatchObject({ passed: true, reasons: [], checkedAt: NOW });
    expect(verdict.signatures.map((item) => item.status)).toEqual(['TOTAL_PASSED', 'TOTAL_PASSED']);
  });

  it.each([
    ['bears no signature', () => signed(), ['no_signature', 'seal_missing', 'person_missing']],
    ['lacks the seal', () => signed(person), ['seal_missing']],
    ['lacks the person’s signature', () => signed(seal), ['person_missing']],
    ['was signed by someone after the seal', () => signed(seal, person), ['seal_missing']],
    ['bears the seal of another agency', () => signed(person, authority.signer({ label: 'other' })), ['seal_missing']],
    ['bears a person’s signature that nobody vouches for', () => signed(stranger, seal), []],
    ['is no PDF', async () => Buffer.from('x'), ['file_unreadable', 'seal_missing', 'person_missing']],
  ])('is not what %s', async (_, file, codes) => {
    const verdict = await judge(await file());
    expect(verdict.passed).toBe(false);
    expect(verdict.reasons.map((item) => item.code)).toEqual(codes);
    for (const { vi, en } of verdict.reasons) expect(vi && en).toBeTruthy();
  });

  it('is not another file than the one that was issued, however well signed', async () => {
    expect(await judge(await signed(person, seal), '0'.repeat(64))).toMatchObject({
      passed: false,
      reasons: [{ code: 'bytes_differ' }],
    });
  });
});
