import type { Permission } from '../../gateway/service.ts';
import {
  type Input,
  type Operation,
  optionalBlob,
  optionalString,
  optionalStringMap,
  optionalStructures,
} from '../json-protocol.ts';
import { aliasArn, aliasesOf, findKey, type KmsPlace, keyArn, readTags } from './key-lookup.ts';
import type { KeyStore, StoredKey } from './key-store.ts';
import { required } from './kms-deps.ts';
import { keyIdOf } from './symmetric.ts';

type Context = Readonly<Record<string, string | readonly string[]>>;

/**
 * What a call must be allowed to do, with the condition keys of KMS filled in. An unknown key is a fault before any
 * permission: KMS answers `NotFoundException`.
 */
export function kmsPermissions(operation: Operation, store: KeyStore, place: KmsPlace): readonly Permission[] {
  const { input, name } = operation;
  const action = `kms:${name}`;
  switch (name) {
    case 'ListKeys':
    case 'ListAliases':
      return [{ action, resource: '*' }];
    case 'CreateKey':
      return createKeyPermissions(input, place);
    case 'CreateAlias':
    case 'DeleteAlias':
    case 'UpdateAlias':
      return aliasPermissions(action, input, store, place);
    default: {
      const { key, requestAlias } = findKey(store, place, keyNamed(name, input));
      const alias: Context = requestAlias === undefined ? {} : { 'kms:RequestAlias': requestAlias };
      const context = { ...keyContext(key, store, place), ...alias, ...requestContext(input) };
      return [{ action, resource: keyArn(place, key.keyId), context }];
    }
  }
}

/** Decrypt finds its key in the ciphertext. */
function keyNamed(operation: string, input: Input): string {
  if (operation === 'Decrypt' && optionalString(input, 'KeyId') === undefined)
    return keyIdOf(optionalBlob(input, 'CiphertextBlob') ?? Buffer.alloc(0));
  return required(input, 'KeyId');
}

/** The key has no ARN yet: `*`, as the service authorization reference has it. Tags need a permission of their own. */
function createKeyPermissions(input: Input, place: KmsPlace): readonly Permission[] {
  const tags = requestTags(input);
  const context: Context = {
    'kms:KeySpec': optionalString(input, 'KeySpec') ?? 'SYMMETRIC_DEFAULT',
    'kms:KeyUsage': optionalString(input, 'KeyUsage') ?? 'ENCRYPT_DECRYPT',
    'kms:KeyOrigin': optionalString(input, 'Origin') ?? 'AWS_KMS',
    ...tags,
  };
  const create: Permission = { action: 'kms:CreateKey', resource: '*', context };
  if (Object.keys(tags).length === 0) return [create];
  return [create, { action: 'kms:TagResource', resource: keyArn(place, '*'), context }];
}

/** An alias operation needs permission on the alias and on each key it touches. */
function aliasPermissions(action: string, input: Input, store: KeyStore, place: KmsPlace): readonly Permission[] {
  const name = required(input, 'AliasName');
  const present = store.aliases()[name]?.keyId;
  const named =
    action === 'kms:DeleteAlias' ? undefined : findKey(store, place, required(input, 'TargetKeyId')).key.keyId;
  const keys = new Set([action === 'kms:CreateAlias' ? undefined : present, named]);
  const onKeys = [...keys].flatMap((keyId): readonly Permission[] => {
    const key = keyId === undefined ? undefined : store.get(keyId);
    return key ? [{ action, resource: keyArn(place, key.keyId), context: keyContext(key, store, place) }] : [];
  });
  return [{ action, resource: aliasArn(place, name) }, ...onKeys];
}

function keyContext(key: StoredKey, store: KeyStore, place: KmsPlace): Context {
  const context: Record<string, string | readonly string[]> = {
    'kms:ResourceAliases': aliasesOf(store, key.keyId),
    'kms:KeySpec': key.spec,
    'kms:KeyUsage': key.usage,
    'kms:CallerAccount': place.accountId,
  };
  for (const [name, value] of Object.entries(key.tags)) context[`aws:ResourceTag/${name}`] = value;
  return context;
}

function requestContext(input: Input): Context {
  const context: Record<string, string | readonly string[]> = { ...requestTags(input) };
  const single = {
    'kms:SigningAlgorithm': 'SigningAlgorithm',
    'kms:MessageType': 'MessageType',
    'kms:EncryptionAlgorithm': 'EncryptionAlgorithm',
  };
  for (const [key, member] of Object.entries(single)) {
    const value = optionalString(input, member);
    if (value !== undefined) context[key] = value;
  }
  for (const [name, value] of Object.entries(optionalStringMap(input, 'EncryptionContext') ?? {}))
    context[`kms:EncryptionContext:${name}`] = value;
  return context;
}

function requestTags(input: Input): Context {
  const tags = readTags(optionalStructures(input, 'Tags'));
  const names = Object.keys(tags);
  if (names.length === 0) return {};
  const context: Record<string, string | readonly string[]> = { 'aws:TagKeys': names };
  for (const name of names) context[`aws:RequestTag/${name}`] = tags[name]!;
  return context;
}
