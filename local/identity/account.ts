/** A person who can sign in on the laptop with a click. */
export interface DemoAccount {
  /** Subject of the tokens; what the person is known by. */
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  /** True unless told. */
  readonly emailVerified?: boolean;
  /** Level of assurance; `acr` and `custom:acr` of the ID token. */
  readonly assurance?: string;
  /** Groups of the user pool (`cognito:groups`). */
  readonly groups?: readonly string[];
  /** Who that is, for the sign-in page; may be several words such as a post. */
  readonly description?: string;
  /** Heading under which the sign-in page shows the account. */
  readonly section?: string;
}

/** Claims of an account as a Cognito user pool puts them into its ID tokens. */
export function claimsOf(account: DemoAccount): Record<string, unknown> {
  const { sub, name, email, assurance, groups = [] } = account;
  return {
    sub,
    name,
    email,
    email_verified: account.emailVerified ?? true,
    'cognito:username': sub,
    token_use: 'id',
    ...(assurance === undefined ? {} : { acr: assurance, 'custom:acr': assurance }),
    ...(groups.length === 0 ? {} : { 'cognito:groups': groups }),
  };
}

/** Names of all claims that `claimsOf` may give, by the scope that asks for them. */
export const CLAIMS_BY_SCOPE = {
  openid: ['sub', 'acr', 'custom:acr', 'cognito:groups', 'cognito:username', 'token_use'],
  profile: ['name'],
  email: ['email', 'email_verified'],
};
