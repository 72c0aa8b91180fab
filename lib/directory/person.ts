import * as z from 'zod';
import type { Assignment, PersonId } from '../access/actor.ts';
import { oneLine } from '../platform/text.ts';
import { installedCertificate, signingKey } from './certificates.ts';
import { signatureImage } from './signature-image.ts';
import { calendarDay, unitCode } from './unit.ts';

/** Subjects of the user pool: opaque, and plain enough for keys and aliases. */
export const personId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/)
  .meta({ description: 'Subject of the sign-in; never a personal number.' }) as unknown as z.ZodType<
  PersonId,
  PersonId
>;

export const language = z.enum(['vi', 'en']);
export type Language = z.infer<typeof language>;

export const assignment = z.object({
  unit: unitCode,
  role: z.enum(['clerk', 'officer', 'leader']),
  title: oneLine(100).meta({ example: 'Chủ tịch' }),
  capacity: z.enum(['head', 'KT', 'TM', 'TL', 'TUQ']).optional(),
  from: calendarDay,
  until: calendarDay.optional(),
}) satisfies z.ZodType<Assignment>;

/** What the operator declares of a person on the staff. */
export const personFacts = z.object({
  name: oneLine(200),
  email: z.email().max(254).optional(),
  assignments: z.array(assignment).max(20).default([]),
});
export type PersonFacts = z.output<typeof personFacts>;

export const personRecord = personFacts.extend({
  id: personId,
  /** Empty when the sign-in told none. */
  name: z.string(),
  language: language.default('vi'),
  /** Who keeps name and address up to date: the sign-in of a citizen, the operator for staff. */
  keptBy: z.enum(['sign-in', 'operator']),
  key: signingKey.optional(),
  certificates: z.array(installedCertificate).default([]),
  /** Of their handwritten signature. */
  image: signatureImage.optional(),
  version: z.number().int().positive(),
});

/** Someone known to the directory. Personal data: not to be logged, nor put into events, keys or names of files. */
export type Person = z.output<typeof personRecord>;
