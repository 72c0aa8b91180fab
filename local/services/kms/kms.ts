import type { AwsRequest, AwsResponse, AwsService, LocalClock } from '../../gateway/service.ts';
import {
  DecodedCalls,
  decodeOperation,
  jsonAnswer,
  jsonError,
  type Operation,
  ServiceFault,
} from '../json-protocol.ts';
import { ALIAS_OPERATIONS, pointAlias } from './alias-operations.ts';
import { CRYPTO_OPERATIONS } from './crypto-operations.ts';
import { findKey, keyArn } from './key-lookup.ts';
import { armDeletion, defaultKeyPolicy, KEY_OPERATIONS, makeKey, readSpecAndUsage } from './key-operations.ts';
import { KeyStore } from './key-store.ts';
import type { KmsDeps, KmsOperation } from './kms-deps.ts';
import { kmsPermissions } from './permissions.ts';

export interface KmsOptions {
  /** Where keys are kept, mode 0600; made when it is missing. */
  readonly dir: string;
  readonly clock: LocalClock;
  readonly region: string;
  readonly accountId: string;
}

/** A key as the template declares it (`AWS::KMS::Key`), already resolved. */
export interface KeyDeclaration {
  /** `RSA_2048`, `RSA_3072`, `RSA_4096`, `ECC_NIST_P256`, `ECC_NIST_P384` or `SYMMETRIC_DEFAULT` (when missing). */
  readonly KeySpec?: string | undefined;
  readonly KeyUsage?: string | undefined;
  readonly Description?: string | undefined;
  readonly Enabled?: boolean | undefined;
  readonly EnableKeyRotation?: boolean | undefined;
  readonly KeyPolicy?: unknown;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[] | undefined;
}

/** The side of KMS that the runtime uses in-process. */
export interface KmsAdmin {
  /** Makes the key declared under `logicalId`, or gives the one that an earlier start made the settings declared now. */
  createKey(logicalId: string, declaration?: KeyDeclaration): Promise<{ readonly keyId: string; readonly arn: string }>;
  /** Makes `alias/…` stand for a key (id or ARN). */
  createAlias(aliasName: string, keyId: string): Promise<void>;
  /** Policy document of a key (id, ARN or alias), as JSON text. */
  keyPolicy(named: string): string;
}

/** KMS on the laptop: AWS JSON 1.1, real keys. */
export interface Kms extends AwsService {
  readonly admin: KmsAdmin;
  close(): Promise<void>;
}

const OPERATIONS: Readonly<Record<string, KmsOperation>> = {
  ...KEY_OPERATIONS,
  ...ALIAS_OPERATIONS,
  ...CRYPTO_OPERATIONS,
};

/** Opens the keys kept under `dir` and serves them. */
export async function createKms(options: KmsOptions): Promise<Kms> {
  const store = await KeyStore.open(options.dir);
  const deps: KmsDeps = { ...options, store };
  for (const key of store.list()) armDeletion(deps, key);
  const calls = new DecodedCalls((request) => {
    const operation = decodeKmsOperation(request);
    return { operation, permissions: kmsPermissions(operation, store, options) };
  });
  return {
    name: 'kms',
    signingNames: ['kms'],
    streams: false,
    permissions: async (request) => calls.of(request).permissions,
    handle: async (request) => await answer(deps, request, () => calls.of(request).operation),
    error: (code, message, status, requestId) => jsonError('1.1', requestId, { code, message, status }),
    admin: createAdmin(deps),
    close: async () => await store.close(),
  };
}

function decodeKmsOperation(request: AwsRequest): Operation {
  const operation = decodeOperation(request);
  if (operation.target !== 'TrentService' || !Object.hasOwn(OPERATIONS, operation.name)) {
    throw new ServiceFault(
      'UnknownOperationException',
      `The laptop's KMS does not know ${operation.target}.${operation.name}.`,
    );
  }
  return operation;
}

async function answer(deps: KmsDeps, request: AwsRequest, decode: () => Operation): Promise<AwsResponse> {
  try {
    const operation = decode();
    return jsonAnswer('1.1', request.id, await OPERATIONS[operation.name]!(deps, operation.input));
  } catch (error) {
    if (error instanceof ServiceFault) return jsonError('1.1', request.id, error);
    throw error;
  }
}

function createAdmin(deps: KmsDeps): KmsAdmin {
  return {
    createKey: async (declaredAs, declaration = {}) => {
      const wanted = readSpecAndUsage(declaration.KeySpec, declaration.KeyUsage);
      const present = deps.store.list().find((key) => key.declaredAs === declaredAs && key.spec === wanted.spec);
      const settings = readDeclaration(declaration);
      if (present) await deps.store.put({ ...present, ...settings });
      const key = present ?? (await makeKey(deps, { ...wanted, ...settings, declaredAs }));
      return { keyId: key.keyId, arn: keyArn(deps, key.keyId) };
    },
    createAlias: async (aliasName, keyId) => await pointAlias(deps, aliasName, findKey(deps.store, deps, keyId).key),
    keyPolicy: (named) => findKey(deps.store, deps, named).key.policy ?? defaultKeyPolicy(deps.accountId),
  };
}

function readDeclaration(declaration: KeyDeclaration) {
  return {
    description: declaration.Description ?? '',
    enabled: declaration.Enabled ?? true,
    rotation: declaration.EnableKeyRotation ?? false,
    tags: Object.fromEntries((declaration.Tags ?? []).map((tag) => [tag.Key, tag.Value])),
    policy: declaration.KeyPolicy === undefined ? undefined : JSON.stringify(declaration.KeyPolicy),
  };
}
