import type { PdfDocument } from '../../pdf/document.ts';
import { readValidationStore, type ValidationData, type ValidationStore } from '../../pdf/validation-data.ts';
import { type Certificate, fingerprint } from '../../pki/certificate.ts';
import { buildPath, type TrustAnchor } from '../../pki/certificate-path.ts';
import { checkRevocationList } from '../../pki/check-crl.ts';
import { checkOcsp } from '../../pki/check-ocsp.ts';
import { readableCertificates } from '../../pki/cms-signer.ts';
import { fetchIssuers } from '../../pki/fetch-issuers.ts';
import type { CertificatePair } from '../../pki/ocsp.ts';
import { OID } from '../../pki/oids.ts';
import type { RevocationQuestion } from '../../pki/revocation.ts';
import type { RevocationAnswer, RevocationPort } from '../../pki/revocation-client.ts';
import { ProblemError } from '../../platform/errors.ts';
import { acceptsSignature } from '../validation/algorithm-policy.ts';

/**
 * The largest revocation list that is put into a file, octets: some 40 000 entries. It stays in every copy of the document for good; and
 * whoever reads the file, this product too, bounds what it reads. Authorities with longer lists answer over OCSP.
 */
export const LARGEST_KEPT_LIST = 2 * 1024 * 1024;

/** A certificate whose whole chain must be provable from the file: a signer's, a timestamp authority's. */
export interface Subject {
  readonly certificate: Certificate;
  /** Certificates that came with it. */
  readonly intermediates: readonly Certificate[];
  /** When it is proven to have been used, else the present, epoch ms: its chain must hold then. */
  readonly at: number;
  /** Entry of /VRI that its data belongs to. */
  readonly key: string;
}

/** What a file, or a revision of it, holds. */
export interface HeldMaterial extends ValidationStore {
  /** Its certificates, those that can be read. */
  readonly readable: readonly Certificate[];
}

/** @throws ProblemError `pdf_broken`, `pdf_limits` */
export async function readHeldMaterial(document: PdfDocument): Promise<HeldMaterial> {
  const store = await readValidationStore(document);
  return { ...store, readable: readableCertificates(store.certificates) };
}

export interface MaterialContext {
  /** What the file holds already. */
  readonly held: HeldMaterial;
  readonly trust: readonly TrustAnchor[];
  /** The present, epoch ms. */
  readonly now: number;
  /** Asked for what the file does not hold; without it that is only counted. */
  readonly revocation?: RevocationPort;
}

/** What makes the chains of subjects provable. */
export interface Material {
  /** By entry of /VRI: entries that the file lacks, or whose data is not all in it yet, with all of their data. */
  readonly additions: ReadonlyMap<string, ValidationData>;
  /** False: something is missing and nobody was asked for it. */
  readonly complete: boolean;
}

/**
 * Certificates and revocation data for every chain (EN 319 142-1 §5.4.2, §6.3: B-LT), those of OCSP responders too. What the file
 * holds is used as long as it was in force, or made, when the subject's certificate was used.
 *
 * @throws ProblemError `certificate_untrusted`, `certificate_expired`, `certificate_revoked`; `revocation_unavailable`
 *   (also when all there is to be had is a list larger than `LARGEST_KEPT_LIST`), `revocation_invalid`
 */
export async function collectMaterial(subjects: readonly Subject[], context: MaterialContext): Promise<Material> {
  const collector = new Collector(context);
  const additions = new Map<string, ValidationData>();
  const entries = new Map(subjects.map(({ key }) => [key, new Entry()]));
  // The latest first, of all entries: what is new enough for it is new enough for all before.
  for (const subject of [...subjects].sort((a, b) => b.at - a.at)) {
    await collector.cover(subject, entries.get(subject.key) as Entry);
  }
  for (const [key, entry] of entries) {
    const data = entry.data();
    if (!context.held.entries.has(key) || !holdsAll(context.held, data)) additions.set(key, data);
  }
  return { additions, complete: collector.complete };
}

/** The data of one entry, each piece once. */
class Entry {
  readonly #parts = {
    certificates: new Map<string, Uint8Array>(),
    ocsps: new Map<string, Uint8Array>(),
    lists: new Map<string, Uint8Array>(),
  };
  readonly covered = new Set<string>();

  add(kind: keyof ValidationData, der: Uint8Array): void {
    this.#parts[kind].set(textOf(der), der);
  }

  data(): ValidationData {
    const { certificates, ocsps, lists } = this.#parts;
    return { certificates: [...certificates.values()], ocsps: [...ocsps.values()], lists: [...lists.values()] };
  }
}

