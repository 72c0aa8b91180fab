import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { STAGE_NAMES, stageSettings } from '../../infra/stages.ts';
import { ofType, only, type Resource, stacksOf, synthesize } from './synthesized.ts';

describe.each(STAGE_NAMES)('%s', (stage) => {
  const settings = stageSettings(stage);
  const stacks = stacksOf(stage);
  const { data } = stacks;
  const bucket = (part: string): Resource =>
    data.find(({ id, type }) => type === 'AWS::S3::Bucket' && id.startsWith(part))!;

  test('the table is recoverable, protected, streamed and encrypted with a key of ours', () => {
    const { properties } = only(data, 'AWS::DynamoDB::Table');
    expect(properties).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: true,
        RecoveryPeriodInDays: settings.pointInTimeRecoveryDays,
      },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    });
    const key = properties.SSESpecification.KMSMasterKeyId['Fn::GetAtt'][0];
    expect(data.find(({ id }) => id === key)?.properties.EnableKeyRotation).toBe(true);
  });

  test('whatever holds state is retained, and the stack cannot be deleted by mistake', () => {
    const stateful = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Cognito::UserPool'];
    const held = data.filter(({ type }) => stateful.includes(type));
    expect(held).toHaveLength(10);
    expect(held.filter(({ deletionPolicy }) => deletionPolicy !== 'Retain')).toEqual([]);
    expect(stacks.terminationProtection.data).toBe(true);
    expect(stacks.service.filter(({ type }) => stateful.includes(type))).toEqual([]);
  });

  test('every bucket is closed to the public, encrypted, and refuses anything but TLS', () => {
    const buckets = ofType(data, 'AWS::S3::Bucket');
    expect(buckets).toHaveLength(6);
    for (const { id, properties } of buckets) {
      expect(Object.values(properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
      expect(properties.BucketEncryption).toBeDefined();
      const policy = ofType(data, 'AWS::S3::BucketPolicy').find((one) => one.properties.Bucket.Ref === id);
      expect(policy?.properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: 's3:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    }
  });

  test('documents are versioned, locked as the stage says, and encrypted with a key of ours', () => {
    const { properties } = bucket('Documents');
    expect(properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(properties.ObjectLockConfiguration.Rule.DefaultRetention).toEqual({
      Mode: stage === 'production' ? 'COMPLIANCE' : 'GOVERNANCE',
      Days: settings.documents.retentionDays,
    });
    expect(properties.BucketEncryption.ServerSideEncryptionConfiguration).toMatchObject([
      { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: expect.anything() } },
    ]);
    expect(JSON.stringify(properties.LifecycleConfiguration)).not.toContain('Expiration');
  });

  test('bundles are encrypted with the key of the documents, and gone after a day', () => {
    const { properties } = bucket('Bundles');
    expect(properties.BucketEncryption).toEqual(bucket('Documents').properties.BucketEncryption);
    expect(properties.LifecycleConfiguration.Rules).toMatchObject([{ ExpirationInDays: 1 }]);
    expect(properties.ObjectLockEnabled).toBeUndefined();
    // A version would outlive its deletion.
    expect(properties.VersioningConfiguration).toBeUndefined();
  });

  test('images are versioned, never locked, and erased a week after they were replaced or removed', () => {
    const { properties } = bucket('Images');
    expect(properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(properties.ObjectLockConfiguration).toBeUndefined();
    expect(properties.LifecycleConfiguration.Rules).toContainEqual(
      expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 7 } }),
    );
    expect(properties.BucketEncryption.ServerSideEncryptionConfiguration).toMatchObject([
      { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: expect.anything() } },
    ]);
  });

  test('the intake bucket forgets within a day and takes posts from the portal alone', () => {
    const { properties } = bucket('Intake');
    expect(properties.LifecycleConfiguration.Rules).toContainEqual(
      expect.objectContaining({ ExpirationInDays: 1, NoncurrentVersionExpiration: { NoncurrentDays: 1 } }),
    );
    expect(properties.CorsConfiguration.CorsRules).toMatchObject([
      { AllowedMethods: ['POST'], AllowedOrigins: settings.uploadOrigins },
    ]);
    expect(properties.ObjectLockConfiguration).toBeUndefined();
  });

  test('files brought to be verified are told of to nobody, gone when they are deleted, and forgotten within a day', () => {
    const { properties } = bucket('VerificationFiles');
    expect(properties.LifecycleConfiguration.Rules).toMatchObject([{ ExpirationInDays: 1, Status: 'Enabled' }]);
    expect(properties.CorsConfiguration.CorsRules).toMatchObject([
      { AllowedMethods: ['POST'], AllowedOrigins: settings.uploadOrigins },
    ]);
    expect(properties.NotificationConfiguration).toBeUndefined();
    expect(properties.VersioningConfiguration).toBeUndefined();
  });

  test('every arrival in the intake bucket goes to the intake queue, which takes word from S3 of this account only', () => {
    const [configuration] = bucket('Intake').properties.NotificationConfiguration.QueueConfigurations;
    expect(configuration.Event).toBe('s3:ObjectCreated:*');
    const queue = configuration.Queue['Fn::GetAtt'][0];
    const policy = ofType(data, 'AWS::SQS::QueuePolicy').find(({ properties }) => properties.Queues[0].Ref === queue);
    const allowed = policy?.properties.PolicyDocument.Statement.filter(
      (one: { Effect: string }) => one.Effect === 'Allow',
    );
    expect(allowed).toMatchObject([
      {
        Principal: { Service: 's3.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });

  test('people come in through the national sign-in alone, by code flow, and the client has no secret', () => {
    expect(only(data, 'AWS::Cognito::UserPoolIdentityProvider').properties).toMatchObject({
      ProviderType: 'OIDC',
      ProviderDetails: { oidc_issuer: settings.signIn.issuer, client_id: settings.signIn.clientId },
    });
    const client = only(data, 'AWS::Cognito::UserPoolClient').properties;
    expect(client).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      SupportedIdentityProviders: ['NationalSignIn'],
      CallbackURLs: settings.callbackUrls,
      PreventUserExistenceErrors: 'ENABLED',
    });
    expect(client.ExplicitAuthFlows).toEqual(['ALLOW_REFRESH_TOKEN_AUTH']);
    expect(only(data, 'AWS::Cognito::UserPool').properties).toMatchObject({
      DeletionProtection: 'ACTIVE',
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    });
  });

  test('no secret stands in a template: the client secret is a reference', () => {
    const { client_secret } = only(data, 'AWS::Cognito::UserPoolIdentityProvider').properties.ProviderDetails;
    expect(client_secret).toBe(`{{resolve:secretsmanager:${settings.signIn.clientSecretName}:SecretString:::}}`);
  });
});

test('the rules of cdk-nag are armed: a bucket without them stops the synthesis', () => {
  const careless = () =>
    synthesize('dev', (app) => {
      new Bucket(app.node.findChild('BaKhong-dev-Data') as never, 'Careless');
    });
  expect(careless).toThrow(/AwsSolutions-S10/);
});
