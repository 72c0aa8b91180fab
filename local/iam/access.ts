import { LocalError } from '../errors.ts';
import type { Permission, Principal } from '../gateway/service.ts';
import type { Context } from './conditions.ts';
import { encryptedResource, keyPermissions } from './encryption.ts';
import { type Caller, identityStatement, type Question, resourceStatement } from './evaluate.ts';
import type { Policy } from './policy.ts';

/** A role of the template. */
export interface Role {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly trust: Policy;
}

/** The answer to "may this caller do this?". */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly missing: Permission; readonly reason: string };

/** An AWS service that acts on behalf of a resource, e.g. S3 for a bucket's notifications. */
export interface ServiceCaller {
  /** e.g. `s3.amazonaws.com` */
  readonly service: string;
  readonly sourceArn: string;
}

const ALLOWED: Decision = { allowed: true };
const denied = (missing: Permission, reason: string): Decision => ({ allowed: false, missing, reason });

/**
 * Roles, policies and the decision whether a call is allowed: deny by default, an explicit Deny wins, then an Allow of
 * the role or, in the same account, of the resource's own policy.
 */
export class Access {
  readonly #account: string;
  readonly #region: string;
  readonly #roles = new Map<string, Role>();
  readonly #identity = new Map<string, Policy>();
  readonly #resource = new Map<string, Policy>();
  readonly #keys = new Map<string, string>();
  /** Policy of a key that no template declares, because a function made it. */
  keyPolicies: (keyArn: string) => Policy = () => [];

  constructor(account: string, region: string) {
    this.#account = account;
    this.#region = region;
  }

  addRole(role: Role, policy: Policy): void {
    this.#roles.set(role.id, role);
    this.grant(role.id, policy);
  }

  /** Adds statements to what a role may do. */
  grant(roleId: string, policy: Policy): void {
    this.#identity.set(roleId, [...(this.#identity.get(roleId) ?? []), ...policy]);
  }

  /**
   * Takes an action out of what a role may do, as if the template had never granted it.
   * @returns what puts it back
   * @throws LocalError `UnresolvedReference` when the role does not grant it
   */
  withhold(roleId: string, action: string): () => void {
    const whole = this.#identity.get(roleId) ?? [];
    if (!whole.some(({ actions }) => actions?.includes(action)))
      throw new LocalError('UnresolvedReference', `the role ${roleId} does not grant ${action}`);
    const rest = whole.map((statement) => ({
      ...statement,
      actions: statement.actions?.filter((granted) => granted !== action),
    }));
    this.#identity.set(roleId, rest);
    return () => void this.#identity.set(roleId, whole);
  }

  /** Adds statements to the policy of a bucket, queue, key or function. */
  attach(resourceArn: string, policy: Policy): void {
    this.#resource.set(resourceArn, [...(this.#resource.get(resourceArn) ?? []), ...policy]);
  }

  /** Says that a resource is encrypted under a customer managed key. */
  encrypts(resourceArn: string, keyArn: string): void {
    this.#keys.set(resourceArn, keyArn);
  }