class Collector {
  complete = true;
  readonly #context: MaterialContext;
  readonly #known: Certificate[];
  readonly #answers = new Map<string, RevocationAnswer>();

  constructor(context: MaterialContext) {
    this.#context = context;
    this.#known = [...context.held.readable];
  }

  /** Puts the chain of a subject into the entry, and what says that none of it was revoked. */
  async cover(subject: Subject, entry: Entry): Promise<void> {
    const own = fingerprint(subject.certificate);
    if (entry.covered.has(own)) return;
    entry.covered.add(own);
    const path = await this.#pathOf(subject);
    for (const { der } of path) entry.add('certificates', der);
    for (const [index, certificate] of path.entries()) {
      const issuer = path[index + 1];
      // The last one is trusted by decision, and a responder may be certified as not to be asked about.
      if (!issuer || certificate.extensions.has(OID.ocspNoCheck)) continue;
      const answer = await this.#answerOn({ certificate, issuer }, subject.at);
      if (!answer) continue;
      entry.add(answer.kind === 'ocsp' ? 'ocsps' : 'lists', answer.der);
      const { signer } = answer.state;
      if (fingerprint(signer) === fingerprint(issuer)) continue;
      await this.cover({ ...subject, certificate: signer, intermediates: [issuer, ...subject.intermediates] }, entry);
    }
  }

  async #pathOf(subject: Subject): Promise<readonly Certificate[]> {
    const { trust, revocation } = this.#context;
    let intermediates: readonly Certificate[] = [...subject.intermediates, ...this.#known];
    for (let fetched = false; ; fetched = true) {
      const request = { certificate: subject.certificate, intermediates, trust, accepts: acceptsSignature };
      const result = buildPath({ ...request, at: subject.at });
      if (result.ok) return result.path;
      if (result.failure === 'certificate_not_valid_then') throw new ProblemError('certificate_expired');
      const more = revocation && !fetched ? await fetchIssuers(revocation, subject.certificate) : [];
      if (more.length === 0) throw new ProblemError('certificate_untrusted', { detail: result.failure });
      this.#known.push(...more);
      intermediates = [...intermediates, ...more];
    }
  }

  /**
   * What is known of a certificate's revocation, to be kept in the file.
   * @throws ProblemError `certificate_revoked`: before it was used; `revocation_unavailable`: not in a size to keep
   */
  async #answerOn(pair: CertificatePair, usedAt: number): Promise<RevocationAnswer | undefined> {
    const own = fingerprint(pair.certificate);
    const { held, now, revocation } = this.#context;
    const question = { ...pair, now, freshAt: usedAt, accepts: acceptsSignature };
    const known = this.#answers.get(own) ?? findAnswer(held, question);
    const answer = known ?? (await revocation?.ask(pair, now));
    if (!answer) {
      this.complete = false;
      return undefined;
    }
    const { state } = answer;
    if (state.status === 'revoked' && !(state.revokedAt !== undefined && state.revokedAt > usedAt))
      throw new ProblemError('certificate_revoked');
    // The port has asked over OCSP already. What the file holds is not added to it once more.
    if (!known && answer.kind === 'crl' && answer.der.length > LARGEST_KEPT_LIST)
      throw new ProblemError('revocation_unavailable', { detail: 'the revocation list is too large for a file' });
    this.#answers.set(own, answer);
    return answer;
  }
}

/** The answer that the file holds, when it still was in force at the time that counts. */
function findAnswer(held: ValidationData, question: RevocationQuestion): RevocationAnswer | undefined {
  for (const der of held.ocsps) {
    const state = checkOcsp(der, question);
    if (state.ok) return { kind: 'ocsp', der, state };
  }
  for (const der of held.lists) {
    const state = checkRevocationList(der, question);
    if (state.ok) return { kind: 'crl', der, state };
  }
  return undefined;
}

function holdsAll(held: ValidationData, wanted: ValidationData): boolean {
  return (['certificates', 'ocsps', 'lists'] as const).every((kind) => {
    const known = new Set(held[kind].map(textOf));
    return wanted[kind].every((der) => known.has(textOf(der)));
  });
}

/** Equal bytes have equal texts. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
