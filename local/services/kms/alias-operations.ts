import { optionalString, ServiceFault } from '../json-protocol.ts';
import { aliasArn } from './key-lookup.ts';
import { pageOf } from './key-operations.ts';
import type { AliasRecord, StoredKey } from './key-store.ts';
import { type KmsDeps, type KmsOperation, keyByIdOf, keyOf, notDying, required } from './kms-deps.ts';

/**
 * Reads an alias name, `alias/…`.
 * @throws ServiceFault `ValidationException`, `NotAuthorizedException` for the names of AWS itself
 */
function readAliasName(name: string): string {
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name)) {
    throw new ServiceFault(
      'ValidationException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (name.startsWith('alias/aws/')) throw new ServiceFault('NotAuthorizedException', '');
  return name;
}

const createAlias: KmsOperation = async (deps, input) => {
  const name = readAliasName(required(input, 'AliasName'));
  const key = notDying(deps, keyByIdOf(deps, input, 'TargetKeyId'));
  if (deps.store.aliases()[name])
    throw new ServiceFault('AlreadyExistsException', `An alias with the name ${aliasArn(deps, name)} already exists`);
  await pointAlias(deps, name, key);
  return {};
};

/** Makes an alias stand for a key, whatever it stood for before. */
export async function pointAlias(deps: KmsDeps, name: string, key: StoredKey): Promise<void> {
  const now = deps.clock.now();
  const createdAt = deps.store.aliases()[name]?.createdAt ?? now;
  await deps.store.putAliases({ ...deps.store.aliases(), [name]: { keyId: key.keyId, createdAt, updatedAt: now } });
}

function aliasOf(deps: KmsDeps, name: string): AliasRecord {
  const alias = deps.store.aliases()[name];
  if (!alias) throw new ServiceFault('NotFoundException', `Alias ${aliasArn(deps, name)} is not found.`);
  return alias;
}

const updateAlias: KmsOperation = async (deps, input) => {
  const name = readAliasName(required(input, 'AliasName'));
  const alias = aliasOf(deps, name);
  const target = notDying(deps, keyByIdOf(deps, input, 'TargetKeyId'));
  const present = deps.store.get(alias.keyId);
  if (
    present &&
    (present.usage !== target.usage || (present.spec === 'SYMMETRIC_DEFAULT') !== (target.spec === 'SYMMETRIC_DEFAULT'))
  ) {
    throw new ServiceFault(
      'ValidationException',
      'The current and new keys of an alias must be of the same type and usage.',
    );
  }
  await pointAlias(deps, name, target);
  return {};
};

const deleteAlias: KmsOperation = async (deps, input) => {
  const name = readAliasName(required(input, 'AliasName'));
  aliasOf(deps, name);
  const { [name]: _gone, ...left } = deps.store.aliases();
  await deps.store.putAliases(left);
  return {};
};

const listAliases: KmsOperation = async (deps, input) => {
  const keyId = optionalString(input, 'KeyId') === undefined ? undefined : keyOf(deps, input).keyId;
  const all = Object.entries(deps.store.aliases())
    .filter(([, alias]) => keyId === undefined || alias.keyId === keyId)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const page = pageOf(all, input, ([name]) => name);
  const Aliases = page.items.map(([AliasName, alias]) => ({
    AliasName,
    AliasArn: aliasArn(deps, AliasName),
    TargetKeyId: alias.keyId,
    CreationDate: alias.createdAt / 1000,
    LastUpdatedDate: alias.updatedAt / 1000,
  }));
  return { Aliases, ...page.marker };
};

/** Operations on aliases, by name. */
export const ALIAS_OPERATIONS: Readonly<Record<string, KmsOperation>> = {
  CreateAlias: createAlias,
  UpdateAlias: updateAlias,
  DeleteAlias: deleteAlias,
  ListAliases: listAliases,
};
