import type { Directory } from '../directory/directory.ts';
import type { Language } from '../directory/person.ts';
import type { NotifyJob } from '../jobs/job.ts';
import type { EpochMs } from '../platform/clock.ts';
import { isProblem } from '../platform/errors.ts';

/** Addresses of one mail, and the language that comes first in it. */
export interface Recipients {
  readonly addresses: readonly string[];
  readonly language: Language;
}

/** SES takes no more in one mail. */
const MOST = 50;

/**
 * Who a notice goes to: a person, or whoever holds the role in the unit that day; where nobody does, the unit's own mailbox.
 * @returns why it goes to nobody, where that is so
 */
export async function recipientsOf(
  directory: Pick<Directory, 'person' | 'staff' | 'unit'>,
  to: NotifyJob['to'],
  at: EpochMs,
): Promise<Recipients | 'recipient-unknown' | 'no-address'> {
  try {
    return to.kind === 'person' ? await onePerson(directory, to.id) : await staffOf(directory, to, at);
  } catch (error) {
    if (isProblem(error, 'person_unknown', 'unit_unknown')) return 'recipient-unknown';
    throw error;
  }
}

async function onePerson(
  directory: Pick<Directory, 'person'>,
  id: Extract<NotifyJob['to'], { kind: 'person' }>['id'],
): Promise<Recipients | 'no-address'> {
  const { email, language } = await directory.person(id);
  return email === undefined ? 'no-address' : { addresses: [email], language };
}

async function staffOf(
  directory: Pick<Directory, 'staff' | 'unit'>,
  to: Extract<NotifyJob['to'], { kind: 'unit' }>,
  at: EpochMs,
): Promise<Recipients | 'no-address'> {
  const staff = (await directory.staff(to.code, to.role, at)).filter((person) => person.email !== undefined);
  const [only, ...others] = staff;
  const addresses = [...new Set(staff.map((person) => person.email as string))].slice(0, MOST);
  if (only) return { addresses, language: others.length === 0 ? only.language : 'vi' };
  const { email } = await directory.unit(to.code);
  return email === undefined ? 'no-address' : { addresses: [email], language: 'vi' };
}
