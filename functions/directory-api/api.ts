import type { UnitCode } from '../../lib/access/actor.ts';
import type { KeyHolder, KeySpec } from '../../lib/directory/certificates.ts';
import { type CertificateToInstall, installCertificate } from '../../lib/directory/install-certificate.ts';
import { makeKey } from '../../lib/directory/make-key.ts';
import { putAnchor } from '../../lib/directory/put-anchor.ts';
import { putImage, readImage, removeImage } from '../../lib/directory/put-image.ts';
import { putLanguage, putPerson } from '../../lib/directory/put-person.ts';
import { putUnit } from '../../lib/directory/put-unit.ts';
import { formatIso } from '../../lib/platform/clock.ts';
import { api } from '../http/api.ts';
import { type BoundRoute, bind, type RouteDefinition, type SignedInCall } from '../http/route.ts';
import { stamped } from '../http/stamped.ts';
import type { DirectoryApiDeps } from './compose.ts';
import * as routes from './routes.ts';
import {
  anchorView,
  certificateView,
  imageView,
  keyView,
  meView,
  personView,
  settingsView,
  unitView,
} from './views.ts';

type Change = Pick<SignedInCall<unknown, unknown, unknown>, 'actor' | 'at' | 'stamp'>;

export function directoryApi(deps: DirectoryApiDeps) {
  return api(deps, [
    ...meRoutes(deps),
    ...unitRoutes(deps),
    ...peopleRoutes(deps),
    ...trustRoutes(deps),
    ...imageRoutes(deps),
  ]);
}

function meRoutes({ directory, requests }: DirectoryApiDeps): BoundRoute[] {
  return [
    bind(routes.getMe, async ({ actor, at }) => meView(actor, await directory.person(actor.personId), at)),
    bind(routes.getSettings, async ({ actor }) => settingsView(await directory.person(actor.personId))),
    bind(routes.putSettings, async (call) => {
      const keep = stamped(requests, routes.putSettings, call, settingsView);
      return settingsView(await putLanguage({ directory }, call.actor, call.body.language, keep));
    }),
  ];
}

function unitRoutes(deps: DirectoryApiDeps): BoundRoute[] {
  const { directory, requests } = deps;
  const holder = (code: (KeyHolder & { kind: 'unit' })['code']) => ({ kind: 'unit', code }) as const;
  return [
    bind(routes.listUnits, async ({ query }) => {
      const page = await directory.units(query);
      return { ...page, items: page.items.map(unitView) };
    }),
    bind(routes.getUnit, async ({ params }) => unitView(await directory.unit(params.code))),
    bind(routes.putUnit, async (call) => {
      const keep = stamped(requests, routes.putUnit, call, unitView);
      return unitView(await putUnit(deps, call.actor, call.params.code, call.body, call.at, keep));
    }),
    bind(routes.makeUnitKey, (call) => keyOf(deps, routes.makeUnitKey, call, holder(call.params.code), call.body.spec)),
    bind(routes.putUnitCertificate, (call) =>
      certificateOf(deps, routes.putUnitCertificate, call, holder(call.params.code), call.body),
    ),
  ];
}

function peopleRoutes(deps: DirectoryApiDeps): BoundRoute[] {
  const holder = (id: (KeyHolder & { kind: 'person' })['id']) => ({ kind: 'person', id }) as const;
  return [
    bind(routes.putPerson, async (call) => {
      const keep = stamped(deps.requests, routes.putPerson, call, personView);
      return personView(await putPerson(deps, call.actor, call.params.id, call.body, call.at, keep));
    }),
    bind(routes.makePersonKey, (call) =>
      keyOf(deps, routes.makePersonKey, call, holder(call.params.id), call.body.spec),
    ),
    bind(routes.putPersonCertificate, (call) =>
      certificateOf(deps, routes.putPersonCertificate, call, holder(call.params.id), call.body),
    ),
  ];
}

function imageRoutes(deps: DirectoryApiDeps): BoundRoute[] {
  const own = ({ actor }: Pick<Change, 'actor'>) => ({ kind: 'person', id: actor.personId }) as const;
  const sealOf = ({ params }: { readonly params: { readonly code: UnitCode } }) =>
    ({ kind: 'unit', code: params.code }) as const;
  const put = async (route: Answer, call: Change & { readonly bytes: Uint8Array }, holder: KeyHolder) => {
    const keep = stamped(deps.requests, route, call, imageView);
    return imageView(await putImage(deps, call.actor, holder, call.bytes, call.at, keep));
  };
  const remove = async (route: Answer, call: Change, holder: KeyHolder) => {
    const keep = stamped(deps.requests, route, call, imageView);
    return imageView(await removeImage(deps, call.actor, holder, call.at, keep));
  };
  const read = async ({ actor, at }: Pick<Change, 'actor' | 'at'>, holder: KeyHolder) => {
    const { image, url, expiresAt } = await readImage(deps, actor, holder, at);
    return { image: imageView(image), url, expiresAt: formatIso(expiresAt) };
  };
  return [
    bind(routes.putOwnImage, (call) => put(routes.putOwnImage, call, own(call))),
    bind(routes.getOwnImage, (call) => read(call, own(call))),
    bind(routes.removeOwnImage, (call) => remove(routes.removeOwnImage, call, own(call))),
    bind(routes.putSealImage, (call) => put(routes.putSealImage, call, sealOf(call))),
    bind(routes.getSealImage, (call) => read(call, sealOf(call))),
    bind(routes.removeSealImage, (call) => remove(routes.removeSealImage, call, sealOf(call))),
  ];
}

function trustRoutes(deps: DirectoryApiDeps): BoundRoute[] {
  return [
    bind(routes.listTrust, async () => ({ items: (await deps.directory.trustAnchors()).map(anchorView) })),
    bind(routes.putTrust, async (call) => {
      const { certificate, from, until, earlier, source } = call.body;
      const facts = {
        certificate,
        from: Date.parse(from),
        until: until === null ? null : Date.parse(until),
        earlier: earlier.map((period) => ({ from: Date.parse(period.from), until: Date.parse(period.until) })),
        source,
      };
      const keep = stamped(deps.requests, routes.putTrust, call, anchorView);
      return anchorView(await putAnchor(deps, call.actor, call.params.sha256, facts, call.at, keep));
    }),
  ];
}

type Answer = Pick<RouteDefinition, 'answer'>;

async function keyOf(deps: DirectoryApiDeps, route: Answer, call: Change, holder: KeyHolder, spec: KeySpec) {
  return keyView(await makeKey(deps, call.actor, holder, spec, call.at, stamped(deps.requests, route, call, keyView)));
}

async function certificateOf(
  deps: DirectoryApiDeps,
  route: Answer,
  call: Change,
  holder: KeyHolder,
  asked: CertificateToInstall,
) {
  const keep = stamped(deps.requests, route, call, certificateView);
  return certificateView(await installCertificate(deps, call.actor, holder, asked, call.at, keep));
}
