import { randomUUID } from 'node:crypto';
import {
  type Input,
  optionalInteger,
  optionalString,
  optionalStrings,
  optionalStructures,
  ServiceFault,
} from '../json-protocol.ts';
import { keyArn, readTags } from './key-lookup.ts';
import { type KeySpec, type KeyUsage, readKeySpec, signingAlgorithmsOf } from './key-specs.ts';
import type { KeyRecord, StoredKey } from './key-store.ts';
import { type KmsDeps, type KmsOperation, keyByIdOf, keyOf, notDying } from './kms-deps.ts';

const DAY = 86_400_000;

/** What a new key is made from. */
export interface NewKey {
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly policy?: string | undefined;
  readonly rotation?: boolean | undefined;
  readonly enabled?: boolean | undefined;
  readonly declaredAs?: string | undefined;
}

/** Makes a key and keeps it. */
export async function makeKey(deps: KmsDeps, wanted: NewKey): Promise<StoredKey> {
  const record: KeyRecord = {
    keyId: randomUUID(),
    spec: wanted.spec,
    usage: wanted.usage,
    createdAt: deps.clock.now(),
    description: wanted.description ?? '',
    enabled: wanted.enabled ?? true,
    deletionAt: undefined,
    tags: wanted.tags ?? {},
    policy: wanted.policy,
    rotation: wanted.rotation ?? false,
    declaredAs: wanted.declaredAs,
  };
  return await deps.store.create(record);
}

/**
 * Reads spec and usage as CreateKey takes them: an asymmetric key here signs, a symmetric one encrypts.
 * @throws ServiceFault `ValidationException`
 */
export function readSpecAndUsage(
  spec: string | undefined,
  usage: string | undefined,
): { readonly spec: KeySpec; readonly usage: KeyUsage } {
  const read = readKeySpec(spec ?? 'SYMMETRIC_DEFAULT');
  const fitting: KeyUsage = read === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'SIGN_VERIFY';
  if ((usage ?? 'ENCRYPT_DECRYPT') === fitting) return { spec: read, usage: fitting };
  if (usage === undefined)
    throw new ServiceFault('ValidationException', 'You must specify a KeyUsage value for an asymmetric KMS key.');
  throw new ServiceFault(
    'ValidationException',
    `KeyUsage ${usage} is not compatible with KeySpec ${read}${usage === 'ENCRYPT_DECRYPT' ? ' on the laptop' : ''}.`,
  );
}

const createKey: KmsOperation = async (deps, input) => {
  const wanted = readSpecAndUsage(
    optionalString(input, 'KeySpec') ?? optionalString(input, 'CustomerMasterKeySpec'),
    optionalString(input, 'KeyUsage'),
  );
  if (input.MultiRegion === true)
    throw new ServiceFault('UnsupportedOperationException', 'Multi-Region keys are not emulated.');
  const origin = optionalString(input, 'Origin') ?? 'AWS_KMS';
  if (origin !== 'AWS_KMS')
    throw new ServiceFault('UnsupportedOperationException', `Origin ${origin} is not emulated.`);
  const key = await makeKey(deps, {
    ...wanted,
    description: optionalString(input, 'Description'),
    tags: readTags(optionalStructures(input, 'Tags')),
    policy: optionalString(input, 'Policy'),
  });
  return { KeyMetadata: showKey(deps, key) };
};

function showKey(deps: KmsDeps, key: StoredKey): Input {
  const state = key.deletionAt !== undefined ? 'PendingDeletion' : key.enabled ? 'Enabled' : 'Disabled';
  return {
    AWSAccountId: deps.accountId,
    Arn: keyArn(deps, key.keyId),
    CreationDate: key.createdAt / 1000,
    CustomerMasterKeySpec: key.spec,
    Description: key.description,
    Enabled: state === 'Enabled',
    KeyId: key.keyId,
    KeyManager: 'CUSTOMER',
    KeySpec: key.spec,
    KeyState: state,
    KeyUsage: key.usage,
    MultiRegion: false,
    Origin: 'AWS_KMS',
    ...(key.usage === 'SIGN_VERIFY'
      ? { SigningAlgorithms: signingAlgorithmsOf(key.spec).map((algorithm) => algorithm.name) }
      : { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] }),
    ...(key.deletionAt === undefined ? {} : { DeletionDate: key.deletionAt / 1000 }),
  };
}

const listKeys: KmsOperation = async (deps, input) => {
  const page = pageOf(
    deps.store
      .list()
      .map((key) => key.keyId)
      .sort(),
    input,
    (keyId) => keyId,
  );
  return { Keys: page.items.map((KeyId) => ({ KeyId, KeyArn: keyArn(deps, KeyId) })), ...page.marker };
};

