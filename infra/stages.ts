/** What differs from one environment to the next. Everything else is the same in all of them. */
export interface StageSettings {
  readonly name: StageName;
  /** AWS region. All of them lie outside Viet Nam: see docs/operations.md#data-abroad before personal data goes there. */
  readonly region: string;
  /** Host of the portal and of the API below `/api`. */
  readonly domain: string;
  readonly documents: {
    /** Compliance: nobody, the account's root included, shortens it. Governance: a privileged operator can. */
    readonly objectLock: 'GOVERNANCE' | 'COMPLIANCE';
    readonly retentionDays: number;
  };
  readonly mail: {
    /** Envelope and header sender; its domain is the SES identity. */
    readonly sender: string;
    /** Where alarms go; `undefined`: the topic has no subscriber yet. */
    readonly alarms: string | undefined;
  };
  readonly signIn: NationalSignIn;
  /** Remote signing services (Cloud Signature Consortium API v2) where agencies and staff may have their keys. */
  readonly remoteSigning: readonly RemoteSigningService[];
  readonly signatures: SignatureSettings;
  /** Where the browser may be sent after signing in and out; exact addresses. */
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
  /** Origins whose pages may post to the intake bucket. */
  readonly uploadOrigins: readonly string[];
  readonly limits: {
    readonly uploadBytes: number;
    /** Requests a second and burst, over all routes together. */
    readonly rate: number;
    readonly burst: number;
    /** The same for each route that needs no sign-in. */
    readonly publicRate: number;
    readonly publicBurst: number;
    /** Of one client that is not signed in, by what it does: so much at once, and so much a minute in the long run. */
    readonly clients: Readonly<Record<'look-up' | 'verification' | 'upload', ClientLimit>>;
    /**
     * Header that says whose request it is, where a proxy sets it that nobody can pass by; without one it is whoever
     * opened the connection. See docs/security.md#callers-who-are-not-signed-in.
     */
    readonly clientAddressHeader: 'cloudfront-viewer-address' | undefined;
    /** Messages of one queue that are worked on at once; guards the KMS and SES quotas. */
    readonly workers: number;
  };
  readonly verification: VerificationSettings;
  readonly logRetentionDays: 7 | 30 | 90 | 180 | 365 | 731;
  readonly pointInTimeRecoveryDays: number;
  /** How often interrupted work is looked for. */
  readonly sweepEveryMinutes: number;
}

/** Verification of files that anyone brings. */
interface VerificationSettings {
  /** Largest file that may be posted for it; up to some 4.5 MB a request carries it. */
  readonly uploadBytes: number;
  /** Forms for such posts, a second and at once, to all clients together. */
  readonly uploadRate: number;
  readonly uploadBurst: number;
  /** Reading of one file ends after so many seconds, with a verdict of doubt; well below the function's own 28. */
  readonly seconds: number;
  /**
   * Code of the unit whose seal stands on PDF reports: one of the service's own, never an agency's, with its key in KMS.
   * `undefined`: reports are given as JSON only.
   */
  readonly sealUnit: string | undefined;
}

interface ClientLimit {
  readonly burst: number;
  readonly perMinute: number;
}

/** The OpenID Connect provider that vouches for people; the user pool federates with it. */
interface NationalSignIn {
  readonly issuer: string;
  readonly clientId: string;
  /** Name of the Secrets Manager secret whose text is the client secret; created by hand, once per stage. */
  readonly clientSecretName: string;
  /** Prefix of the user pool's own sign-in address; unique in the region. */
  readonly poolDomainPrefix: string;
}

/** A remote signing service; the worker that signs goes to these addresses and to no others. */
export interface RemoteSigningService {
  /** By which the directory's records name it; plain, as it stands in lists: `ca-nha-nuoc`. */
  readonly name: string;
  /** `https://…/csc/v2` */
  readonly baseUrl: string;
  readonly clientId: string;
  /** The authorization server, where its host is another than the API's. */
  readonly oauth2Url?: string;
  /**
   * Name of the Secrets Manager secret, created by hand, whose text is `{"clientSecret":"…","pins":{"<credential>":"…"}}`; `pins` only
   * for seals that ask for one.
   */
  readonly secretName: string;
}

/** How well signatures can be proven in years to come, and who vouches for it. */
interface SignatureSettings {
  /** Level of all signatures of a document when it is issued, by what it is. */
  readonly levels: Readonly<Record<'receipt' | 'answer' | 'dispatch', 'B-B' | 'B-T' | 'B-LT' | 'B-LTA'>>;
  /** A document's last timestamp is renewed so long before its certificate ends. */
  readonly renewBeforeDays: number;
  /** RFC 3161 services, the first that answers is taken. */
  readonly timestamps: readonly TimestampService[];
  /**
   * Hosts that are asked for OCSP, revocation lists and issuers' certificates, besides those of the timestamp services, at the usual port
   * of http or https; `host:port` for another. Of subdomains with a leading dot.
   */
  readonly hosts: readonly string[];
  /** Whether these may be on loopback or private networks: where a development authority stands. */
  readonly privateAddresses: boolean;
}

interface TimestampService {
  readonly url: string;
  /** The stack's parameter of this name says another address than `url`: of an authority that moves. */
  readonly parameter?: string;
  /** Policy that is asked for and insisted on. */
  readonly policy?: string;
  /** Octets of its largest token with certificates: what is kept free for it in each signature. */
  readonly largestToken: number;
}

export type StageName = (typeof STAGE_NAMES)[number];

export const STAGE_NAMES = ['dev', 'staging', 'production'] as const;

const MIB = 1024 * 1024;

