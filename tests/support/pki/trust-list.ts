import { createHash, type KeyObject, sign } from 'node:crypto';

const TSL = 'http://uri.etsi.org/02231/v2#';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = `${DSIG}enveloped-signature`;
const SVC = 'http://uri.etsi.org/TrstSvc/';
const XADES = 'http://uri.etsi.org/01903/v1.3.2#';

export interface ListedStatus {
  /** `granted`, `withdrawn` … */
  readonly status: string;
  readonly from: string;
  readonly type?: string;
  /** Of what the service is for: `ForeSignatures` … */
  readonly info?: readonly string[];
  /** An extension that is marked as critical, by its element. */
  readonly critical?: string;
}

export interface ListedServiceSpec extends ListedStatus {
  readonly certificates: readonly Uint8Array[];
  readonly history?: readonly ListedStatus[];
}

export interface TrustListSpec {
  readonly services: readonly ListedServiceSpec[];
  readonly version?: string;
  readonly sequence?: number;
  readonly issuedAt?: string;
  /** Empty: the list is closed. */
  readonly nextUpdate?: string;
  readonly operator?: string;
}

/** A trusted list of ETSI TS 119 612, not signed yet, written as exclusive canonicalisation leaves it: what is hashed is what stands here. */
export function trustListXml(spec: TrustListSpec): string {
  const { version = '5', sequence = 1, issuedAt = '2026-03-01T00:00:00Z', nextUpdate = '2026-09-01T00:00:00Z' } = spec;
  return element('TrustServiceStatusList', [
    element('SchemeInformation', [
      element('TSLVersionIdentifier', version),
      element('TSLSequenceNumber', String(sequence)),
      element('TSLType', `${SVC}TrustedList/TSLType/EUgeneric`),
      element('SchemeOperatorName', named(spec.operator ?? 'Cơ quan quản lý')),
      element('SchemeTerritory', 'VN'),
      element('HistoricalInformationPeriod', '65535'),
      element('ListIssueDateTime', issuedAt),
      element('NextUpdate', nextUpdate === '' ? '' : element('dateTime', nextUpdate)),
    ]),
    element('TrustServiceProviderList', [
      element('TrustServiceProvider', [
        element('TSPInformation', element('TSPName', named('Nhà cung cấp A & B'))),
        element('TSPServices', spec.services.map(serviceXml)),
      ]),
    ]),
  ]).replace('<TrustServiceStatusList>', `<TrustServiceStatusList xmlns="${TSL}" Id="list">`);
}

function serviceXml(spec: ListedServiceSpec): string {
  return element('TSPService', [
    element('ServiceInformation', statusXml(spec, spec.certificates)),
    ...(spec.history
      ? [
          element(
            'ServiceHistory',
            spec.history.map((item) => element('ServiceHistoryInstance', statusXml(item, []))),
          ),
        ]
      : []),
  ]);
}

function statusXml(
  { status, from, type = 'CA/QC', info = [], critical }: ListedStatus,
  certificates: readonly Uint8Array[],
) {
  const digital = certificates.map((der) =>
    element('DigitalId', element('X509Certificate', Buffer.from(der).toString('base64'))),
  );
  const extensions = [
    ...info.map(
      (name) =>
        `<Extension Critical="true">${element('AdditionalServiceInformation', `<URI xml:lang="en">${SVC}TrustedList/SvcInfoExt/${name}</URI>`)}</Extension>`,
    ),
    ...(critical === undefined ? [] : [`<Extension Critical="true">${element(critical, '')}</Extension>`]),
  ];
  return [
    element('ServiceTypeIdentifier', `${SVC}Svctype/${type}`),
    element('ServiceName', named('Dịch vụ')),
    element('ServiceDigitalIdentity', digital),
    element('ServiceStatus', status.startsWith('http') ? status : `${SVC}TrustedList/Svcstatus/${status}`),
    element('StatusStartingTime', from),
    ...(extensions.length > 0 ? [element('ServiceInformationExtensions', extensions)] : []),
  ];
}

function element(name: string, content: string | readonly string[]): string {
  return `<${name}>${typeof content === 'string' ? content : content.join('')}</${name}>`;
}

const named = (text: string) => `<Name xml:lang="vi">${text.replaceAll('&', '&amp;')}</Name>`;

export interface ListSigning {
  readonly key: KeyObject;
  readonly algorithm?: string;
  readonly digest?: string;
  /** `` (the whole document) or `#list`. */
  readonly uri?: string;
  /** XAdES properties that are signed as well. */
  readonly properties?: boolean;
  /** What is really hashed, where that is not the list. */
  readonly hashed?: string;
}

/** Signs a list as TS 119 612 asks: enveloped, exclusive canonicalisation; the signature is the last child of the root. */
export function signTrustList(xml: string, signing: ListSigning): Uint8Array {
  const { key, uri = '', properties = true, hashed = xml } = signing;
  const ec = key.asymmetricKeyType === 'ec';
  const algorithm = signing.algorithm ?? `http://www.w3.org/2001/04/xmldsig-more#${ec ? 'ecdsa' : 'rsa'}-sha256`;
  const digest = signing.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256';
  const hash = digest.endsWith('sha1') ? 'sha1' : digest.slice(-6);
  const digestOf = (text: string) => createHash(hash).update(text).digest('base64');
  const reference = (attributes: string, transforms: readonly string[], value: string) =>
    `<ds:Reference${attributes}><ds:Transforms>${transforms
      .map((item) => `<ds:Transform Algorithm="${item}"></ds:Transform>`)
      .join(
        '',
      )}</ds:Transforms><ds:DigestMethod Algorithm="${digest}"></ds:DigestMethod><ds:DigestValue>${value}</ds:DigestValue></ds:Reference>`;
  const signedProperties = `<xades:SignedProperties xmlns:xades="${XADES}" Id="signed-properties"><xades:SignedSignatureProperties><xades:SigningTime>2026-03-01T00:00:00Z</xades:SigningTime></xades:SignedSignatureProperties></xades:SignedProperties>`;
  const signedInfo = [
    `<ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"></ds:CanonicalizationMethod>`,
    `<ds:SignatureMethod Algorithm="${algorithm}"></ds:SignatureMethod>`,
    reference(` URI="${uri}"`, [ENVELOPED, EXCLUSIVE], digestOf(hashed)),
    ...(properties
      ? [
          reference(
            ' Type="http://uri.etsi.org/01903#SignedProperties" URI="#signed-properties"',
            [EXCLUSIVE],
            digestOf(signedProperties),
          ),
        ]
      : []),
  ].join('');
  const canonical = `<ds:SignedInfo xmlns:ds="${DSIG}">${signedInfo}</ds:SignedInfo>`;
  const signer = { key, ...(ec ? ({ dsaEncoding: 'ieee-p1363' } as const) : {}) };
  const value = sign(
    algorithm.endsWith('sha1') ? 'sha1' : algorithm.slice(-6),
    Buffer.from(canonical),
    signer,
  ).toString('base64');
  const object = properties
    ? `<ds:Object><xades:QualifyingProperties xmlns:xades="${XADES}">${signedProperties}</xades:QualifyingProperties></ds:Object>`
    : '';
  const signature = `<ds:Signature xmlns:ds="${DSIG}"><ds:SignedInfo>${signedInfo}</ds:SignedInfo><ds:SignatureValue>${value}</ds:SignatureValue>${object}</ds:Signature>`;
  const end = '</TrustServiceStatusList>';
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml.slice(0, -end.length)}${signature}${end}`);
}
