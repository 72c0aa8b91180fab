import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import { signatureFields } from '../../../lib/pdf/signature-permissions.ts';
import { readCertificate } from '../../../lib/pki/certificate.ts';
import type { TrustAnchor } from '../../../lib/pki/certificate-path.ts';
import { DerError } from '../../../lib/pki/der.ts';
import { ProblemError } from '../../../lib/platform/errors.ts';
import { readCoveredBytes } from '../../../lib/signatures/byte-range.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import type { SignatureVerdict, Verdict } from '../../../lib/signatures/validation/verdict.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { openSignature } from '../../../lib/signatures/validation/verify-signed-data.ts';
import { createAuthority, NOW } from '../../support/pki/authority.ts';
import { type CorpusFile, corpusFiles } from '../pdf/corpus.ts';

/** Every certificate that the signatures of a file carry becomes a trust anchor: nothing is refused for want of trust. */
async function everyCertificate(file: Uint8Array): Promise<TrustAnchor[]> {
  const source = memorySource(file);
  const anchors: TrustAnchor[] = [];
  try {
    for (const { signature } of await signatureFields(await openPdf(source))) {
      const covered = signature && (await readCoveredBytes(source, signature));
      const opened = covered && 'contents' in covered ? openSignature(covered.contents) : undefined;
      for (const certificate of opened && 'signedData' in opened ? opened.signedData.certificates : []) {
        if (isCertificate(certificate)) anchors.push({ certificate, from: 0, until: null });
      }
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
  return anchors;
}

function isCertificate(der: Uint8Array): boolean {
  try {
    return readCertificate(der) !== undefined;
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

/** The verdict with everyone trusted, at the latest time that a signature claims. */
async function trustingVerdict(file: Uint8Array): Promise<Verdict> {
  const source = memorySource(file);
  const { signatures } = await verifyPdf(source, { trust: [], at: Date.UTC(2026, 0) });
  const at = Math.max(...signatures.map(({ claimedTime }) => Date.parse(claimedTime ?? '2020-01-01')), 0);
  return verifyPdf(source, { trust: await everyCertificate(file), at });
}

const all = corpusFiles();
const inFolder = (folder: string) => all.filter((file) => file.folder === folder);
const find = (folder: string, part: string): CorpusFile | undefined =>
  inFolder(folder).find(({ name }) => name.includes(part));

describe.skipIf(all.length === 0)('the corpus, everyone being trusted', () => {
  test.each(inFolder('attack-shadow').map((file) => [file.name, file] as const))(
    '%s is never passed',
    async (_, file) => {
      expect((await trustingVerdict(file.read())).status).not.toBe('TOTAL_PASSED');
    },
  );

  test.each([
    ['hide', '49320946c5', ['revision_unreadable']],
    ['replace', '59d84cb0c0', ['object_changed', 'object_unexplained']],
    ['hide and replace', 'b0c9268006', ['object_removed', 'history_rewritten', 'object_prepared']],
  ])('shadow attack "%s" is seen in what was added after signing, whoever signed', async (_, part, codes) => {
    const verdict = await trustingVerdict(find('attack-shadow', part)!.read());
    const found = verdict.signatures.flatMap(({ laterRevisions, reasons }) => [
      ...reasons,
      ...laterRevisions.flatMap((later) => later.reasons),
    ]);
    expect(found.map(({ code }) => code)).toEqual(expect.arrayContaining(codes));
  });

  test.each([
    ['signed-dss', 'pdf-double-signer-info', 'signer_count'],
    ['signed-dss', 'signature-referenced-from-multiple-fields', 'signature_in_several_fields'],
    ['signed-dss', 'pdf-signed-added-page', 'object_changed'],
    ['signed-dss', 'pades-bes-no-certificates', 'certificate_not_found'],
    ['signed-dss', 'pades-enveloping-empty-bytes-cms', 'cms_not_detached'],
    ['signed-dss', 'DSS-1683', 'signed_attributes_missing'],
    ['signed-dss', 'INCSAVE_signed_EDITED', 'byte_range_gap'],
    ['signed-dss', 'encrypted', 'file_encrypted'],
    ['signed-dss', 'pades_infinite_loop', 'file_unreadable'],
    ['signed-pyhanko', 'tail-uncovered', 'byte_range_end'],
    ['signed-pyhanko', 'signature-gap-too-big', 'byte_range_gap'],
    ['signed-pyhanko', 'pdf-sig-with-econtent', 'cms_not_detached'],
    ['signed-pyhanko', 'ed448-disallowed-hash', 'algorithms_disagree'],
  ])('%s/…%s: %s', async (folder, part, code) => {
    const verdict = await trustingVerdict(find(folder, part)!.read());
    const codes = [...verdict.reasons, ...verdict.signatures.flatMap(({ reasons }) => reasons)].map(
      (reason) => reason.code,
    );
    expect(codes).toContain(code);
    expect(verdict.status).not.toBe('TOTAL_PASSED');
  });

  test.each([
    ['DSS1376-rev_n.pdf', ['form_value', 'form_value', 'form_value', 'form_value', 'signature']],
    ['pades-signed-filled-form', ['form_value']],
    ['pdf-with-vri-timestamp', ['validation_data']],
    ['fieldmdp-exclude-signed', ['validation_data']],
    ['Signature-P-SK-6', ['validation_data', 'document_timestamp', 'signature']],
    ['minimal-signed-twice-second-created', ['signature']],
    ['extensions-indirect-not-all-paths', ['signature']],
    ['pades-lta-dss-indirect-arrs-test-2', ['document_timestamp', 'validation_data', 'signature', 'validation_data']],
  ])('what other writers did after signing is understood: %s', async (part, added) => {
    const verdict = await trustingVerdict(all.find(({ name }) => name.includes(part))!.read());
    const longest = verdict.signatures
      .map(({ laterRevisions }) => laterRevisions)
      .sort((a, b) => b.length - a.length)[0]!;
    expect(longest.map((revision) => [revision.added, revision.reasons])).toEqual(added.map((one) => [one, []]));
  });

  test('a document timestamp that is declared as another signature proves nothing', async () => {
    const verdict = await trustingVerdict(find('signed-dss', 'pades-tst-with-sig-type')!.read());
    const [signature, timestamp] = verdict.signatures;
    expect(timestamp?.status).toBe('INDETERMINATE');
    expect(timestamp?.reasons[0]?.code).toBe('timestamp_type_wrong');
    expect(signature?.status).toBe('TOTAL_PASSED');
    expect(signature?.level).not.toBe('B-LTA');
  });

  test('a filled field that a signature locks is not', async () => {
    const verdict = await trustingVerdict(find('signed-dss', 'test-with-vri')!.read());
    expect(verdict.signatures[0]?.laterRevisions.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([
      [],
      ['field_locked'],
    ]);
  });

  test('passes what is in order', async () => {
    const verdicts = await Promise.all(
      ['pades-bes.pdf', 'pdf-signed-original', 'check_custom_10_20', 'Signature-P-B-7da', 'pades-lt-extended-dss'].map(
        async (part) => (await trustingVerdict(find('signed-dss', part)!.read())).signatures[0]?.status,
      ),
    );
    expect(new Set(verdicts)).toEqual(new Set(['TOTAL_PASSED']));
  });

  test('ends in a verdict for every file, and passes none without a signature', { timeout: 60_000 }, async () => {
    for (const file of all) {
      const verdict = await trustingVerdict(file.read());
      if (verdict.status === 'TOTAL_PASSED') expect(verdict.signatures.length, file.name).toBeGreaterThan(0);
      else
        expect([...verdict.reasons, ...verdict.signatures.flatMap(({ reasons }) => reasons)], file.name).not.toEqual(
          [],
        );
    }
  });

  test('each is signed and our signature passed, or refused with a code; no signature is lost or worse for it', {
    timeout: 60_000,
  }, async () => {
    const authority = createAuthority();
    const signer = authority.signer();
    const anchor: TrustAnchor = { certificate: authority.root, from: 0, until: null };
    const verdictOn = (bytes: Uint8Array, trust: readonly TrustAnchor[]) =>
      verifyPdf(memorySource(bytes), { trust, material: authority.material, at: NOW });
    let count = 0;
    for (const file of all) {
      const original = file.read();
      const result = await signPdf(memorySource(original), { signer, signingTime: NOW }).catch((error) => error);
      if (result instanceof ProblemError) continue;
      if (result instanceof Error) throw new Error(`${file.name}: no code`, { cause: result });
      count++;
      const signed = Buffer.concat([original, result.tail]);
      const trust = [anchor, ...(await everyCertificate(original))];
      const [before, after] = [await verdictOn(original, trust), await verdictOn(signed, trust)];
      const ours = after.signatures.find(({ field }) => field === result.fieldName);
      expect([ours?.status, ours?.coverage?.wholeFile], file.name).toEqual(['TOTAL_PASSED', true]);
      const others = after.signatures.filter((signature) => signature !== ours);
      const held = (verdict: readonly SignatureVerdict[]) => verdict.map(({ field, status }) => `${field}: ${status}`);
      expect(held(others), file.name).toEqual(held(before.signatures));
    }
    expect(count).toBeGreaterThan(100);
  });
});
