import { describe, expect, it } from 'vitest';
import { anchorsOf, trustAnchorsOf } from '../../../../lib/pki/trust-list/list-anchors.ts';
import { readTrustList } from '../../../../lib/pki/trust-list/read-trust-list.ts';
import { isProblem } from '../../../../lib/platform/errors.ts';
import { createAuthority, DAY, issueCertificate, keyPair, NOW } from '../../../support/pki/authority.ts';
import {
  type ListedServiceSpec,
  signTrustList,
  type TrustListSpec,
  trustListXml,
} from '../../../support/pki/trust-list.ts';

/** Who signs lists: nobody that a certificate in them leads to. */
function publisher(kind: 'rsa' | 'p256' | 'p384', dates = { notBefore: NOW - 100 * DAY, notAfter: NOW + 900 * DAY }) {
  const { publicKey, privateKey } = keyPair(kind, 'list');
  const name = { commonName: 'Người công bố danh sách' };
  const algorithm = { scheme: kind === 'rsa' ? 'rsa-pkcs1' : 'ecdsa', hash: 'sha256' } as const;
  return {
    key: privateKey,
    certificate: issueCertificate({ subject: name, publicKey, ...dates }, { name, key: privateKey, algorithm }),
  };
}

const { key, certificate: signer } = publisher('p256');
const { root, intermediate, issue } = createAuthority(NOW, 'listed');
const leaf = issue({ subject: { commonName: 'TSU' }, publicKey: keyPair('p256', 'tsu').publicKey });
const granted = (spec: Partial<ListedServiceSpec> = {}): ListedServiceSpec => ({
  ...{ certificates: [root], status: 'granted', from: '2020-01-01T00:00:00Z' },
  ...spec,
});
const at = (day: string) => Date.parse(`${day}T00:00:00Z`);
const signed = (spec: TrustListSpec) => signTrustList(trustListXml(spec), { key });
const read = (spec: TrustListSpec) => readTrustList(signed(spec), signer, NOW);
const periods = (...services: ListedServiceSpec[]) => anchorsOf(read({ services })).map((anchor) => anchor.periods);

/** Code and detail of a refusal. */
function refusal(bytes: Uint8Array, by = signer, now = NOW): string {
  try {
    readTrustList(bytes, by, now);
    return 'believed';
  } catch (error) {
    if (!isProblem(error)) throw error;
    return `${error.code}: ${error.detail ?? ''}`;
  }
}

describe('a trusted list', () => {
  it.each(['5', '6'])('of version %s is read: who publishes it, and what is trusted when', (version) => {
    const list = read({ services: [granted()], version, sequence: 7 });
    expect(list).toMatchObject({
      ...{ operator: 'Cơ quan quản lý', territory: 'VN', sequence: 7, issuedAt: at('2026-03-01') },
      ...{ nextUpdate: at('2026-09-01'), services: [{ provider: 'Nhà cung cấp A & B', name: 'Dịch vụ' }] },
    });
    expect(trustAnchorsOf(anchorsOf(list))).toEqual([
      { certificate: expect.objectContaining({ length: root.length }), from: at('2020-01-01'), until: null },
    ]);
  });

  it.each(['rsa', 'p256', 'p384'] as const)(
    'is believed when signed with a key of kind %s, by either kind of reference',
    (kind) => {
      const by = publisher(kind);
      const xml = trustListXml({ services: [granted()] });
      for (const signing of [{ uri: '' }, { uri: '#list' }, { properties: false }]) {
        expect(refusal(signTrustList(xml, { key: by.key, ...signing }), by.certificate)).toBe('believed');
      }
    },
  );
});

