import { ProblemError } from '../../platform/errors.ts';
import { type Certificate, parseCertificate } from '../certificate.ts';
import { isForSigning, isTrusted, type ServiceType, serviceType } from './service-status.ts';
import { signedElement } from './signed-xml.ts';
import { elementsAt, textAt } from './strict-xml.ts';
import type { XmlElement } from './xml-engine.ts';

const TSL = 'http://uri.etsi.org/02231/v2#';
/** TSLVersionIdentifier: 5 since TS 119 612 v1.1.1, 6 since v2.3.1. */
const VERSIONS = ['5', '6'];
const MOST_CERTIFICATES = 20_000;
/** Extensions of a service that are understood, or say nothing of whether it is trusted (§5.5.9). */
const UNDERSTOOD = ['AdditionalServiceInformation', 'Qualifications', 'ExpiredCertsRevocationInfo', 'TakenOverBy'];

/** A time in which a service is trusted as what; epoch ms, both inclusive; null: until further notice. */
export interface TrustedPeriod {
  readonly type: ServiceType;
  readonly from: number;
  readonly until: number | null;
}

/** A service of one of the types that are trusted here. */
export interface ListedService {
  readonly provider: string;
  readonly name: string;
  readonly certificates: readonly Certificate[];
  /** Oldest first; none where it never was trusted. */
  readonly periods: readonly TrustedPeriod[];
}

export interface TrustList {
  /** Who publishes it. */
  readonly operator: string;
  readonly territory: string;
  readonly sequence: number;
  /** Epoch ms. */
  readonly issuedAt: number;
  /** By when there is another; null: the list is closed. */
  readonly nextUpdate: number | null;
  readonly services: readonly ListedService[];
}

/**
 * Reads a trusted list (ETSI TS 119 612 v2.1.1, v2.2.1, v2.3.1), which `signer` must have signed, in force at `at`.
 * @param signer DER of the certificate that the operator of this service knows the list's publisher by
 * @throws ProblemError `trust_list_signature`, `trust_list_invalid`, `trust_list_expired`
 */
export function readTrustList(bytes: Uint8Array, signer: Uint8Array, at: number): TrustList {
  const { notBefore, notAfter } = parseCertificate(signer);
  const list = malformed('trust_list_signature', () => signedElement(bytes, signer));
  const read = malformed('trust_list_invalid', () => readList(list));
  if (read.issuedAt < notBefore || read.issuedAt > notAfter) {
    throw new ProblemError('trust_list_signature', {
      detail: 'The signer’s certificate was not valid on the day of issue.',
    });
  }
  if (read.issuedAt > at) throw new ProblemError('trust_list_invalid', { detail: 'It is issued in the future.' });
  if (read.nextUpdate !== null && read.nextUpdate < at) throw new ProblemError('trust_list_expired');
  return read;
}

function malformed<T>(code: 'trust_list_signature' | 'trust_list_invalid', read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const detail = error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 200) : '';
    throw new ProblemError(code, { detail });
  }
}

function readList(list: XmlElement): TrustList {
  if (list.localName !== 'TrustServiceStatusList' || list.namespaceURI !== TSL)
    throw new Error('it is no trusted list');
  const scheme = (...path: readonly string[]) => textAt(list, TSL, 'SchemeInformation', ...path);
  if (!VERSIONS.includes(scheme('TSLVersionIdentifier') ?? '')) throw new Error('the version of the list is not known');
  const next = scheme('NextUpdate', 'dateTime');
  const services = elementsAt(list, TSL, 'TrustServiceProviderList', 'TrustServiceProvider').flatMap((provider) => {
    const name = textAt(provider, TSL, 'TSPInformation', 'TSPName', 'Name') ?? '';
    return elementsAt(provider, TSL, 'TSPServices', 'TSPService').flatMap((service) => readService(service, name));
  });
  if (services.flatMap((item) => item.certificates).length > MOST_CERTIFICATES) throw new Error('it lists too much');
  return {
    operator: scheme('SchemeOperatorName', 'Name') ?? '',
    territory: scheme('SchemeTerritory') ?? '',
    sequence: wholeNumber(scheme('TSLSequenceNumber')),
    issuedAt: instant(scheme('ListIssueDateTime')),
    nextUpdate: next === undefined || next === '' ? null : instant(next),
    services,
  };
}

interface StatusEntry {
  readonly type: ServiceType | undefined;
  readonly trusted: boolean;
  readonly from: number;
}

function readService(service: XmlElement, provider: string): ListedService[] {
  const [information] = elementsAt(service, TSL, 'ServiceInformation');
  const history = elementsAt(service, TSL, 'ServiceHistory', 'ServiceHistoryInstance');
  const entries = [...(information ? [information] : []), ...history].map(readEntry);
  if (!information || !entries.some(({ type }) => type)) return [];
  const identity = elementsAt(information, TSL, 'ServiceDigitalIdentity', 'DigitalId', 'X509Certificate');
  return [
    {
      provider,
      name: textAt(information, TSL, 'ServiceName', 'Name') ?? '',
      certificates: identity.map((item) => parseCertificate(Buffer.from(item.textContent ?? '', 'base64'))),
      periods: periodsOf(entries),
    },
  ];
}

/** Of the present state, or of one in the history: they have the same elements (§5.5.1–5.5.9, §5.6). */
function readEntry(entry: XmlElement): StatusEntry {
  const extensions = elementsAt(entry, TSL, 'ServiceInformationExtensions', 'Extension');
  const additional = extensions.flatMap((item) => elementsAt(item, TSL, 'AdditionalServiceInformation', 'URI'));
  const understood = extensions.every(
    (item) => !/^(true|1)$/.test(item.getAttribute('Critical') ?? '') || isKnown(item),
  );
  const forSigning = isForSigning(additional.map((item) => item.textContent?.trim() ?? ''));
  return {
    type: serviceType(textAt(entry, TSL, 'ServiceTypeIdentifier') ?? ''),
    trusted: isTrusted(textAt(entry, TSL, 'ServiceStatus') ?? '') && understood && forSigning,
    from: instant(textAt(entry, TSL, 'StatusStartingTime')),
  };
}

/** Qualifications and TakenOverBy have namespaces of their own. */
function isKnown(extension: XmlElement): boolean {
  for (let child = extension.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === 1 && !UNDERSTOOD.includes((child as XmlElement).localName)) return false;
  }
  return true;
}

/** Each state holds until the next one starts. */
function periodsOf(entries: readonly StatusEntry[]): TrustedPeriod[] {
  const ordered = [...entries].sort((a, b) => a.from - b.from);
  const periods: TrustedPeriod[] = [];
  for (const [n, { type, trusted, from }] of ordered.entries()) {
    const next = ordered[n + 1]?.from;
    const until = next === undefined ? null : next - 1;
    if (!type || !trusted || (until !== null && until < from)) continue;
    const last = periods.at(-1);
    if (last && last.type === type && last.until === from - 1) periods[periods.length - 1] = { ...last, until };
    else periods.push({ type, from, until });
  }
  return periods;
}

function instant(text: string | undefined): number {
  // Without a zone a time means another moment on every machine.
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text ?? ''))
    throw new Error('a time is malformed');
  const at = Date.parse(text ?? '');
  if (Number.isNaN(at)) throw new Error('a time is malformed');
  return at;
}

function wholeNumber(text: string | undefined): number {
  if (!/^\d{1,9}$/.test(text ?? '')) throw new Error('the sequence number is malformed');
  return Number(text);
}
