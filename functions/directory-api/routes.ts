import * as z from 'zod';
import { keySpec } from '../../lib/directory/certificates.ts';
import { assignment, language, personFacts, personId } from '../../lib/directory/person.ts';
import { anchorSource } from '../../lib/directory/trust.ts';
import { calendarDay, tier, unitCode, unitFacts } from '../../lib/directory/unit.ts';
import { defineRoute } from '../http/route.ts';
import { cursor, isoTime, pageQuery, sha256 } from '../http/schemas.ts';

const tag = 'Directory';

const me = z
  .object({
    personId,
    name: z.string(),
    email: z.string().optional(),
    language,
    operator: z.boolean(),
    assignments: z.array(assignment).meta({ description: 'Those of today.' }),
  })
  .meta({ id: 'Me' });

export const getMe = defineRoute({
  operationId: 'getMe',
  method: 'GET',
  path: '/api/me',
  tag,
  summary: 'The signed-in person',
  access: 'signed-in',
  answer: { status: 200, description: 'Who is signed in, and where they hold which role.', schema: me },
  problems: [],
});

const settings = z.object({ language }).meta({ id: 'Settings' });

export const getSettings = defineRoute({
  operationId: 'getSettings',
  method: 'GET',
  path: '/api/me/settings',
  tag,
  summary: "The signed-in person's settings",
  access: 'signed-in',
  answer: { status: 200, description: 'The settings.', schema: settings },
  problems: [],
});

export const putSettings = defineRoute({
  operationId: 'putSettings',
  method: 'PUT',
  path: '/api/me/settings',
  tag,
  summary: "Change the signed-in person's settings",
  access: 'signed-in',
  body: settings,
  answer: { status: 200, description: 'The settings as they are now.', schema: settings },
  problems: [],
});

const certificate = z
  .object({ sha256, notBefore: isoTime, notAfter: isoTime })
  .meta({ id: 'Certificate', description: 'The certificate installed last.' });

const unit = z
  .object({
    code: unitCode,
    name: z.string(),
    notation: z.string(),
    place: z.string(),
    tier,
    email: z.string().optional(),
    formerCodes: z.array(unitCode),
    from: calendarDay,
    until: calendarDay.optional(),
    predecessors: z.array(unitCode),
    successors: z.array(unitCode),
    seal: certificate.optional(),
  })
  .meta({ id: 'Unit' });

export const listUnits = defineRoute({
  operationId: 'listUnits',
  method: 'GET',
  path: '/api/units',
  tag,
  summary: 'All units, past ones included, by code',
  access: 'signed-in',
  query: pageQuery,
  answer: { status: 200, description: 'One page.', schema: z.object({ items: z.array(unit), cursor }) },
  problems: ['bad_cursor'],
});

const unitPath = z.object({ code: unitCode });

export const getUnit = defineRoute({
  operationId: 'getUnit',
  method: 'GET',
  path: '/api/units/{code}',
  tag,
  summary: 'A unit by its present or a former code',
  access: 'signed-in',
  params: unitPath,
  answer: { status: 200, description: 'The unit.', schema: unit },
  problems: ['unit_unknown'],
});

export const putUnit = defineRoute({
  operationId: 'putUnit',
  method: 'PUT',
  path: '/api/units/{code}',
  tag,
  summary: 'Enter or change a unit (operator)',
  access: 'signed-in',
  params: unitPath,
  body: unitFacts,
  answer: { status: 200, description: 'The unit as it is now.', schema: unit },
  problems: ['forbidden', 'conflict', 'unit_unknown'],
});

const keyRequest = z.object({ spec: keySpec.default('RSA_2048') });
const madeKey = z
  .object({ spec: keySpec, csr: z.string().meta({ description: 'PKCS#10 in PEM.' }) })
  .meta({ id: 'CertificationRequest' });
const pem = z
  .string()
  .max(100_000)
  .meta({ description: 'PEM: the certificate first, then its issuers up to a trust anchor.' });
