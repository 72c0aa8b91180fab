import type { BrowserForm } from '../../gateway/service.ts';
import { formKey } from './post-form.ts';
import { S3Error } from './s3-error.ts';

/** How large the file of a form may be, in bytes, both included. */
export interface SizeRange {
  readonly min: number;
  readonly max: number;
}

/** Fields that no policy needs to mention ("Creating a POST policy"). */
const UNCOVERED = ['x-amz-signature', 'file', 'policy', 'awsaccesskeyid'];

type Condition =
  | { readonly kind: 'eq' | 'starts-with'; readonly field: string; readonly value: string; readonly text: string }
  | { readonly kind: 'size'; readonly range: SizeRange };

/**
 * Judges a form by its policy: not expired, every condition met, every field covered by a condition. The signature has
 * been checked before. Returns the size the policy allows; throws `AccessDenied` or `InvalidArgument`.
 *
 * @param now epoch milliseconds
 */
export function checkPolicy(form: BrowserForm, bucket: string, now: number): SizeRange | undefined {
  const policy = parsePolicy(form.fields.get('policy') ?? '');
  if (policy.expiration <= now) throw denied('Invalid according to Policy: Policy expired.');
  const values = new Map([...form.fields, ['bucket', bucket], ['key', formKey(form)]]);
  let range: SizeRange | undefined;
  for (const condition of policy.conditions) {
    if (condition.kind === 'size') range = narrower(range, condition.range);
    else if (!isMet(condition, values)) {
      throw denied(`Invalid according to Policy: Policy Condition failed: ${condition.text}`);
    }
  }
  const covered = new Set(
    policy.conditions.flatMap((condition) => (condition.kind === 'size' ? [] : [condition.field])),
  );
  const extra = [...form.fields.keys()].find(
    (name) => !covered.has(name) && !UNCOVERED.includes(name) && !name.startsWith('x-ignore-'),
  );
  if (extra !== undefined) throw denied(`Invalid according to Policy: Extra input fields: ${extra}`);
  return range;
}

function isMet(condition: Exclude<Condition, { kind: 'size' }>, values: ReadonlyMap<string, string>): boolean {
  const value = values.get(condition.field) ?? '';
  if (condition.kind === 'eq') return values.has(condition.field) && value === condition.value;
  // A list of content types has to fit in each of its members.
  const members = condition.field === 'content-type' ? value.split(',') : [value];
  return members.every((member) => member.startsWith(condition.value));
}

function narrower(a: SizeRange | undefined, b: SizeRange): SizeRange {
  return a ? { min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) } : b;
}

function parsePolicy(encoded: string): { expiration: number; conditions: Condition[] } {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
  } catch {
    throw malformed('Invalid JSON.');
  }
  if (!isRecord(document)) throw malformed('Invalid JSON.');
  const { expiration, conditions } = document;
  const at = typeof expiration === 'string' ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(at)) throw malformed("Invalid 'expiration' value.");
  if (!Array.isArray(conditions)) throw malformed('Policy missing conditions.');
  return { expiration: at, conditions: conditions.flatMap(parseCondition) };
}

function parseCondition(condition: unknown): Condition[] {
  const text = JSON.stringify(condition);
  if (isRecord(condition)) {
    return Object.entries(condition).map(([field, value]) => ({
      kind: 'eq',
      field: field.toLowerCase(),
      value: String(value),
      text: JSON.stringify(['eq', `$${field}`, value]),
    }));
  }
  if (!Array.isArray(condition) || condition.length !== 3) throw malformed(`Invalid Condition: ${text}`);
  const [operator, first, second] = condition as unknown[];
  const kind = String(operator).toLowerCase();
  if (kind === 'content-length-range') {
    const range = { min: Number(first), max: Number(second) };
    if (!Number.isSafeInteger(range.min) || !Number.isSafeInteger(range.max))
      throw malformed(`Invalid Condition: ${text}`);
    return [{ kind: 'size', range }];
  }
  if ((kind !== 'eq' && kind !== 'starts-with') || typeof first !== 'string' || !first.startsWith('$')) {
    throw malformed(`Invalid Condition: ${text}`);
  }
  return [{ kind, field: first.slice(1).toLowerCase(), value: String(second), text }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function denied(message: string): S3Error {
  return new S3Error('AccessDenied', { message });
}

function malformed(message: string): S3Error {
  return new S3Error('InvalidPolicyDocument', { message: `Invalid Policy: ${message}` });
}
