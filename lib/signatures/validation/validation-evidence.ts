import type { PdfDocument } from '../../pdf/document.ts';
import { readStoredItems, type ValidationData } from '../../pdf/validation-data.ts';
import type { Certificate } from '../../pki/certificate.ts';
import { checkRevocationList } from '../../pki/check-crl.ts';
import { checkOcsp } from '../../pki/check-ocsp.ts';
import { readableCertificates } from '../../pki/cms-signer.ts';
import { equalBytes } from '../../pki/der.ts';
import { fetchIssuers } from '../../pki/fetch-issuers.ts';
import type { CertificatePair } from '../../pki/ocsp.ts';
import type { RevocationFindings, RevocationQuestion, RevocationState } from '../../pki/revocation.ts';
import type { RevocationPort } from '../../pki/revocation-client.ts';
import { isProblem } from '../../platform/errors.ts';
import { acceptsSignature } from './algorithm-policy.ts';
import type { ProofsOfExistence } from './proofs-of-existence.ts';
import type { SignatureInFile } from './signature-in-file.ts';

/** Where something stood that a verdict relies on: in the file, in what the caller gave, at the authority. */
export type EvidenceSource = 'file' | 'given' | 'asked';

/** What an authority said about a certificate, and where that stood. */
export interface Answer {
  readonly kind: 'ocsp' | 'crl';
  readonly der: Uint8Array;
  readonly source: EvidenceSource;
  readonly state: RevocationState;
}

interface Item extends Pick<Answer, 'kind' | 'der' | 'source'> {
  /** Where it ends in the file; what is not in the file is there now and no earlier. */
  readonly end: number;
}

/** Where evidence may come from besides the file. */
export interface EvidenceSources {
  /** The present of the validation, epoch ms. */
  readonly at: number;
  /** Certificates, OCSP answers and lists from elsewhere: never trusted by themselves, only used. */
  readonly material?: ValidationData;
  /** Asked for what is still missing; without it nobody is. */
  readonly revocation?: RevocationPort;
}

const NOWHERE = Number.POSITIVE_INFINITY;
const MOST_ITEMS = 1000;
/** What all answers that are read may weigh together, octets, and what each weighs besides its own: after that nothing more is known. */
const MOST_OCTETS = 512 * 1024 * 1024;
const ONE_ANSWER = 16 * 1024;
const HOLD = 6;

/**
 * All that can be relied on for chains and revocation: certificates, OCSP answers and revocation lists in the signatures, in
 * the file's security store (ISO 32000-2 §12.8.4.3), from the caller, and from the authorities if they may be asked.
 */
export class ValidationEvidence {
  /** Certificates that fill chains; none is trusted. */
  readonly certificates: Certificate[];
  /** What authorities gave and the file does not hold. */
  readonly asked = { certificates: [] as Uint8Array[], ocsps: [] as Uint8Array[], lists: [] as Uint8Array[] };
  readonly #items: readonly Item[];
  readonly #sources: EvidenceSources;
  readonly #fetched = new Map<string, Promise<Answer | undefined>>();
  #octetsLeft = MOST_OCTETS;

  constructor(items: readonly Item[], certificates: readonly Certificate[], sources: EvidenceSources) {
    this.#items = items;
    this.certificates = [...certificates];
    this.#sources = sources;
  }

  static async gather(
    document: PdfDocument,
    signatures: readonly SignatureInFile[],
    sources: EvidenceSources,
  ): Promise<ValidationEvidence> {
    const stored = await storedIn(document);
    const { certificates = [], ocsps = [], lists = [] } = sources.material ?? {};
    const given = (kind: Item['kind'], der: Uint8Array): Item => ({ kind, der, source: 'given', end: NOWHERE });
    const items: Item[] = [
      ...stored.ocsps.map(({ bytes, end }): Item => ({ kind: 'ocsp', der: bytes, source: 'file', end })),
      ...stored.lists.map(({ bytes, end }): Item => ({ kind: 'crl', der: bytes, source: 'file', end })),
      ...signatures.flatMap(itemsIn),
      ...ocsps.map((der) => given('ocsp', der)),
      ...lists.map((der) => given('crl', der)),
    ];
    const known = readableCertificates([...stored.certificates.map(({ bytes }) => bytes), ...certificates]);
    return new ValidationEvidence(items.slice(0, MOST_ITEMS), known, sources);
  }

