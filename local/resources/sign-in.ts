import type { ResourceContext, ResourceTypes } from '../assembly/resource-type.ts';
import type { JsonObject } from '../assembly/template.ts';
import { DESCRIBES, type Laptop } from './laptop.ts';

const REAL_SIGN_IN = 'how people prove who they are is up to the provider that stands for the pool';

/** User pools: an OpenID Connect provider of the laptop stands for them. */
export function signInTypes({ signIn }: Laptop): ResourceTypes {
  async function createUserPool(properties: JsonObject, context: ResourceContext) {
    const { poolId, issuer } = await signIn.createUserPool(context.id, properties);
    const name = `cognito-idp.${context.region}.amazonaws.com/${poolId}`;
    const arn = context.arn('cognito-idp', `userpool/${poolId}`);
    return { ref: poolId, attributes: { Arn: arn, ProviderName: name, ProviderURL: issuer, UserPoolId: poolId } };
  }

  async function createClient(properties: JsonObject, context: ResourceContext) {
    const { clientId } = await signIn.createClient(context.id, String(properties.UserPoolId), properties);
    return { ref: clientId, attributes: { ClientId: clientId, Name: String(properties.ClientName ?? clientId) } };
  }

  return {
    'AWS::Cognito::UserPool': {
      properties: [],
      ignored: {
        Schema: 'what is known of a person stands with the demo accounts',
        UserPoolName: DESCRIBES,
        AccountRecoverySetting: REAL_SIGN_IN,
        AdminCreateUserConfig: REAL_SIGN_IN,
        DeletionProtection: 'nobody deletes the stack here',
        EmailVerificationMessage: REAL_SIGN_IN,
        EmailVerificationSubject: REAL_SIGN_IN,
        EnabledMfas: REAL_SIGN_IN,
        MfaConfiguration: REAL_SIGN_IN,
        Policies: REAL_SIGN_IN,
        SmsVerificationMessage: REAL_SIGN_IN,
        UserPoolAddOns: REAL_SIGN_IN,
        UserPoolTags: DESCRIBES,
        UserPoolTier: 'changes the bill and the extras of the hosted pages',
        VerificationMessageTemplate: REAL_SIGN_IN,
      },
      create: createUserPool,
    },
    'AWS::Cognito::UserPoolClient': {
      properties: ['CallbackURLs', 'ClientName', 'GenerateSecret', 'LogoutURLs', 'UserPoolId'],
      ignored: {
        AccessTokenValidity: 'the provider gives every token an hour',
        AllowedOAuthFlows: 'the provider knows the code flow with PKCE, and no other',
        AllowedOAuthFlowsUserPoolClient: 'the provider knows the code flow with PKCE, and no other',
        AllowedOAuthScopes: 'the provider knows openid, profile and email',
        EnableTokenRevocation: REAL_SIGN_IN,
        ExplicitAuthFlows: REAL_SIGN_IN,
        IdTokenValidity: 'the provider gives every token an hour',
        PreventUserExistenceErrors: REAL_SIGN_IN,
        RefreshTokenValidity: REAL_SIGN_IN,
        SupportedIdentityProviders: 'the provider on the laptop is its own identity provider',
        TokenValidityUnits: 'the provider gives every token an hour',
      },
      create: createClient,
    },
    'AWS::Cognito::UserPoolGroup': {
      properties: ['GroupName', 'UserPoolId'],
      ignored: { Description: DESCRIBES, Precedence: DESCRIBES },
      // Who is in a group stands with the demo accounts.
      create: (properties) => ({ ref: String(properties.GroupName) }),
    },
  };
}
