import type { InertType } from '../assembly/resource-type.ts';

const OPERATORS = 'it is read by operators of an AWS account, not by functions';
const EDGE = 'it stands between browsers and the API; on a laptop they speak to each other directly';
const DEPLOYMENT = 'it belongs to the deployment, not to what is deployed';

/** Types that do not affect functions on a laptop, each with the reason. */
export const INERT_TYPES: Readonly<Record<string, InertType>> = {
  'AWS::CDK::Metadata': { because: DEPLOYMENT },
  'AWS::CloudWatch::Alarm': { because: OPERATORS },
  'AWS::CloudWatch::AnomalyDetector': { because: OPERATORS },
  'AWS::CloudWatch::CompositeAlarm': { because: OPERATORS },
  'AWS::CloudWatch::Dashboard': { because: OPERATORS },
  'AWS::Logs::LogGroup': { because: "lines go to the laptop's log" },
  'AWS::Logs::MetricFilter': { because: OPERATORS },
  'AWS::Logs::ResourcePolicy': { because: "lines go to the laptop's log" },
  'AWS::SNS::Subscription': { because: OPERATORS },
  'AWS::SNS::Topic': {
    because: 'alarms ring here; the laptop has no topics, so a function that publishes is refused',
    describe: (context) => {
      const name = context.physicalName();
      const arn = context.arn('sns', name);
      return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
    },
  },
  'AWS::SNS::TopicPolicy': { because: OPERATORS },
  'AWS::Budgets::Budget': { because: OPERATORS },
  'AWS::XRay::Group': { because: OPERATORS },
  'AWS::Backup::BackupPlan': { because: OPERATORS },
  'AWS::Backup::BackupSelection': { because: OPERATORS },
  'AWS::Backup::BackupVault': { because: OPERATORS },
  'AWS::CertificateManager::Certificate': { because: EDGE },
  'AWS::CloudFront::CachePolicy': { because: EDGE },
  'AWS::CloudFront::Distribution': { because: EDGE },
  'AWS::CloudFront::Function': { because: EDGE },
  'AWS::CloudFront::OriginAccessControl': { because: EDGE },
  'AWS::CloudFront::OriginRequestPolicy': { because: EDGE },
  'AWS::CloudFront::ResponseHeadersPolicy': { because: EDGE },
  'AWS::Route53::RecordSet': { because: EDGE },
  'AWS::WAFv2::WebACL': { because: EDGE },
  'AWS::WAFv2::WebACLAssociation': { because: EDGE },
  'AWS::ApiGatewayV2::ApiMapping': { because: EDGE },
  'AWS::ApiGatewayV2::DomainName': { because: EDGE },
  'AWS::Cognito::ManagedLoginBranding': { because: 'it paints the sign-in pages of the real pool' },
  'AWS::Cognito::UserPoolDomain': { because: 'it is the address of the sign-in pages of the real pool' },
  'AWS::Cognito::UserPoolIdentityProvider': { because: 'the provider on the laptop is its own identity provider' },
  'Custom::CDKBucketDeployment': { because: 'it fills the bucket behind CloudFront' },
  'Custom::S3AutoDeleteObjects': { because: 'nobody deletes the stack here' },
};