  /** The role with a given name or ARN. */
  role(nameOrArn: string): Role {
    const found = [...this.#roles.values()].find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
    if (!found) throw new LocalError('UnresolvedReference', `the role ${nameOrArn} is not in the template`);
    return found;
  }

  /**
   * A service takes on a role, as Lambda does with a function's.
   * @throws LocalError `AccessDenied` when the role does not trust the service
   */
  assume(roleArn: string, service: string, context: Readonly<Record<string, string>> = {}): Role {
    const role = this.role(roleArn);
    const caller: Caller = { kind: 'Service', ids: [service] };
    const question = { action: 'sts:AssumeRole', resource: role.arn, context: this.#context(context) };
    const trusted =
      resourceStatement(role.trust, 'Allow', caller, question) &&
      !resourceStatement(role.trust, 'Deny', caller, question);
    if (trusted) return role;
    throw new LocalError(
      'AccessDenied',
      `the role ${role.arn} cannot be assumed by ${service}: sts:AssumeRole is missing`,
    );
  }

  /** May the principal do all of it? The laptop's administrator (no role) may do anything. */
  authorize(principal: Principal, permissions: readonly Permission[]): Decision {
    if (principal.roleId === undefined) return ALLOWED;
    for (const permission of permissions) {
      const decision = this.#decide(principal.roleId, principal, permission);
      if (!decision.allowed) return decision;
    }
    return ALLOWED;
  }

  /** May a role of the template do it? For services that act under a role: event-source mappings, schedules. */
  authorizeRole(role: Role, permissions: readonly Permission[]): Decision {
    return this.authorize({ arn: role.arn, roleId: role.id, functionId: undefined }, permissions);
  }

  /** May an AWS service do it for a resource of the template? Only the target's own policy can say so. */
  authorizeService(caller: ServiceCaller, permission: Permission): Decision {
    const key = this.#keys.get(encryptedResource(permission.resource));
    const needed = [permission, ...(key ? keyPermissions(permission, key, this.#region) : [])];
    for (const one of needed) {
      const decision = this.#decideForService(caller, one);
      if (!decision.allowed) return decision;
    }
    return ALLOWED;
  }

  #decideForService({ service, sourceArn }: ServiceCaller, permission: Permission): Decision {
    const { action, resource } = permission;
    const policy = this.#resource.get(encryptedResource(resource)) ?? [];
    const source = {
      'aws:SourceArn': sourceArn,
      'aws:SourceAccount': this.#account,
      'aws:PrincipalIsAWSService': 'true',
    };
    const question = { action, resource, context: this.#context({ ...permission.context, ...source }) };
    const caller: Caller = { kind: 'Service', ids: [service] };
    const who = `${service} acting for ${sourceArn}`;
    if (resourceStatement(policy, 'Deny', caller, question)) {
      return denied(permission, `a resource-based policy explicitly denies it to ${who}`);
    }
    if (resourceStatement(policy, 'Allow', caller, question)) return ALLOWED;
    return denied(permission, `no resource-based policy allows it to ${who}`);
  }

  #decide(roleId: string, principal: Principal, permission: Permission): Decision {
    const { action, resource } = permission;
    const role = this.#roles.get(roleId);
    const identity = this.#identity.get(roleId) ?? [];
    const attached = this.#attached(resource);
    const root = `arn:aws:iam::${this.#account}:root`;
    const self = [principal.arn, role?.arn ?? principal.arn];
    const context = this.#context({ ...permission.context, 'aws:PrincipalArn': role?.arn ?? principal.arn });
    const question: Question = { action, resource, context };
    const everyone: Caller = { kind: 'AWS', ids: [...self, root, this.#account] };

    const deny =
      identityStatement(identity, 'Deny', question) ?? resourceStatement(attached, 'Deny', everyone, question);
    if (deny) return denied(permission, `a policy explicitly denies it${deny.sid ? ` (statement ${deny.sid})` : ''}`);
    if (resourceStatement(attached, 'Allow', { kind: 'AWS', ids: self }, question))
      return this.#withKey(principal, permission);
    if (!identityStatement(identity, 'Allow', question)) {
      return denied(permission, `no identity-based policy of ${roleId} allows it`);
    }
    // A key's policy decides alone; identity policies count only where it delegates to the account.
    const delegates =
      !action.startsWith('kms:') || attached.length === 0 || resourceStatement(attached, 'Allow', everyone, question);
    if (!delegates) return denied(permission, "the key's policy does not delegate to the account");
    return this.#withKey(principal, permission);
  }

  #attached(resource: string): Policy {
    const declared = this.#resource.get(encryptedResource(resource));
    return declared ?? (/:key\/[^*]+$/.test(resource) ? this.keyPolicies(resource) : []);
  }

  #withKey(principal: Principal, permission: Permission): Decision {
    const key = this.#keys.get(encryptedResource(permission.resource));
    return key ? this.authorize(principal, keyPermissions(permission, key, this.#region)) : ALLOWED;
  }

  #context(given: Readonly<Record<string, string | readonly string[]>>): Context {
    const always = {
      // Loopback traffic never leaves the machine, so "TLS only" policies are met in substance.
      'aws:SecureTransport': 'true',
      'aws:RequestedRegion': this.#region,
      'aws:PrincipalAccount': this.#account,
      'aws:ResourceAccount': this.#account,
      'aws:PrincipalIsAWSService': 'false',
    };
    return new Map(
      Object.entries({ ...always, ...given }).map(([key, values]) => [key.toLowerCase(), [values].flat()]),
    );
  }
}