/** One page of a sorted list, as KMS pages: `Limit`, `Marker`, `NextMarker`, `Truncated`. */
export function pageOf<T>(
  all: readonly T[],
  input: Input,
  name: (item: T) => string,
): { readonly items: readonly T[]; readonly marker: Input } {
  const after = optionalString(input, 'Marker') ?? '';
  const left = all.filter((item) => name(item) > after);
  const items = left.slice(0, optionalInteger(input, 'Limit') ?? 100);
  const truncated = items.length < left.length;
  return { items, marker: truncated ? { Truncated: true, NextMarker: name(items.at(-1)!) } : { Truncated: false } };
}

/** Arms the deletion of keys that wait for it; called for all of them when the laptop starts. */
export function armDeletion(deps: KmsDeps, key: StoredKey): void {
  if (key.deletionAt === undefined) return;
  deps.clock.at(key.deletionAt, () => {
    const present = deps.store.get(key.keyId);
    if (present?.deletionAt === key.deletionAt) void deps.store.remove(key.keyId);
  });
}

const scheduleKeyDeletion: KmsOperation = async (deps, input) => {
  const days = optionalInteger(input, 'PendingWindowInDays') ?? 30;
  if (days < 7 || days > 30)
    throw new ServiceFault('ValidationException', 'PendingWindowInDays must be between 7 and 30.');
  const key = notDying(deps, keyByIdOf(deps, input));
  const deletionAt = deps.clock.now() + days * DAY;
  const dying = { ...key, deletionAt, enabled: false };
  await deps.store.put(dying);
  armDeletion(deps, dying);
  return {
    KeyId: keyArn(deps, key.keyId),
    DeletionDate: deletionAt / 1000,
    KeyState: 'PendingDeletion',
    PendingWindowInDays: days,
  };
};

/** The key is kept, disabled, as in KMS. */
const cancelKeyDeletion: KmsOperation = async (deps, input) => {
  const key = keyByIdOf(deps, input);
  if (key.deletionAt === undefined)
    throw new ServiceFault('KMSInvalidStateException', `${keyArn(deps, key.keyId)} is not pending deletion.`);
  await deps.store.put({ ...key, deletionAt: undefined, enabled: false });
  return { KeyId: keyArn(deps, key.keyId) };
};

function changing(change: (key: StoredKey, input: Input) => Partial<KeyRecord>): KmsOperation {
  return async (deps, input) => {
    const key = notDying(deps, keyByIdOf(deps, input));
    await deps.store.put({ ...key, ...change(key, input) });
    return {};
  };
}

const listResourceTags: KmsOperation = async (deps, input) => {
  const tags = Object.entries(keyByIdOf(deps, input).tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  return { Tags: tags, Truncated: false };
};

const untag = (key: StoredKey, input: Input): Partial<KeyRecord> => {
  const gone = optionalStrings(input, 'TagKeys') ?? [];
  return { tags: Object.fromEntries(Object.entries(key.tags).filter(([name]) => !gone.includes(name))) };
};

/** The policy a key has when its maker gave none: the account decides through IAM. */
export function defaultKeyPolicy(accountId: string): string {
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }],
  });
}

/** Operations on keys themselves, by name. */
export const KEY_OPERATIONS: Readonly<Record<string, KmsOperation>> = {
  CreateKey: createKey,
  DescribeKey: async (deps, input) => ({ KeyMetadata: showKey(deps, keyOf(deps, input)) }),
  ListKeys: listKeys,
  EnableKey: changing(() => ({ enabled: true })),
  DisableKey: changing(() => ({ enabled: false })),
  UpdateKeyDescription: changing((_key, input) => ({ description: optionalString(input, 'Description') ?? '' })),
  ScheduleKeyDeletion: scheduleKeyDeletion,
  CancelKeyDeletion: cancelKeyDeletion,
  TagResource: changing((key, input) => ({ tags: { ...key.tags, ...readTags(optionalStructures(input, 'Tags')) } })),
  UntagResource: changing(untag),
  ListResourceTags: listResourceTags,
  GetKeyPolicy: async (deps, input) => ({
    Policy: keyByIdOf(deps, input).policy ?? defaultKeyPolicy(deps.accountId),
    PolicyName: 'default',
  }),
  PutKeyPolicy: changing((_key, input) => ({ policy: optionalString(input, 'Policy') })),
  GetKeyRotationStatus: async (deps, input) => ({ KeyRotationEnabled: keyByIdOf(deps, input).rotation }),
};
