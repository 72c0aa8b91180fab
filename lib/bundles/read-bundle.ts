import type { Actor } from '../access/actor.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { parseId } from '../platform/ids.ts';
import type { Bundle } from './bundle.ts';
import type { BundleObjects, Bundles } from './bundles.ts';
import { type CaseDeps, exportable } from './case-to-export.ts';

export interface ReadBundleDeps extends CaseDeps {
  readonly bundles: Pick<Bundles, 'find'>;
  readonly objects: Pick<BundleObjects, 'link'>;
}

/** How a bundle stands; with an address to fetch it from, once it is made. */
export interface BundleState {
  readonly bundle: Bundle;
  readonly download?: { readonly url: string; readonly expiresAt: EpochMs };
}

const LINK_SECONDS = 5 * 60;
/** The bucket forgets a file after a day. */
const KEPT_MS = 24 * 3_600_000;

/**
 * A bundle is whoever's asked for it, as long as they might still ask for all that is in it.
 * @throws ProblemError `not_found`, also when its file is gone
 */
export async function readBundle(deps: ReadBundleDeps, actor: Actor, id: string, at: EpochMs): Promise<BundleState> {
  const bundle = await deps.bundles.find(parseId(id));
  if (!bundle || bundle.by !== actor.personId || at >= bundle.requestedAt + KEPT_MS) {
    throw new ProblemError('not_found', { field: 'id' });
  }
  const { documents } = await exportable(deps, actor, bundle.of, at);
  const readable = new Set(documents.map((document) => document.id));
  if (!bundle.documents.every((document) => readable.has(document)))
    throw new ProblemError('not_found', { field: 'id' });
  if (bundle.state !== 'ready') return { bundle };
  // The name says nothing about the case.
  const fileName = `ba-khong-evidence-${bundle.code.slice(-8)}.zip`;
  const url = await deps.objects.link(bundle.code, { fileName, seconds: LINK_SECONDS });
  return { bundle, download: { url, expiresAt: at + LINK_SECONDS * 1000 } };
}