  /**
   * What is known of a certificate's revocation, by what was in force, or made, at `usedAt` (epoch ms). Without it, what its
   * authority says when asked.
   */
  async answerOn(pair: CertificatePair, usedAt: number, proofs: ProofsOfExistence): Promise<Answer | undefined> {
    const held = this.#items.flatMap((item) => this.#read(item, pair, usedAt, proofs));
    return strongest(held) ?? (await this.#ask(pair));
  }

  /** Fetches issuers that no signature brought along; true when there are new ones. */
  async fetchIssuers(certificate: Certificate): Promise<boolean> {
    const { revocation } = this.#sources;
    const found = revocation ? await fetchIssuers(revocation, certificate) : [];
    this.certificates.push(...found);
    this.asked.certificates.push(...found.map(({ der }) => der));
    return found.length > 0;
  }

  #read({ kind, der, source, end }: Item, pair: CertificatePair, usedAt: number, proofs: ProofsOfExistence): Answer[] {
    this.#octetsLeft -= der.length + ONE_ANSWER;
    if (this.#octetsLeft < 0) return [];
    const provenAt = proofs.of(end);
    // What can be forged by now counts only when it is proven to be older than that.
    const accepts: RevocationQuestion['accepts'] = (signed, signer) => acceptsSignature(signed, signer, provenAt);
    const outlived = pair.issuer.notAfter < provenAt;
    const check = kind === 'ocsp' ? checkOcsp : checkRevocationList;
    const findings = judgeAnswer((freshAt) => check(der, { ...pair, now: this.#sources.at, freshAt, accepts }), usedAt);
    return findings.ok && !(outlived && findings.status === 'good') ? [{ kind, der, source, state: findings }] : [];
  }

  #ask(pair: CertificatePair): Promise<Answer | undefined> {
    const key = Buffer.from(pair.certificate.der).toString('latin1');
    const answer = this.#fetched.get(key) ?? this.#fetch(pair);
    this.#fetched.set(key, answer);
    return answer;
  }

  async #fetch(pair: CertificatePair): Promise<Answer | undefined> {
    try {
      const found = await this.#sources.revocation?.ask(pair, this.#sources.at);
      if (!found) return undefined;
      const kept = this.asked[found.kind === 'ocsp' ? 'ocsps' : 'lists'];
      // One list may answer for many.
      if (!kept.some((der) => equalBytes(der, found.der))) kept.push(found.der);
      return { ...found, source: 'asked' };
    } catch (error) {
      if (isProblem(error, 'revocation_unavailable', 'revocation_invalid')) return undefined;
      throw error;
    }
  }
}

/** A store that cannot be read proves nothing. */
async function storedIn(document: PdfDocument): Promise<Awaited<ReturnType<typeof readStoredItems>>> {
  try {
    return await readStoredItems(document);
  } catch (error) {
    if (isProblem(error, 'pdf_broken', 'pdf_limits')) return { certificates: [], ocsps: [], lists: [] };
    throw error;
  }
}

/** An answer that is out of date says nothing good any more, but what it says was revoked stays so. */
function judgeAnswer(check: (freshAt: number) => RevocationFindings, usedAt: number): RevocationFindings {
  const findings = check(usedAt);
  if (findings.ok) return findings;
  const old = check(Number.NEGATIVE_INFINITY);
  return old.ok && old.status === 'revoked' ? old : findings;
}

/** Revoked is the last word, unless it was a hold that a later answer lifts (RFC 5280 §5.3.1); else the newest answer counts. */
function strongest(answers: readonly Answer[]): Answer | undefined {
  const final = answers.filter(({ state }) => state.status === 'revoked' && state.reason !== HOLD);
  if (final.length > 0) return final.toSorted((a, b) => (a.state.revokedAt ?? 0) - (b.state.revokedAt ?? 0))[0];
  return answers.toSorted((a, b) => b.state.thisUpdate - a.state.thisUpdate)[0];
}

/** What a signature or a timestamp brought along. */
function itemsIn({ opened, token, covered }: SignatureInFile): Item[] {
  const signedData = opened?.signedData ?? token?.signedData;
  const archive = opened?.signerInfo.signedAttributes?.revocation;
  const end = covered?.end ?? NOWHERE;
  const item = (kind: Item['kind'], der: Uint8Array): Item => ({ kind, der, source: 'file', end });
  return [
    ...(archive?.ocsps ?? []).map((der) => item('ocsp', der)),
    ...[...(archive?.lists ?? []), ...(signedData?.lists ?? [])].map((der) => item('crl', der)),
  ];
}
