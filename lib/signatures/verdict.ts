import type { NamedAttack } from './attacks.ts';
import type { ChangeKind, NotedChange } from './noted-change.ts';
import type { Reason, Status, SubIndication } from './reasons.ts';

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
  readonly algorithm: { readonly scheme: string; readonly hash: string; readonly keyBits: number } | null;
  readonly coverage: Coverage | null;
  /** What each revision after the signed one added, oldest first. */
  readonly laterRevisions: readonly LaterRevision[];
  /** The published attack that the reasons describe, where it can be told. */
  readonly attack?: NamedAttack;
  /** Not looked at yet: a certificate may have been revoked. */
  readonly revocation: 'not_checked';
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

/** The verdict on a file. `status` is passed only when there is a signature, all are passed, and nothing else came after. */
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
}
