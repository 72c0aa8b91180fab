/** Types of service whose certificates are trusted here, by the end of their URI (TS 119 612 §5.5.1). */
export const SERVICE_TYPES = ['CA/QC', 'CA/PKC', 'TSA/QTST', 'TSA'] as const;
export type ServiceType = (typeof SERVICE_TYPES)[number];

const TYPE = 'http://uri.etsi.org/TrstSvc/Svctype/';

/** The type of a service, of those that are trusted here. */
export function serviceType(uri: string): ServiceType | undefined {
  return SERVICE_TYPES.find((type) => uri === TYPE + type);
}

/**
 * States in which a service is trusted (TS 119 612 §5.5.4); the second line is of lists before 1 July 2016, and stands in
 * histories only. Any other state, also one that is not known, is none of trust.
 */
const TRUSTED: readonly string[] = [
  ...['granted', 'recognisedatnationallevel'],
  ...['undersupervision', 'supervisionincessation', 'accredited', 'setbynationallaw'],
];
const STATUS = /^http:\/\/uri\.etsi\.org\/TrstSvc\/(?:TrustedList|eSigDir-1999-93-EC-TrustedList)\/Svcstatus\/(\w+)$/;

export function isTrusted(statusUri: string): boolean {
  return TRUSTED.includes(STATUS.exec(statusUri)?.[1] ?? '');
}

const INFO = 'http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/';
const SIGNING = [`${INFO}ForeSignatures`, `${INFO}ForeSeals`];

/** Whether what a service is said to be for (§5.5.9.4) leaves room for signatures or seals: a service for websites alone does not. */
export function isForSigning(additional: readonly string[]): boolean {
  return !additional.includes(`${INFO}ForWebSiteAuthentication`) || additional.some((uri) => SIGNING.includes(uri));
}
