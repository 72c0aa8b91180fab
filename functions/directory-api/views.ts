import { type Actor, assignmentsAt } from '../../lib/access/actor.ts';
import type { InstalledCertificate } from '../../lib/directory/certificates.ts';
import type { MadeKey } from '../../lib/directory/make-key.ts';
import type { Person } from '../../lib/directory/person.ts';
import type { SignatureImage } from '../../lib/directory/signature-image.ts';
import type { AnchorRecord } from '../../lib/directory/trust.ts';
import type { Unit } from '../../lib/directory/unit.ts';
import { encodePem } from '../../lib/pki/pem.ts';
import { type EpochMs, formatIso } from '../../lib/platform/clock.ts';

export function meView(actor: Actor, person: Person, at: EpochMs) {
  const { personId, name, email, operator } = actor;
  return { personId, name, email, language: person.language, operator, assignments: assignmentsAt(actor, at) };
}

export function settingsView({ language }: Person) {
  return { language };
}

export function certificateView({ sha256, notBefore, notAfter }: InstalledCertificate) {
  return { sha256, notBefore: formatIso(notBefore), notAfter: formatIso(notAfter) };
}

/** How a unit is shown to everyone: keys and rules of numbering are its own affair. */
export function unitView(unit: Unit) {
  const { key: _key, certificates, numbering: _numbering, image: _image, version: _version, ...facts } = unit;
  return { ...facts, seal: lastOf(certificates) };
}

export function personView({ id, name, email, assignments, certificates }: Person) {
  return { personId: id, name, email, assignments, certificate: lastOf(certificates) };
}

function lastOf(certificates: readonly InstalledCertificate[]) {
  const last = certificates.at(-1);
  return last && certificateView(last);
}

export function keyView({ key, csr }: MadeKey) {
  return { spec: key.spec, csr };
}

export function anchorView({ sha256, name, from, until, earlier, certificate, source }: AnchorRecord) {
  return {
    sha256,
    name,
    from: formatIso(from),
    until: until === null ? null : formatIso(until),
    earlier: earlier.map((period) => ({ from: formatIso(period.from), until: formatIso(period.until) })),
    certificate: encodePem('CERTIFICATE', Buffer.from(certificate, 'base64')),
    ...(source ? { source } : {}),
  };
}

export function imageView({ sha256, bytes, width, height, from }: SignatureImage) {
  return { sha256, bytes, width, height, from: formatIso(from) };
}