describe('states', () => {
  it('hold until the next one starts, oldest first whatever their order in the list', () => {
    const history = [
      { status: 'withdrawn', from: '2022-01-01T00:00:00Z' },
      { status: 'accredited', from: '2015-01-01T00:00:00+07:00' },
      { status: 'granted', from: '2016-07-01T00:00:00Z' },
    ];
    expect(periods(granted({ from: '2023-01-01T00:00:00Z', history }))).toEqual([
      [
        { from: Date.parse('2015-01-01T00:00:00+07:00'), until: at('2022-01-01') - 1 },
        { from: at('2023-01-01'), until: null },
      ],
    ]);
  });

  it.each([
    ['granted', true],
    ['recognisedatnationallevel', true],
    ['undersupervision', true],
    ['http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/undersupervision', true],
    ['withdrawn', false],
    ['deprecatedatnationallevel', false],
    ['supervisionrevoked', false],
    ['accreditationceased', false],
    ['anything', false],
    ['http://uri.example/Svcstatus/granted', false],
  ])('%s: trusted %s', (status, trusted) => {
    expect(periods(granted({ status }))).toHaveLength(trusted ? 1 : 0);
  });

  it('of a withdrawn service leave the time before', () => {
    const history = [{ status: 'granted', from: '2018-01-01T00:00:00Z' }];
    expect(periods(granted({ status: 'withdrawn', from: '2021-01-01T00:00:00Z', history }))).toEqual([
      [{ from: at('2018-01-01'), until: at('2021-01-01') - 1 }],
    ]);
  });
});

describe('services', () => {
  it.each([
    ['CA/PKC', root, true],
    ['TSA/QTST', leaf, true],
    ['TSA', leaf, true],
    // Listed for timestamps: as an anchor it would hold for signatures too.
    ['TSA/QTST', root, false],
    ['Certstatus/OCSP/QC', root, false],
    ['NationalRootCA-QC', root, false],
  ])('of type %s', (type, certificate, trusted) => {
    expect(periods(granted({ type, certificates: [certificate] }))).toHaveLength(trusted ? 1 : 0);
  });

  it('for websites alone are left out, and so is what has a critical extension that is not understood', () => {
    expect(periods(granted({ info: ['ForWebSiteAuthentication'] }))).toEqual([]);
    expect(periods(granted({ info: ['ForWebSiteAuthentication', 'ForeSeals'] }))).toHaveLength(1);
    expect(periods(granted({ critical: 'Qualifications' }))).toHaveLength(1);
    expect(periods(granted({ critical: 'SomethingNew' }))).toEqual([]);
  });

  it('share a certificate: it is trusted as long as it is by one of them', () => {
    const withdrawn = (from: string, until: string) =>
      granted({ status: 'withdrawn', from: until, history: [{ status: 'granted', from }] });
    expect(
      periods(
        withdrawn('2018-01-01T00:00:00Z', '2020-01-01T00:00:00Z'),
        withdrawn('2019-01-01T00:00:00Z', '2021-01-01T00:00:00Z'),
        withdrawn('2023-01-01T00:00:00Z', '2024-01-01T00:00:00Z'),
      ),
    ).toEqual([
      [
        { from: at('2018-01-01'), until: at('2021-01-01') - 1 },
        { from: at('2023-01-01'), until: at('2024-01-01') - 1 },
      ],
    ]);
  });
});