const remote = z
  .strictObject({
    service: z.string().max(40).meta({ description: 'Name of a remote signing service of this stage.' }),
    credentialId: z.string().min(1).max(256),
  })
  .optional()
  .meta({ description: 'The key is a credential of a remote signing service (CSC API v2).' });
const certificateBody = z.object({ certificate: pem, remote });
const ownCertificateBody = z
  .object({
    certificate: pem,
    remote,
    request: z
      .string()
      .max(20_000)
      .optional()
      .meta({ description: 'PKCS#10 in PEM, signed by the key of the certificate: the key stays with its person.' }),
  })
  .refine((body) => !(body.remote && body.request), 'Either `remote` or `request`.');

export const makeUnitKey = defineRoute({
  operationId: 'makeUnitKey',
  method: 'POST',
  path: '/api/units/{code}/key',
  tag,
  summary: "Make a unit's seal key, once, and a request to certify it (operator)",
  access: 'signed-in',
  params: unitPath,
  body: keyRequest,
  answer: { status: 200, description: 'The request to take to the certification authority.', schema: madeKey },
  problems: ['forbidden', 'unit_unknown', 'signing_key_unavailable'],
});

export const putUnitCertificate = defineRoute({
  operationId: 'putUnitCertificate',
  method: 'PUT',
  path: '/api/units/{code}/certificate',
  tag,
  summary: "Install the certificate of a unit's seal (operator)",
  access: 'signed-in',
  params: unitPath,
  body: certificateBody,
  answer: { status: 200, description: 'What was installed.', schema: certificate },
  problems: [
    'forbidden',
    'unit_unknown',
    'signing_key_unavailable',
    'certificate_invalid',
    'certificate_expired',
    'certificate_not_yet_valid',
    'certificate_key_usage',
    'certificate_key_mismatch',
    'certificate_untrusted',
    'remote_service_unknown',
  ],
});

const personPath = z.object({ id: personId });

export const putPerson = defineRoute({
  operationId: 'putPerson',
  method: 'PUT',
  path: '/api/people/{id}',
  tag,
  summary: 'Enter or change a member of staff (operator)',
  access: 'signed-in',
  params: personPath,
  body: personFacts,
  answer: {
    status: 200,
    description: 'The person as entered.',
    schema: personFacts.extend({ personId, certificate: certificate.optional() }).meta({ id: 'Person' }),
  },
  problems: ['forbidden', 'unit_unknown'],
});

export const makePersonKey = defineRoute({
  operationId: 'makePersonKey',
  method: 'POST',
  path: '/api/people/{id}/key',
  tag,
  summary: "Make a person's signing key, once, and a request to certify it (operator)",
  access: 'signed-in',
  params: personPath,
  body: keyRequest,
  answer: { status: 200, description: 'The request to take to the certification authority.', schema: madeKey },
  problems: ['forbidden', 'person_unknown', 'signing_key_unavailable'],
});

export const putPersonCertificate = defineRoute({
  operationId: 'putPersonCertificate',
  method: 'PUT',
  path: '/api/people/{id}/certificate',
  tag,
  summary: "Install a person's certificate (operator)",
  access: 'signed-in',
  params: personPath,
  body: ownCertificateBody,
  answer: { status: 200, description: 'What was installed.', schema: certificate },
  problems: [
    ...putUnitCertificate.problems.filter((code) => code !== 'unit_unknown'),
    'person_unknown',
    'certification_request_invalid',
  ],
});

const anchor = z
  .object({
    sha256,
    name: z.string(),
    from: isoTime,
    until: isoTime.nullable(),
    earlier: z.array(z.object({ from: isoTime, until: isoTime })),
    certificate: z.string(),
    source: anchorSource.optional(),
  })
  .meta({ id: 'TrustAnchor' });

