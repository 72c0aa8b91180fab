import { Duration, RemovalPolicy, SecretValue, Validations } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  Mfa,
  OAuthScope,
  ProviderAttribute,
  StringAttribute,
  UserPool,
  UserPoolClient,
  UserPoolClientIdentityProvider,
  UserPoolIdentityProviderOidc,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { OPERATOR_GROUP } from '../../lib/platform/names.ts';
import type { StageSettings } from '../stages.ts';

/** Name under which the user pool knows the national sign-in. */
const PROVIDER = 'NationalSignIn';

/**
 * A user pool that holds no passwords: people come in through the national sign-in (OpenID Connect), which answers
 * for who they are and how sure it is (`acr`). The portal and the CLI are one public client: code flow with PKCE.
 */
export class SignIn extends Construct {
  readonly users: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, settings: StageSettings) {
    super(scope, id);
    this.users = new UserPool(this, 'Users', {
      userPoolName: `ba-khong-${settings.name}`,
      selfSignUpEnabled: false,
      signInAliases: { username: true },
      accountRecovery: AccountRecovery.NONE,
      mfa: Mfa.OFF,
      passwordPolicy: {
        minLength: 16,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
      },
      customAttributes: { acr: new StringAttribute({ mutable: true, maxLen: 256 }) },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.users).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason: 'Nobody signs in with a password of this pool; second factors are asked for by the national sign-in.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason: 'The plus tier guards passwords, which this pool has none of; risk is judged by the national sign-in.',
      },
    );
    this.users.addDomain('Domain', { cognitoDomain: { domainPrefix: settings.signIn.poolDomainPrefix } });
    new CfnUserPoolGroup(this, 'Operators', {
      userPoolId: this.users.userPoolId,
      groupName: OPERATOR_GROUP,
      description: 'People who operate the service; no access to cases',
    });
    this.client = this.#portal(this.#provider(settings), settings);
  }

  #provider({ signIn }: StageSettings): UserPoolIdentityProviderOidc {
    return new UserPoolIdentityProviderOidc(this, 'National', {
      userPool: this.users,
      name: PROVIDER,
      issuerUrl: signIn.issuer,
      clientId: signIn.clientId,
      clientSecret: SecretValue.secretsManager(signIn.clientSecretName).unsafeUnwrap(),
      scopes: ['openid', 'profile', 'email'],
      attributeMapping: {
        fullname: ProviderAttribute.other('name'),
        email: ProviderAttribute.other('email'),
        emailVerified: ProviderAttribute.other('email_verified'),
        custom: { 'custom:acr': ProviderAttribute.other('acr') },
      },
    });
  }

  #portal(provider: UserPoolIdentityProviderOidc, settings: StageSettings): UserPoolClient {
    const client = new UserPoolClient(this, 'Portal', {
      userPool: this.users,
      generateSecret: false,
      // Named, because none at all would mean Cognito's own choice, password sign-in (SRP) among them.
      authFlows: { userSrp: false },
      oAuth: {
        flows: { authorizationCodeGrant: true, implicitCodeGrant: false },
        scopes: [OAuthScope.OPENID, OAuthScope.PROFILE, OAuthScope.EMAIL],
        callbackUrls: [...settings.callbackUrls],
        logoutUrls: [...settings.logoutUrls],
      },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.custom(PROVIDER)],
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
    });
    client.node.addDependency(provider);
    return client;
  }
}
