import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { dict, name, type PdfObject, ref } from '../../../lib/pdf/objects.ts';
import { textString } from '../../../lib/pdf/text-string.ts';
import { encodeHashAlgorithm, encodeSha1Algorithm } from '../../../lib/pki/algorithms.ts';
import { readMessage } from '../../../lib/pki/cms-reader.ts';
import { encodeNull, encodeOctetString, encodeOid, encodeSequence, encodeSetOf } from '../../../lib/pki/der-writer.ts';
import { OID } from '../../../lib/pki/oids.ts';
import { ProblemError } from '../../../lib/platform/errors.ts';
import { missedRequirements } from '../../../lib/signatures/levels/baseline-requirements.ts';
import { extendPdf } from '../../../lib/signatures/levels/extend-pdf.ts';
import type { Authorities } from '../../../lib/signatures/levels/pades-level.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { NOW } from '../../support/pki/authority.ts';
import { trustInFile } from '../../support/pki/trust-in-file.ts';
import { corpusFiles } from '../pdf/corpus.ts';

const digest = encodeOctetString(createHash('sha256').update('content').digest());
const certId = (...parts: Uint8Array[]) => encodeSequence(encodeSequence(encodeSequence(...parts)));

type Attributes = Readonly<Record<string, Uint8Array | undefined>>;
const ATTRIBUTES: Attributes = {
  [OID.contentType]: encodeOid(OID.data),
  [OID.messageDigest]: digest,
  [OID.signingCertificateV2]: certId(digest),
};
const ENTRIES: Readonly<Record<string, PdfObject>> = {
  Type: name('Sig'),
  Filter: name('Adobe.PPKLite'),
  SubFilter: name('ETSI.CAdES.detached'),
  M: textString("D:20260309081500+07'00'"),
};

function missed(attributes: Attributes, entries: Readonly<Record<string, PdfObject>> = {}): string[] {
  const encoded = Object.entries({ ...ATTRIBUTES, ...attributes }).flatMap(([type, value]) =>
    value ? [encodeSequence(encodeOid(type), encodeSetOf([value]))] : [],
  );
  return missedRequirements({ dict: dict({ ...ENTRIES, ...entries }), attributes: readMessage(encodeSetOf(encoded)) });
}

describe('a baseline signature (EN 319 142-1 §6.3 table 1)', () => {
  test('with all that is required, and with what may be there', () => {
    expect(missed({})).toEqual([]);
    const more = { [OID.signerAttributesV2]: encodeNull(), [OID.signaturePolicy]: encodeNull() };
    expect(missed(more, { Reason: textString(''), Cert: null, Location: textString('Thanh Hóa') })).toEqual([]);
    expect(missed({}, { Reason: textString('Duyệt'), M: ref(9) })).toEqual([]);
    expect(missed({ [OID.signingCertificateV2]: certId(encodeHashAlgorithm('sha512'), digest) })).toEqual([]);
    expect(missed({ [OID.signingCertificateV2]: undefined, [OID.signingCertificate]: certId(digest) })).toEqual([]);
  });

  test.each<[string, Attributes, Readonly<Record<string, PdfObject>>]>([
    ['content_type', { [OID.contentType]: undefined }, {}],
    ['content_type', { [OID.contentType]: encodeOid(OID.tstInfo) }, {}],
    ['message_digest', { [OID.messageDigest]: undefined }, {}],
    ['signing_certificate', { [OID.signingCertificateV2]: undefined }, {}],
    ['signing_certificate', { [OID.signingCertificate]: certId(digest) }, {}],
    ['signing_certificate', { [OID.signingCertificateV2]: certId(encodeSha1Algorithm(), digest) }, {}],
    ['no_signing_time', { [OID.signingTime]: encodeNull() }, {}],
    ['signer_attributes', { [OID.signerAttributes]: encodeNull(), [OID.signerAttributesV2]: encodeNull() }, {}],
    ['claimed_time', {}, { M: null }],
    ['claimed_time', {}, { M: textString('yesterday') }],
    ['filter', {}, { Filter: null }],
    ['sub_filter', {}, { SubFilter: name('adbe.pkcs7.detached') }],
    ['no_certificate_entry', {}, { Cert: textString('x') }],
    ['reason_said_once', { [OID.commitmentType]: encodeNull() }, { Reason: textString('Duyệt') }],
    ['reason_said_once', { [OID.signaturePolicy]: encodeNull() }, { Reason: textString('Duyệt') }],
  ])('not without %s', (requirement, attributes, entries) => {
    expect(missed(attributes, entries)).toEqual([requirement]);
  });
});

describe('the level of a signature is a matter of its form', () => {
  const files = corpusFiles();
  test.skipIf(files.length === 0).each([
    ['5ad09bb814', 'no_signing_time: BES'],
    ['55f6ab4730', 'no_signing_time, reason_said_once: EPES'],
    ['5c343830da', 'no_signing_time: LTV'],
  ])('none: %s (%s)', async (part) => {
    const file = files.find(({ name: file }) => file.startsWith(part))!.read();
    const { signatures } = await verifyPdf(memorySource(file), await trustInFile(file));
    expect(signatures.find(({ kind }) => kind !== 'document_timestamp')?.level).toBeNull();
  });

  test.skipIf(files.length === 0).each([
    ['258bfce4ba', 'certificate_key_usage'],
    ['af63353c95', 'algorithm_not_accepted'],
  ])('B-B: %s, although %s', async (part, code) => {
    const file = files.find(({ name: file }) => file.startsWith(part))!.read();
    const { signatures } = await verifyPdf(memorySource(file), await trustInFile(file));
    expect(signatures[0]).toMatchObject({ status: 'INDETERMINATE', level: 'B-B', reasons: [{ code }] });
    const authorities = { ...NOBODY, trust: (await trustInFile(file)).trust };
    await expect(extendPdf(memorySource(file), { to: 'B-T', authorities })).rejects.toMatchObject({
      code: 'signature_not_valid',
    });
  });
});

const refuse = async () => {
  throw new ProblemError('authority_unreachable');
};
/** Nobody is asked about a signature that is not relied on. */
const NOBODY: Omit<Authorities, 'trust'> = {
  timestamps: { largestToken: 4096, stamp: refuse },
  revocation: { ask: refuse, issuersOf: refuse },
  now: () => NOW,
};
