import type { KnownHashes } from '../../evidence/check-log.ts';
import { type DailyRoot, dailyRoot, holdsIn, inclusionProof, rootFile } from '../../evidence/roots/daily-root.ts';
import type { TrustAnchor } from '../../pki/certificate-path.ts';
import { type TimestampFault, verifyTimestampToken } from '../../pki/verify-timestamp-token.ts';
import { canonicalJson } from '../../platform/hash.ts';
import { acceptsSignature } from '../../signatures/validation/algorithm-policy.ts';
import { PATHS } from '../bundle-format.ts';
import { type Finding, finding } from './findings.ts';
import { type OpenBundle, readFileOf, readJson } from './open-bundle.ts';

/** A day's root as it was found. */
export interface CheckedRoot {
  readonly day: string;
  /** Records of the case that stand under it. */
  readonly records: readonly number[];
  /** When it was timestamped, epoch ms; null where that is not confirmed. */
  readonly timestamp: number | null;
}

export interface RootsCheck {
  readonly roots: readonly CheckedRoot[];
  /** Hashes of records that the roots prove. */
  readonly known: KnownHashes;
  readonly findings: readonly Finding[];
}

/** What is wrong with the way to a trusted root, not with the token. */
const UNTRUSTED: readonly TimestampFault[] = ['no_path_to_trust', 'anchor_not_trusted_then', 'search_limit'];

/** Checks the roots of the days on which the case's log grew: that its records stand under them, and since when. */
export async function checkRoots(bundle: OpenBundle, trust: readonly TrustAnchor[]): Promise<RootsCheck> {
  const { manifest, files } = bundle;
  const roots: CheckedRoot[] = [];
  const known = new Map<number, string>();
  const findings: Finding[] = [];
  const read: DailyRoot[] = [];
  for (const { day } of manifest.roots) {
    const path = PATHS.root(day);
    const root = await readJson(files, path, dailyRoot);
    const proof = await readJson(files, PATHS.proof(day), inclusionProof);
    const bytes = await readFileOf(files, path);
    if (!root || !proof || !bytes || root.day !== day || Buffer.from(bytes).toString() !== canonicalJson(root)) {
      findings.push(finding('file_malformed', { path }));
      continue;
    }
    if (proof.leaf.caseId !== manifest.case.code || !holdsIn(proof, root)) {
      findings.push(finding('root_wrong', { path: PATHS.proof(day) }));
      continue;
    }
    read.push(root);
    const token = checkToken(await readFileOf(files, PATHS.token(day)), root, trust);
    if (token.finding) findings.push(token.finding);
    if (token.finding?.code === 'timestamp_wrong') continue;
    for (const { seq, hash } of proof.leaf.events) known.set(seq, hash);
    roots.push({ day, records: proof.leaf.events.map(({ seq }) => seq), timestamp: token.time });
  }
  return { roots, known, findings: [...findings, ...checkLinks(read)] };
}

function checkToken(
  token: Uint8Array | undefined,
  root: DailyRoot,
  trust: readonly TrustAnchor[],
): { readonly time: number | null; readonly finding?: Finding } {
  const path = PATHS.token(root.day);
  if (!token) return { time: null, finding: finding('root_without_timestamp', { path: PATHS.root(root.day) }) };
  const digest = Buffer.from(rootFile(root).sha256, 'hex');
  const { faults, info } = verifyTimestampToken(token, {
    digest: (hash) => (hash === 'sha256' ? digest : undefined),
    trust: { trust, accepts: acceptsSignature },
  });
  const wrong = faults.filter((fault) => !UNTRUSTED.includes(fault));
  if (wrong.length > 0) return { time: null, finding: finding('timestamp_wrong', { path, detail: wrong.join(', ') }) };
  const [untrusted] = faults;
  if (untrusted) return { time: null, finding: finding('timestamp_unconfirmed', { path, detail: untrusted }) };
  return { time: info?.time ?? null };
}

/** Of two days that follow each other the later names the earlier. */
function checkLinks(roots: readonly DailyRoot[]): Finding[] {
  const byDay = new Map(roots.map((root) => [root.day, root]));
  return roots.flatMap((root) => {
    const noon = Date.parse(`${root.day}T12:00:00Z`);
    const before = byDay.get(new Date(noon - 86_400_000).toISOString().slice(0, 10));
    const fits = !before || root.previous === rootFile(before).sha256;
    return fits ? [] : [finding('roots_unlinked', { path: PATHS.root(root.day) })];
  });
}
