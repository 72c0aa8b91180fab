import type { LocalClock } from '../../gateway/service.ts';
import { type Input, optionalString, ServiceFault } from '../json-protocol.ts';
import { findKey, type KmsPlace, keyArn } from './key-lookup.ts';
import type { KeyStore, StoredKey } from './key-store.ts';

/** What the operations work with. */
export interface KmsDeps extends KmsPlace {
  readonly store: KeyStore;
  readonly clock: LocalClock;
}

/** One KMS operation: its input in, its output out. */
export type KmsOperation = (deps: KmsDeps, input: Input) => Promise<Input>;

/**
 * A required string member.
 * @throws ServiceFault `ValidationException`
 */
export function required(input: Input, name: string): string {
  const value = optionalString(input, name);
  if (value) return value;
  const member = name[0]!.toLowerCase() + name.slice(1);
  throw new ServiceFault(
    'ValidationException',
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

/** The key that `KeyId` names, in whatever state. */
export function keyOf(deps: KmsDeps, input: Input, member = 'KeyId'): StoredKey {
  return findKey(deps.store, deps, required(input, member)).key;
}

/**
 * Administration takes a key by its id or ARN only.
 * @throws ServiceFault `NotFoundException` for an alias
 */
export function keyByIdOf(deps: KmsDeps, input: Input, member = 'KeyId'): StoredKey {
  const named = required(input, member);
  if (named.includes('alias/')) throw new ServiceFault('NotFoundException', `Invalid keyId '${named}'`);
  return findKey(deps.store, deps, named).key;
}

/**
 * Refuses a key that waits for its deletion.
 * @throws ServiceFault `KMSInvalidStateException`
 */
export function notDying(deps: KmsDeps, key: StoredKey): StoredKey {
  if (key.deletionAt === undefined) return key;
  throw new ServiceFault('KMSInvalidStateException', `${keyArn(deps, key.keyId)} is pending deletion.`);
}

/**
 * Refuses a key that cannot be used for cryptography now.
 * @throws ServiceFault `KMSInvalidStateException`, `DisabledException`
 */
export function usable(deps: KmsDeps, key: StoredKey): StoredKey {
  notDying(deps, key);
  if (key.enabled) return key;
  throw new ServiceFault('DisabledException', `${keyArn(deps, key.keyId)} is disabled.`);
}