export const listTrust = defineRoute({
  operationId: 'listTrust',
  method: 'GET',
  path: '/api/trust',
  tag,
  summary: 'The certificates that are trusted, and when',
  access: 'signed-in',
  answer: {
    status: 200,
    description: 'All of them; certificates in PEM.',
    schema: z.object({ items: z.array(anchor) }),
  },
  problems: [],
});

const offsetTime = z.iso.datetime({ offset: true }).meta({ example: '2026-03-09T00:00:00+07:00' });

export const putTrust = defineRoute({
  operationId: 'putTrust',
  method: 'PUT',
  path: '/api/trust/{sha256}',
  tag,
  summary: 'Trust a certification authority, or change until when (operator)',
  access: 'signed-in',
  params: z.object({ sha256 }),
  body: z.object({
    certificate: z.string().max(20_000).meta({ description: 'One certificate in PEM.' }),
    from: offsetTime,
    until: offsetTime.nullable().default(null),
    earlier: z
      .array(z.object({ from: offsetTime, until: offsetTime }))
      .max(50)
      .default([])
      .meta({ description: 'Times before that in which it was trusted as well, oldest first.' }),
    source: anchorSource.optional().meta({ description: 'The trusted list (ETSI TS 119 612) that says so.' }),
  }),
  answer: { status: 200, description: 'The trust anchor as it is now.', schema: anchor },
  problems: ['forbidden', 'certificate_invalid', 'certificate_key_usage'],
});

const image = z
  .object({
    sha256,
    bytes: z.number().int(),
    width: z.number().int(),
    height: z.number().int(),
    from: isoTime.meta({ description: 'Since when it is used.' }),
  })
  .meta({ id: 'SignatureImage', description: 'A PNG in pixels, without anything but the picture.' });
const imageLink = z.object({ image, url: z.string(), expiresAt: isoTime }).meta({ id: 'SignatureImageLink' });
const IMAGE_PROBLEMS = ['forbidden', 'image_broken', 'image_size', 'unsupported_media_type'] as const;

const ownImage = { path: '/api/me/signature-image', tag, access: 'signed-in' } as const;
const sealImage = { path: '/api/units/{code}/seal-image', tag, access: 'signed-in', params: unitPath } as const;
const taken = { status: 200, description: 'The image as it is kept.', schema: image };
const removed = { status: 200, description: 'What was removed; it is erased within days.', schema: image };
const found = { status: 200, description: 'The address holds for five minutes.', schema: imageLink };

export const putOwnImage = defineRoute({
  ...ownImage,
  operationId: 'putOwnImage',
  method: 'PUT',
  summary: 'The image of one’s own signature, in place of the one before (who signs for a unit)',
  bodyType: 'image/png',
  answer: taken,
  problems: [...IMAGE_PROBLEMS],
});

export const getOwnImage = defineRoute({
  ...ownImage,
  operationId: 'getOwnImage',
  method: 'GET',
  summary: 'The image of one’s own signature',
  answer: found,
  problems: ['not_found'],
});

export const removeOwnImage = defineRoute({
  ...ownImage,
  operationId: 'removeOwnImage',
  method: 'DELETE',
  summary: 'Sign without an image',
  answer: removed,
  problems: ['forbidden', 'not_found'],
});

export const putSealImage = defineRoute({
  ...sealImage,
  operationId: 'putSealImage',
  method: 'PUT',
  summary: "The image of a unit's red seal, in place of the one before (operator)",
  bodyType: 'image/png',
  answer: taken,
  problems: [...IMAGE_PROBLEMS, 'unit_unknown'],
});

export const getSealImage = defineRoute({
  ...sealImage,
  operationId: 'getSealImage',
  method: 'GET',
  summary: "The image of a unit's seal (its staff, operator)",
  answer: found,
  problems: ['not_found', 'unit_unknown'],
});

export const removeSealImage = defineRoute({
  ...sealImage,
  operationId: 'removeSealImage',
  method: 'DELETE',
  summary: 'Have the seal drawn again (operator)',
  answer: removed,
  problems: ['forbidden', 'not_found', 'unit_unknown'],
});
