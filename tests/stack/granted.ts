import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { JsonObject } from '../../local/assembly/template.ts';
import type { AwsCall } from '../../local/gateway/gateway.ts';
import type { DemoStack } from '../support/demo-stack.ts';

/** One action on one resource that a function's role grants. */
interface Grant {
  /** Logical id of the function. */
  readonly worker: string;
  readonly action: string;
  /** Logical id of the resource; `*`, `key` and `alias` where it is made while the service runs. */
  readonly on: string;
}

/** Why a grant is there that no call of a function shows. */
const EXPLAINED: readonly { readonly grants: RegExp; readonly why: string }[] = [
  { grants: /^\w+ (logs|xray):/, why: 'Lambda writes log and traces with the role; the laptop prints.' },
  {
    grants: /Worker\w+ sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes) \w+Queue/,
    why: 'Lambda reads the queue with the role; the laptop asks for them when it starts.',
  },
  {
    grants: /^RelayWorker\w+ dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams) Table/,
    why: 'Lambda reads the stream with the role; the laptop asks for the first three when it starts.',
  },
  { grants: /^RelayWorker\w+ kms:Decrypt TableKey/, why: 'The stream is encrypted as the table is.' },
  {
    grants: /^RelayWorker\w+ sqs:(SendMessage|GetQueueAttributes|GetQueueUrl) RelayDeadLetters/,
    why: 'Lambda puts aside with the role what the relay gave up; the CDK grants these three for it.',
  },
  {
    grants: / kms:(Encrypt|GenerateDataKey) TableKey/,
    why: 'DynamoDB asks those who write for them (developer guide, customer managed keys); the laptop for Decrypt alone.',
  },
  {
    grants: /^IntakeWorker\w+ s3:ListBucket /,
    why: 'Has S3 say that an object is gone, not that it is forbidden.',
  },
  {
    grants: /^VerificationApi\w+ s3:ListBucket /,
    why: 'Has S3 say that a file is gone, not that it is forbidden.',
  },
  {
    grants: /^(Intake|Sweep)Worker\w+ s3:DeleteObject /,
    why: 'The reference of DeleteObject asks for it beside DeleteObjectVersion; the laptop does not.',
  },
  {
    grants: /^(Intake|Signing)Worker\w+ (s3:GetObject Documents|kms:Decrypt DocumentsKey)/,
    why: 'For what a killed run has stored (crashes.test.ts).',
  },
  {
    grants: /^DailyRootWorker\w+ s3:GetObject Documents/,
    why: 'For what a killed run has stored (tests/unit/evidence/daily-roots.test.ts).',
  },
  {
    grants: /^EvidenceWorker\w+ (s3:AbortMultipartUpload Bundles|kms:Decrypt DocumentsKey)/,
    why: 'For a bundle of several parts: S3 asks for Decrypt when it puts them together, for Abort when one fails.',
  },
  {
    grants: /^(Intake|Signing)Worker\w+ s3:AbortMultipartUpload Documents/,
    why: 'For a large version whose storing fails half way (tests/unit/signing/sign-version.test.ts).',
  },
  {
    grants: /^SweepWorker\w+ sqs:SendMessage NotificationsSendingWorkQueue/,
    why: 'The sweep sends whatever a case waits for to the queue of its kind; no case waits for a mail today.',
  },
  {
    grants: /^SweepWorker\w+ sqs:SendMessage EvidenceWorkQueue/,
    why: 'The same: no case waits for a bundle.',
  },
];

/** Granted as wholes to everyone who reads or writes the table; finer would follow every change of a store. */
const TABLE_SETS = [
  ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
  ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
];

/** Grants of functions' roles that no call has used and nobody has explained, as `worker action resource`. */
export function unusedGrants(demo: DemoStack, calls: readonly AwsCall[]): string[] {
  const used = usesOf(demo, calls);
  const isUsed = ({ worker, action, on }: Grant) => {
    const set = TABLE_SETS.find((actions) => actions.includes(action));
    if (!set) return used(worker, action, on);
    return set.some((one) => used(worker, one, on)) && used(undefined, action, on);
  };
  return grantsOf(demo)
    .filter((grant) => !isUsed(grant))
    .map(({ worker, action, on }) => `${worker} ${action} ${on}`)
    .filter((grant) => !EXPLAINED.some(({ grants }) => grants.test(grant)));
}

/** Explanations that explain nothing any more. */
export function staleExplanations(demo: DemoStack): string[] {
  const grants = grantsOf(demo).map(({ worker, action, on }) => `${worker} ${action} ${on}`);
  return EXPLAINED.filter((one) => !grants.some((grant) => one.grants.test(grant))).map(({ why }) => why);
}

function usesOf({ stack: { resources } }: DemoStack, calls: readonly AwsCall[]) {
  const table = Object.entries(resources).find(([id]) => /^Table[0-9A-F]{8}$/.test(id))?.[1] ?? '';
  const seen = calls.flatMap(({ principal, permissions }) =>
    permissions.flatMap(({ action, resource }) => [
      { worker: principal.functionId, action, resource },
      // Every call on the table needs its key as well.
      ...(resource.includes(`:table/${table}`)
        ? [{ worker: principal.functionId, action: 'kms:Decrypt', resource: 'TableKey' }]
        : []),
    ]),
  );
  return (worker: string | undefined, action: string, on: string) => {
    const arn = /^TableKey/.test(on) ? 'TableKey' : on in resources ? (resources[on] as string) : on;
    return seen.some(
      (one) =>
        (worker === undefined ? one.worker !== undefined : one.worker === worker) &&
        one.action === action &&
        one.resource.includes(arn.split('/').at(-1) as string),
    );
  };
}

function grantsOf({ stack }: DemoStack): Grant[] {
  const folder = join(inject('preparedStack'), 'assembly');
  const resources = readdirSync(folder)
    .filter((name) => name.endsWith('.template.json'))
    .flatMap((name) => Object.entries(JSON.parse(readFileSync(join(folder, name), 'utf8')).Resources as JsonObject))
    .map(([id, resource]) => ({ id, ...(resource as { Type: string; Properties: JsonObject }) }));
  const text = (value: unknown) => JSON.stringify(value);
  return stack.functions.ids().flatMap((worker) => {
    const role = text(resources.find(({ id }) => id === worker)?.Properties.Role).match(/\["(\w+)"/)?.[1];
    const policies = resources.filter(
      ({ Type, Properties }) => Type === 'AWS::IAM::Policy' && text(Properties.Roles).includes(`"${role}"`),
    );
    const statements = policies.flatMap(
      ({ Properties }) => (Properties.PolicyDocument as JsonObject).Statement as JsonObject[],
    );
    return statements.flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) =>
        [...new Set([Resource].flat().map((one) => labelOf(text(one))))].map((on) => ({
          worker,
          action: String(action),
          on,
        })),
      ),
    );
  });
}

/** Logical id of the resource that an ARN in a template is made from. */
function labelOf(resource: string): string {
  if (resource === '"*"') return '*';
  const [, made] = /:(key|alias)\/[^"]*\*"/.exec(resource) ?? [];
  if (made) return made;
  return (
    /(?:FnGetAtt|GetAtt":\[")(\w+?[0-9A-F]{8})/.exec(resource)?.[1] ?? /:([\w-]+)\//.exec(resource)?.[1] ?? resource
  );
}