describe('a list is not believed', () => {
  const services = [granted()];
  const xml = trustListXml({ services });
  const good = Buffer.from(signTrustList(xml, { key })).toString();
  const bytes = (text: string) => Buffer.from(text);
  const other = publisher('rsa');

  it.each<[string, () => Uint8Array, RegExp]>([
    ['that nobody signed', () => bytes(xml), /^trust_list_signature: there is not exactly one signature/],
    [
      'that was changed',
      () => bytes(good.replace('granted', 'accredited')),
      /^trust_list_signature: what is signed was changed/,
    ],
    [
      'that another key signed',
      () => signTrustList(xml, { key: keyPair('p256', 'stranger').privateKey }),
      /^trust_list_signature: invalid signature/,
    ],
    [
      'that is signed with SHA-1',
      () => signTrustList(xml, { key, algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }),
      /^trust_list_signature: .*not supported/,
    ],
    [
      'that is hashed with SHA-1',
      () => signTrustList(xml, { key, digest: 'http://www.w3.org/2000/09/xmldsig#sha1' }),
      /^trust_list_signature: .*not supported/,
    ],
    [
      'that is signed with a code instead',
      () => signTrustList(xml, { key, algorithm: 'http://www.w3.org/2000/09/xmldsig#hmac-sha256' }),
      /^trust_list_signature: .*not supported/,
    ],
    [
      'of which only the properties are signed',
      () => bytes(good.replace(/<ds:Reference URI="">.*?<\/ds:Reference>/, '')),
      /^trust_list_signature/,
    ],
    ['in which the signed one is wrapped', () => wrapped(), /^trust_list_signature/],
    [
      'with a second signature',
      () =>
        bytes(
          good.replace(
            '</TrustServiceStatusList>',
            `${/<ds:Signature .*<\/ds:Signature>/.exec(good)?.[0]}</TrustServiceStatusList>`,
          ),
        ),
      /exactly one signature/,
    ],
    [
      'with a document type',
      () => bytes(good.replace('?>\n', '?>\n<!DOCTYPE x [<!ENTITY e "x">]>\n')),
      /document type/,
    ],
    ['that is not well-formed', () => bytes(good.replace('</SchemeTerritory>', '')), /not well-formed/],
    ['that is not UTF-8', () => Buffer.from(good, 'utf16le'), /^trust_list_signature/],
    ['that is nested without end', () => bytes('<a>'.repeat(100_000) + '</a>'.repeat(100_000)), /nested too deep/],
    [
      'that is no list',
      () => signTrustList('<TrustServiceStatusList></TrustServiceStatusList>', { key }),
      /^trust_list_invalid: it is no trusted list/,
    ],
    ['of an unknown version', () => signed({ services, version: '4' }), /^trust_list_invalid: the version/],
    [
      'with a time without a zone',
      () => signed({ services: [granted({ from: '2020-01-01T00:00:00' })] }),
      /^trust_list_invalid: a time/,
    ],
    [
      'with a certificate that is none',
      () => signed({ services: [granted({ certificates: [Buffer.from('none')] })] }),
      /^certificate_invalid/,
    ],
    ['of tomorrow', () => signed({ services, issuedAt: '2026-04-01T00:00:00Z' }), /^trust_list_invalid: .*future/],
    ['past its next update', () => signed({ services, nextUpdate: '2026-03-08T00:00:00Z' }), /^trust_list_expired/],
  ])('%s', (_, make, expected) => {
    expect(refusal(make())).toMatch(expected);
  });

  it('whose signer is known by another key or was not valid on the day of issue', () => {
    expect(refusal(bytes(good), other.certificate)).toMatch(/^trust_list_signature: .*not supported/);
    const ended = publisher('p256', { notBefore: NOW - 100 * DAY, notAfter: at('2026-02-01') });
    expect(refusal(bytes(good), ended.certificate)).toMatch(/^trust_list_signature: .*not valid on the day/);
  });

  it('but one that is closed, which needs no next update, is', () => {
    expect(refusal(signed({ services, nextUpdate: '' }))).toBe('believed');
  });

  /** The signed list hidden below a root that lists another certificate. */
  function wrapped(): Uint8Array {
    const signature = /<ds:Signature .*<\/ds:Signature>/.exec(good)?.[0] ?? '';
    const evil = trustListXml({ services: [granted({ certificates: [intermediate] })] }).replace(
      'Id="list"',
      'Id="other"',
    );
    const inner = Buffer.from(signTrustList(xml, { key, uri: '#list' })).toString();
    const moved = /<ds:Signature .*<\/ds:Signature>/.exec(inner)?.[0] ?? signature;
    return bytes(evil.replace('</TrustServiceStatusList>', `${moved}<hidden>${xml}</hidden></TrustServiceStatusList>`));
  }
});
