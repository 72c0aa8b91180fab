import * as z from 'zod';
import { type UnitSuccession, unitSuccession } from '../directory/succession.ts';
import { PADES_LEVELS } from '../signatures/levels/pades-level.ts';
import type {
  LaterRevision,
  RevocationReport,
  SignatureVerdict,
  TimestampVerdict,
} from '../signatures/validation/verdict.ts';
import { remarksOnUnit } from './remarks.ts';
import { hash, reasons, sentence, status, subIndication, utc, viewReason } from './view-parts.ts';

const party = z.object({ name: z.string().nullable(), organization: z.string().nullable() });
const certificate = z.object({ sha256: hash, notBefore: utc, notAfter: utc });
const path = z
  .array(hash)
  .meta({ description: 'Certificates from the signer’s up to the trusted root; empty: none holds.' });

const attack = sentence
  .extend({ code: z.string() })
  .optional()
  .meta({ description: 'The published attack that it looks like, where that can be told.' });

const revocation = z
  .object({
    certificate: hash,
    status: z.enum(['good', 'revoked', 'unknown', 'not_needed']).meta({
      description:
        '`not_needed`: it lives too short to be revoked, or its issuer says that it need not be asked about.',
    }),
    answer: z
      .object({
        kind: z.enum(['ocsp', 'crl']),
        source: z.enum(['file', 'given', 'asked']),
        sha256: hash,
        thisUpdate: utc,
        nextUpdate: utc.nullable(),
      })
      .optional(),
    revokedAt: utc.optional(),
    reason: z.number().int().optional().meta({ description: 'CRLReason (RFC 5280 §5.3.1).' }),
  })
  .meta({
    id: 'RevocationFinding',
    description: 'What was relied on about one certificate, the trusted root excepted.',
  });

const timestamp = z
  .object({
    status,
    subIndication,
    reasons,
    time: utc.nullable().meta({ description: 'As the authority states it.' }),
    authority: party.nullable(),
    certificate: hash.nullable(),
    policy: z.string().nullable().meta({ description: 'The authority’s policy, object identifier.' }),
    path,
    revocation: z.array(revocation),
  })
  .meta({
    id: 'SignatureTimestamp',
    description: 'A timestamp inside a signature. One that is not passed proves nothing.',
  });

const change = z.object({
  added: z.enum([
    'signature',
    'document_timestamp',
    'validation_data',
    'form_value',
    'annotation',
    'metadata',
    'more',
    'other',
  ]),
  fields: z.array(z.string()).meta({ description: 'Fields that were signed then.' }),
  changes: z
    .array(
      sentence.extend({
        kind: z.string(),
        field: z.string().optional(),
        page: z.number().int().optional().meta({ description: 'From 1.' }),
        object: z.number().int().optional(),
      }),
    )
    .meta({ description: 'What it did, in words, as far as it was understood.' }),
  reasons: reasons.meta({ description: 'What of it is not allowed; empty: all of it is.' }),
  attack,
});

export const signatureView = z.object({
  field: z.string().meta({ description: 'Full name of the form field.' }),
  kind: z.enum(['approval', 'certification', 'document_timestamp']),
  status,
  subIndication,
  conclusion: sentence,
  reasons: reasons.meta({ description: 'Why it is not passed; empty when it is.' }),
  attack,
  signer: party
    .extend({ title: z.string().nullable() })
    .nullable()
    .meta({ description: 'As the certificate names them, without identity numbers; null: it cannot be read.' }),
  issuer: party.nullable().meta({ description: 'Who issued the certificate.' }),
  claimedTime: utc.nullable().meta({ description: 'As the signer’s software claims it; it proves nothing by itself.' }),
  provenTime: utc
    .nullable()
    .meta({ description: 'Since when it is proven to have been there: it is judged at that time.' }),
  provenBy: z.enum(['signature_timestamp', 'document_timestamp']).nullable(),
  level: z.enum(PADES_LEVELS).nullable().meta({
    description: 'Baseline level by what stands in the file (EN 319 142-1 §6); null: none, or not intact.',
  }),
  certificate: certificate.nullable(),
  path,
  algorithm: z
    .object({ scheme: z.string(), hash: z.string(), keyBits: z.number().int() })
    .nullable()
    .meta({ description: 'Null: unknown or not read.' }),
  timestamps: z.array(timestamp),
  revocation: z.array(revocation),
  coverage: z
    .object({
      byteRange: z.array(z.number().int()).length(4),
      revisionBytes: z
        .number()
        .int()
        .meta({ description: 'The first octets of the file: what was signed, as it was.' }),
      digest: z.string().nullable(),
    })
    .nullable(),
  coversWholeFile: z.boolean(),
  changedAfter: z.array(change).meta({ description: 'What each later revision of the file added, oldest first.' }),
  unit: unitSuccession
    .extend({ remarks: z.array(sentence) })
    .optional()
    .meta({ description: 'The agency whose seal it is, as of now, where the directory knows the certificate.' }),
});
export type SignatureView = z.infer<typeof signatureView>;

const CONCLUSION = {
  TOTAL_PASSED: { vi: 'Chữ ký hợp lệ.', en: 'The signature is valid.' },
  INDETERMINATE: { vi: 'Chưa đủ cơ sở để xác nhận chữ ký.', en: 'The signature cannot be confirmed.' },
  TOTAL_FAILED: { vi: 'Chữ ký không hợp lệ.', en: 'The signature is not valid.' },
} as const;

/** @param seals agencies by the certificates of their seals */
export function viewSignature(verdict: SignatureVerdict, seals: ReadonlyMap<string, UnitSuccession>): SignatureView {
  const { coverage, laterRevisions, reasons: why, timestamps, ...facts } = verdict;
  const unit = facts.certificate ? seals.get(facts.certificate.sha256) : undefined;
  return {
    ...facts,
    conclusion: CONCLUSION[facts.status],
    reasons: why.map(viewReason),
    path: [...facts.path],
    timestamps: timestamps.map(viewTimestamp),
    revocation: facts.revocation.map(viewRevocation),
    coverage: coverage && {
      byteRange: [...coverage.byteRange],
      revisionBytes: coverage.revisionBytes,
      digest: coverage.digest,
    },
    coversWholeFile: coverage?.wholeFile ?? false,
    changedAfter: laterRevisions.map(viewChange),
    ...(unit ? { unit: { ...unit, remarks: remarksOnUnit(unit) } } : {}),
  };
}

function viewTimestamp({ reasons: why, path: certificates, revocation: found, ...facts }: TimestampVerdict) {
  return { ...facts, reasons: why.map(viewReason), path: [...certificates], revocation: found.map(viewRevocation) };
}

function viewRevocation(report: RevocationReport) {
  return { ...report };
}

function viewChange({ added, fields, changes, reasons: faults, attack: named }: LaterRevision) {
  return {
    added,
    fields: [...fields],
    changes: changes.map((one) => ({ ...one })),
    reasons: faults.map(viewReason),
    ...(named ? { attack: named } : {}),
  };
}