const dev: StageSettings = {
  name: 'dev',
  region: 'ap-southeast-1',
  domain: 'dev.ba-khong.example',
  documents: { objectLock: 'GOVERNANCE', retentionDays: 7 },
  mail: { sender: 'khong-tra-loi@dev.ba-khong.example', alarms: undefined },
  signIn: {
    issuer: 'https://sign-in-test.example',
    clientId: 'ba-khong-dev',
    clientSecretName: 'ba-khong/dev/national-sign-in',
    poolDomainPrefix: 'ba-khong-dev',
  },
  remoteSigning: [],
  signatures: {
    levels: { receipt: 'B-T', answer: 'B-LTA', dispatch: 'B-LTA' },
    renewBeforeDays: 90,
    timestamps: [
      {
        url: 'http://127.0.0.1:8084/authority/timestamp',
        parameter: 'TimestampAddress',
        largestToken: 8192,
      },
    ],
    // The development authority is one with the timestamp service.
    hosts: [],
    privateAddresses: true,
  },
  callbackUrls: [
    'https://dev.ba-khong.example/signed-in',
    'http://localhost:5173/signed-in',
    'http://localhost:8765/signed-in',
  ],
  logoutUrls: ['https://dev.ba-khong.example/', 'http://localhost:5173/'],
  uploadOrigins: ['https://dev.ba-khong.example', 'http://localhost:*', 'http://127.0.0.1:*'],
  limits: {
    uploadBytes: 50 * MIB,
    rate: 50,
    burst: 100,
    publicRate: 5,
    publicBurst: 20,
    clients: {
      'look-up': { burst: 60, perMinute: 120 },
      verification: { burst: 30, perMinute: 30 },
      upload: { burst: 15, perMinute: 5 },
    },
    clientAddressHeader: undefined,
    workers: 5,
  },
  verification: { uploadBytes: 100 * MIB, uploadRate: 2, uploadBurst: 20, seconds: 18, sealUnit: 'BAKHONG.KT' },
  logRetentionDays: 30,
  pointInTimeRecoveryDays: 7,
  sweepEveryMinutes: 5,
};

const staging: StageSettings = {
  ...dev,
  name: 'staging',
  domain: 'staging.ba-khong.example',
  documents: { objectLock: 'GOVERNANCE', retentionDays: 30 },
  mail: { sender: 'khong-tra-loi@staging.ba-khong.example', alarms: 'van-hanh@ba-khong.example' },
  signIn: {
    issuer: 'https://sign-in-test.example',
    clientId: 'ba-khong-staging',
    clientSecretName: 'ba-khong/staging/national-sign-in',
    poolDomainPrefix: 'ba-khong-staging',
  },
  signatures: {
    levels: { receipt: 'B-LTA', answer: 'B-LTA', dispatch: 'B-LTA' },
    renewBeforeDays: 180,
    timestamps: [{ url: 'https://timestamps-test.example', largestToken: 12_288 }],
    hosts: ['timestamps-test.example'],
    privateAddresses: false,
  },
  callbackUrls: ['https://staging.ba-khong.example/signed-in'],
  logoutUrls: ['https://staging.ba-khong.example/'],
  uploadOrigins: ['https://staging.ba-khong.example'],
  limits: { ...dev.limits, uploadBytes: 200 * MIB, workers: 10 },
  verification: { ...dev.verification, sealUnit: undefined },
  logRetentionDays: 90,
  pointInTimeRecoveryDays: 14,
};

const production: StageSettings = {
  ...staging,
  name: 'production',
  domain: 'ba-khong.example',
  documents: { objectLock: 'COMPLIANCE', retentionDays: 3650 },
  mail: { sender: 'khong-tra-loi@ba-khong.example', alarms: 'van-hanh@ba-khong.example' },
  signIn: {
    issuer: 'https://sign-in.example',
    clientId: 'ba-khong',
    clientSecretName: 'ba-khong/production/national-sign-in',
    poolDomainPrefix: 'ba-khong',
  },
  signatures: {
    ...staging.signatures,
    timestamps: [{ url: 'https://timestamps.example', largestToken: 12_288 }],
    hosts: ['timestamps.example'],
  },
  callbackUrls: ['https://ba-khong.example/signed-in'],
  logoutUrls: ['https://ba-khong.example/'],
  uploadOrigins: ['https://ba-khong.example'],
  limits: {
    ...staging.limits,
    rate: 500,
    burst: 1000,
    publicRate: 50,
    publicBurst: 100,
    workers: 50,
  },
  logRetentionDays: 731,
  pointInTimeRecoveryDays: 35,
};

const SETTINGS: Readonly<Record<StageName, StageSettings>> = { dev, staging, production };

/** @throws Error when there is no such stage, naming those there are. */
export function stageSettings(name: string): StageSettings {
  if (!isStageName(name)) throw new Error(`Unknown stage "${name}": use one of ${STAGE_NAMES.join(', ')}.`);
  return SETTINGS[name];
}

/** Settings that still stand for something to be filled in (`.example` names, RFC 6761 §6.5): not to be deployed. */
export function placeholders(settings: StageSettings): string[] {
  const { domain, mail, signIn, signatures } = settings;
  const timestamps = signatures.timestamps.map(({ url }, index) => [`signatures.timestamps[${index}]`, url] as const);
  const named = {
    domain,
    'mail.sender': mail.sender,
    'mail.alarms': mail.alarms,
    'signIn.issuer': signIn.issuer,
    ...Object.fromEntries(timestamps),
  };
  return Object.entries(named).flatMap(([key, value]) => (value?.endsWith('.example') ? [`${key} = ${value}`] : []));
}

function isStageName(name: string): name is StageName {
  return (STAGE_NAMES as readonly string[]).includes(name);
}
