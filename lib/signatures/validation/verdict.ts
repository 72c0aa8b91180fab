import type { ValidationData } from '../../pdf/validation-data.ts';
import type { ChangeKind, NotedChange } from '../changes/noted-change.ts';
import type { PadesLevel } from '../levels/pades-level.ts';
import type { NamedAttack } from './attacks.ts';
import type { Reason, Status, SubIndication } from './reasons.ts';
import type { EvidenceSource } from './validation-evidence.ts';

/** A person or organisation as a certificate names it. Identity numbers are left out on purpose. */
export interface Party {
  readonly name: string | null;
  readonly organization: string | null;
}

/** The verdict on one signature. Plain JSON: it is stored and shown as it stands. */
export interface SignatureVerdict {
  /** Full name of the form field. */
  readonly field: string;
  readonly kind: 'approval' | 'certification' | 'document_timestamp';
  readonly status: Status;
  readonly subIndication?: SubIndication;
  readonly reasons: readonly Reason[];
  /** undefined parts could not be read. */
  readonly signer: (Party & { readonly title: string | null }) | null;
  readonly issuer: Party | null;
  readonly certificate: { readonly sha256: string; readonly notBefore: string; readonly notAfter: string } | null;
  /** SHA-256 of the certificates from the signer's up to the trust anchor; empty when no path holds. */
  readonly path: readonly string[];
  /** The time that the signer claims (/M), ISO 8601; it proves nothing by itself. */
  readonly claimedTime: string | null;
  /** Since when the signature is proven to have been there, ISO 8601: what its certificates and algorithms are judged at. */
  readonly provenTime: string | null;
  /** What proves it. */
  readonly provenBy: 'signature_timestamp' | 'document_timestamp' | null;
  /** Baseline level by what stands in the file (EN 319 142-1 §6); null: not a baseline signature, or not intact. */
  readonly level: PadesLevel | null;
  readonly algorithm: { readonly scheme: string; readonly hash: string; readonly keyBits: number } | null;
  readonly coverage: Coverage | null;
  /** What each revision after the signed one added, oldest first. */
  readonly laterRevisions: readonly LaterRevision[];
  /** The published attack that the reasons describe, where it can be told. */
  readonly attack?: NamedAttack;
  /** The timestamps inside the signature. */
  readonly timestamps: readonly TimestampVerdict[];
  /** What is known of the revocation of every certificate of the path but the anchor, responders' included. */
  readonly revocation: readonly RevocationReport[];
}

/** The verdict on a timestamp inside a signature. One that is not passed proves nothing, and takes nothing from the signature. */
export interface TimestampVerdict {
  readonly status: Status;
  readonly subIndication?: SubIndication;
  readonly reasons: readonly Reason[];
  /** As the authority states it, ISO 8601. */
  readonly time: string | null;
  readonly authority: Party | null;
  readonly certificate: string | null;
  /** The authority's policy, object identifier. */
  readonly policy: string | null;
  readonly path: readonly string[];
  readonly revocation: readonly RevocationReport[];
}

/** What was relied on about the revocation of one certificate. Times are ISO 8601. */
export interface RevocationReport {
  /** SHA-256 of the certificate. */
  readonly certificate: string;
  /** `not_needed`: it lives too short to be revoked, or its issuer says that it need not be asked about. */
  readonly status: 'good' | 'revoked' | 'unknown' | 'not_needed';
  readonly answer?: {
    readonly kind: 'ocsp' | 'crl';
    readonly source: EvidenceSource;
    /** SHA-256 of the answer. */
    readonly sha256: string;
    readonly thisUpdate: string;
    readonly nextUpdate: string | null;
  };
  readonly revokedAt?: string;
  /** CRLReason (RFC 5280 §5.3.1). */
  readonly reason?: number;
}

export interface Coverage {
  readonly byteRange: readonly [number, number, number, number];
  /** Octets of the revision that the signature covers, counted from the start of the file. */
  readonly revisionBytes: number;
  readonly wholeFile: boolean;
  /** Digest of the covered bytes, hex, under `algorithm.hash`. */
  readonly digest: string | null;
}

export interface LaterRevision {
  /** Where it ends in the file. */
  readonly end: number;
  /** The weightiest of its changes. */
  readonly added: Exclude<ChangeKind, 'more'> | 'other';
  /** Fields that were signed in it. */
  readonly fields: readonly string[];
  /** All that it did, as far as it was understood; what was refused is in the reasons. */
  readonly changes: readonly NotedChange[];
  /** Empty: all of it is allowed, by the signature whose verdict this is part of. */
  readonly reasons: readonly Reason[];
  readonly attack?: NamedAttack;
}

/**
 * The verdict on a file. `status` is passed only when there is a signature, all are passed, and nothing else came after. A document timestamp
 * that cannot be confirmed proves nothing and leaves the signatures as they are; a broken one does not.
 */
export interface Verdict {
  readonly status: Status;
  readonly subIndication?: SubIndication;
  /** Reasons that concern the file as a whole. */
  readonly reasons: readonly Reason[];
  readonly signatures: readonly SignatureVerdict[];
  readonly file: { readonly bytes: number; readonly sha256: string };
  /** The time for which the verdict holds, ISO 8601. */
  readonly validatedAt: string;
  /** Version of the algorithm policy that was applied. */
  readonly algorithmPolicy: string;
  /** The trust anchors that hold the paths. */
  readonly anchors: readonly TrustedAnchor[];
  /**
   * What authorities said when they were asked, DER in base64: with it, the file, the trust list and the time, the verdict can be repeated
   * without asking again.
   */
  readonly material: Readonly<Record<keyof ValidationData, readonly string[]>>;
}

/** An entry of the trust list, and when it holds, ISO 8601 (null: until further notice). */
export interface TrustedAnchor {
  readonly sha256: string;
  readonly name: string | null;
  readonly from: string;
  readonly until: string | null;
}
