import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Bundles } from '../bundle.ts';
import { AlarmBoard } from '../constructs/alarm-board.ts';
import { DailyRoot } from '../constructs/daily-root.ts';
import { DataAccess } from '../constructs/data-access.ts';
import { Delivery } from '../constructs/delivery.ts';
import { Directory } from '../constructs/directory.ts';
import { Dispatches } from '../constructs/dispatches.ts';
import { Documents } from '../constructs/documents.ts';
import { Evidence } from '../constructs/evidence.ts';
import { HolderSigning } from '../constructs/holder-signing.ts';
import { Intake } from '../constructs/intake.ts';
import { Notifications } from '../constructs/notifications.ts';
import { Petitions } from '../constructs/petitions.ts';
import { Relay } from '../constructs/relay.ts';
import { ServiceApi } from '../constructs/service-api.ts';
import { ServiceInfo } from '../constructs/service-info.ts';
import { Signing } from '../constructs/signing.ts';
import type { Surroundings } from '../constructs/surroundings.ts';
import { Sweep } from '../constructs/sweep.ts';
import { Verification } from '../constructs/verification.ts';
import type { StageSettings } from '../stages.ts';
import type { DataStack } from './data-stack.ts';

export interface ServiceStackProps extends StackProps {
  readonly settings: StageSettings;
  readonly bundles: Bundles;
  readonly state: DataStack;
}

/** Everything that can be thrown away and deployed again: the API, the functions, the queues, the alarms. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { settings, bundles, state, ...props }: ServiceStackProps) {
    super(scope, id, props);
    const board = new AlarmBoard(this, 'Alarms', settings);
    const api = new ServiceApi(this, 'Api', {
      settings,
      board,
      users: state.signIn.users,
      client: state.signIn.client,
    });
    const data = new DataAccess({ ...state, intake: state.intake.bucket }, settings);
    const around: Surroundings = { settings, bundles, board, data, api };

    new ServiceInfo(this, 'ServiceInfo', around);
    new Documents(this, 'Documents', around);
    new Intake(this, 'Intake', around, state.intakeWork);
    new Petitions(this, 'Petitions', around);
    new Dispatches(this, 'Dispatches', around);
    new Directory(this, 'Directory', around);
    new HolderSigning(this, 'HolderSigning', around);
    new Verification(this, 'Verification', around);
    const sign = new Signing(this, 'Signing', around).queue;
    const delivery = new Delivery(this, 'Delivery', around).queue;
    const notifications = new Notifications(this, 'Notifications', around);
    const evidence = new Evidence(this, 'Evidence', around).queue;
    const queues = { sign, delivery, notify: notifications.queue, evidence };
    new Relay(this, 'Relay', around, queues);
    new Sweep(this, 'Sweep', around, queues);
    new DailyRoot(this, 'DailyRoot', around);

    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'Address of the HTTP API' });
    new CfnOutput(this, 'SignInIssuer', {
      value: state.signIn.users.userPoolProviderUrl,
      description: 'OpenID provider of the portal and the CLI',
    });
    new CfnOutput(this, 'SignInClientId', {
      value: state.signIn.client.userPoolClientId,
      description: 'Client id of the portal and the CLI',
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: board.topic.topicArn, description: 'Every alarm is sent here' });
    notifications.mail.dkimRecords.forEach(({ name, value }, index) => {
      new CfnOutput(this, `Dkim${index + 1}`, { value: `${name} CNAME ${value}`, description: 'DNS record for SES' });
    });
  }
}
